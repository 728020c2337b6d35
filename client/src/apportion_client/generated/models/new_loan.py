from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class NewLoan(TypedDict):
    """Credits that must come back. Units: amount in base units."""

    ref: str
    lender: str
    borrower: str
    resource: str
    amount: int
    due_at: str
    why: NotRequired[str]
