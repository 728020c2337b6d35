from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.equity_row import EquityRow


class GetEquityResponse200(TypedDict):
    """As the office has it."""

    items: list[EquityRow]
    next_cursor: None | str
