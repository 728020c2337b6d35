"""Loans: what a directive took from one account for another, and must give back by a date.

A loan's own account counts what is still owed. It may not fall below zero, so nobody can pay
back more than was lent, and it must return to zero: until then the loan is open or overdue.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.refusals import Code, Refusal
from apportion.core.windows import to_epoch_us

LENT = "(lent)"  # the debt of this account is all that is owed on loans; never a round's slug


class LoanState(StrEnum):
    """Where a loan stands; it follows from what is owed and the time of day."""

    OPEN = "open"
    OVERDUE = "overdue"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What was lent, by whom, to whom, until when and why. Units: amount in base units."""

    ref: str
    lender: Key
    borrower: Key
    amount: int
    due_at: datetime
    why: str = ""

    @property
    def account(self) -> Key:
        """The account that counts what is still owed."""
        return Key(Kind.LOAN, self.ref, self.lender.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """A loan with what of it is still owed. Units: base units."""

    loan: Loan
    owed: int

    @property
    def returned(self) -> int:
        """What came back."""
        return self.loan.amount - self.owed

    def state(self, now: datetime) -> LoanState:
        """Says where the loan stands at an instant."""
        if not self.owed:
            return LoanState.RETURNED
        return LoanState.OVERDUE if now >= self.loan.due_at else LoanState.OPEN


def lend(loan: Loan, *, at: datetime) -> tuple[Transfer, ...]:
    """Moves the credits from lender to borrower and notes the debt; both or neither.

    Refuses: nothing here; the books refuse what the lender does not have.
    """
    owing = Key(Kind.ISSUED, LENT, loan.lender.unit)
    source = f"loan:{loan.ref}"
    legs = ((loan.lender, loan.borrower, "redirect"), (owing, loan.account, "owed"))
    return _legs(legs, loan.amount, code=TransferCode.REDIRECT, source=source, at=at)


def pay_back(debt: Debt, amount: int, *, key: str, at: datetime) -> tuple[Transfer, ...] | Refusal:
    """Moves credits back to the lender and lessens the debt by as much; both or neither.

    `key` names the payment, whose ids follow from it and from the date due: one that is sent
    again later is not paid twice.

    Refuses: OUT_OF_RANGE where more is paid than owed, or nothing.
    """
    loan = debt.loan
    if not 0 < amount <= debt.owed:
        owed = "Nothing is owed any more." if not debt.owed else "Pay back what is owed, or a part."
        numbers: dict[str, int | str] = {"owed": debt.owed, "paid": amount}
        subject = f"loan {loan.ref}"
        return Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=owed, numbers=numbers)
    owing = Key(Kind.ISSUED, LENT, loan.lender.unit)
    legs = ((loan.borrower, loan.lender, "payback"), (loan.account, owing, "owed"))
    source = f"payback:{loan.ref}:{key}"
    code = TransferCode.PAYBACK
    return _legs(legs, amount, code=code, source=source, at=at, named_at=loan.due_at)


def refuse_loan(loan: Loan, *, now: datetime) -> Refusal | None:
    """Says what is wrong with a loan before it is made.

    Refuses: UNIT_MISMATCH, OUT_OF_RANGE.
    """
    code, remedy = Code.OUT_OF_RANGE, ""
    if loan.lender.unit != loan.borrower.unit:
        code, remedy = Code.UNIT_MISMATCH, "Lend what the borrower needs, in one unit."
    elif loan.lender == loan.borrower:
        remedy = "Lend to another account than the lender's."
    elif loan.amount <= 0:
        remedy = "Lend a positive amount."
    elif loan.due_at <= now:
        remedy = "Let the loan fall due in the future."
    if not remedy:
        return None
    numbers: dict[str, int | str] = {"amount": loan.amount, "due_at": loan.due_at.isoformat()}
    return Refusal(code=code, subject=f"loan {loan.ref}", remedy=remedy, numbers=numbers)


def _legs(
    legs: tuple[tuple[Key, Key, str], ...],
    amount: int,
    *,
    code: TransferCode,
    source: str,
    at: datetime,
    named_at: datetime | None = None,
) -> tuple[Transfer, ...]:
    effective_us = to_epoch_us(at)
    named_ms = to_epoch_us(named_at or at) // 1000
    return tuple(
        Transfer(
            id=transfer_id(named_ms, f"{source}/{part}"),
            group=source,
            debit=debit,
            credit=credit,
            amount=amount,
            code=code,
            source=f"{source}/{part}",
            note=source,
            effective_us=effective_us,
        )
        for debit, credit, part in legs
    )
