from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.reject_row import RejectRow


class GetUsageRejectsResponse200(TypedDict):
    """As the office has it."""

    items: list[RejectRow]
    next_cursor: None | str
