from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.alarm_row import AlarmRow


class GetLimitsAlarmsResponse200(TypedDict):
    """As the office has it."""

    items: list[AlarmRow]
    next_cursor: None | str
