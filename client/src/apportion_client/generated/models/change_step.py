from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class ChangeStep(TypedDict):
    """One step of a change."""

    at: str
    verb: str
    by: None | str
    after: str
