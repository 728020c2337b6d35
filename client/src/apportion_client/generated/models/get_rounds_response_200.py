from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.round_row import RoundRow


class GetRoundsResponse200(TypedDict):
    """As the office has it."""

    items: list[RoundRow]
    next_cursor: None | str
