from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.period_row import PeriodRow


class GetPeriodsResponse200(TypedDict):
    """As the office has it."""

    items: list[PeriodRow]
    next_cursor: None | str
