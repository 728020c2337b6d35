from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.order_row import OrderRow


class GetLimitsOrdersResponse200(TypedDict):
    """As the office has it."""

    items: list[OrderRow]
    next_cursor: None | str
