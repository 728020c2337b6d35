from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.limit_row import LimitRow


class GetLimitsResponse200(TypedDict):
    """As the office has it."""

    items: list[LimitRow]
    next_cursor: None | str
