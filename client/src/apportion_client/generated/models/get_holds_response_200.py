from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.hold_row import HoldRow


class GetHoldsResponse200(TypedDict):
    """As the office has it."""

    items: list[HoldRow]
    next_cursor: None | str
