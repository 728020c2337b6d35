from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.account_row import AccountRow


class GetLedgerAccountsResponse200(TypedDict):
    """As the office has it."""

    items: list[AccountRow]
    next_cursor: None | str
