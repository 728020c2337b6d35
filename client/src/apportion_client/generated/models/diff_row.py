from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class DiffRow(TypedDict):
    """As the office has it."""

    field: NotRequired[None | str]
    before: NotRequired[None | str]
    after: NotRequired[None | str]
