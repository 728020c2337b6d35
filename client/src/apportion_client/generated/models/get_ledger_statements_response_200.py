from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.statement_row import StatementRow


class GetLedgerStatementsResponse200(TypedDict):
    """As the office has it."""

    items: list[StatementRow]
    next_cursor: None | str
