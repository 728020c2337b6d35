"""Payback: what a borrower has is shared out among those who lent, the loans before the premiums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apportion.core.directive.preview import split
from apportion.core.ids import transfer_id
from apportion.core.ledger import Transfer, TransferCode
from apportion.core.loans import Debt, Loan, pay_back
from apportion.core.refusals import Refusal, Refused
from apportion.core.windows import to_epoch_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one borrower owes on one loan. Units: base units."""

    loan: Loan
    owed: int
    premium: int  # what is left of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What comes back on one loan. Units: base units."""

    due: Due
    amount: int
    premium: int


def share_out(dues: Sequence[Due], available: int) -> tuple[Payment, ...]:
    """Shares what one borrower has among its lenders by what they are owed.

    Nothing of a premium is paid while any of its loans is owed.
    """
    owed, premiums = [due.owed for due in dues], [due.premium for due in dues]
    first = _part(owed, max(0, available))
    after = max(0, available) - sum(first)
    second = _part(premiums, after if sum(first) == sum(owed) else 0)
    return tuple(
        Payment(due=due, amount=amount, premium=premium)
        for due, amount, premium in zip(dues, first, second, strict=True)
        if amount or premium
    )


def write_payment(payment: Payment, *, at: datetime) -> list[Transfer]:
    """Writes what comes back on one loan: its part of the loan, and of the premium after it.

    Refuses: whatever the loan refuses.
    """
    due, legs = payment.due, list[Transfer]()
    if payment.amount:
        debt = Debt(loan=due.loan, owed=due.owed)
        back = pay_back(debt, payment.amount, key=f"from {due.owed}", at=at)
        if isinstance(back, Refusal):
            raise Refused([back])
        legs.extend(back)
    if payment.premium:
        legs.append(pay_premium(payment, at=at))
    return legs


def pay_premium(payment: Payment, *, at: datetime) -> Transfer:
    """Writes what a borrower pays beyond its loan; its id follows from what was left to pay."""
    loan, left = payment.due.loan, payment.due.premium
    source = f"premium:{loan.ref}:from {left}"
    return Transfer(
        id=transfer_id(to_epoch_us(loan.due_at) // 1000, source),
        debit=loan.borrower,
        credit=loan.lender,
        amount=payment.premium,
        code=TransferCode.PAYBACK,
        source=source,
        note=f"premium on {loan.ref}",
        effective_us=to_epoch_us(at),
    )


def _part(claims: Sequence[int], available: int) -> Sequence[int]:
    total = sum(claims)
    if available >= total:
        return claims
    return split(available, claims)
