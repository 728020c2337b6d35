from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.balance_row import BalanceRow


class GetBalancesResponse200(TypedDict):
    """As the office has it."""

    items: list[BalanceRow]
    next_cursor: None | str
