from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.standing_row import StandingRow


class GetRoundsStandingResponse200(TypedDict):
    """As the office has it."""

    items: list[StandingRow]
    next_cursor: None | str
