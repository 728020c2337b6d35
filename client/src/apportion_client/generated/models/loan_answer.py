from __future__ import annotations

from typing import TypedDict


class LoanAnswer(TypedDict):
    """A loan and what of it came back. Units: base units."""

    ref: str
    lender: str
    borrower: str
    resource: str
    amount: int
    returned: int
    owed: int
    due_at: str
    state: str
    why: str
