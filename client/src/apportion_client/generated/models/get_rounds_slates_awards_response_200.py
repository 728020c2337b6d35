from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.award_row import AwardRow


class GetRoundsSlatesAwardsResponse200(TypedDict):
    """As the office has it."""

    items: list[AwardRow]
    next_cursor: None | str
