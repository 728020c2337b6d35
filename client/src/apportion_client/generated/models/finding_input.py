from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class FindingInput(TypedDict):
    """What was found of an award that was drawn."""

    is_fine: bool
    note: NotRequired[str]
