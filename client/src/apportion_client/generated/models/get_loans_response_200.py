from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.loan_answer import LoanAnswer


class GetLoansResponse200(TypedDict):
    """As the office has it."""

    items: list[LoanAnswer]
    next_cursor: None | str
