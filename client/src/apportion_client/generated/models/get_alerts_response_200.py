from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.alert_row import AlertRow


class GetAlertsResponse200(TypedDict):
    """As the office has it."""

    items: list[AlertRow]
    next_cursor: None | str
