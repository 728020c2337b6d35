from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.appeal_stats_row import AppealStatsRow


class GetAppealStatsResponse200(TypedDict):
    """As the office has it."""

    items: list[AppealStatsRow]
    next_cursor: None | str
