"""Loans: who owes what to whom until when; making them, and paying them back."""

import json
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import QuerySet

from apportion.apps.ledger.actions import lock_tip, post_transfers, seal
from apportion.apps.ledger.models import Loan as LoanRow
from apportion.apps.ledger.queries import find_accounts, key_of
from apportion.apps.people.queries import Person, demand
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.loans import Debt, Loan, lend, pay_back, refuse_loan
from apportion.core.refusals import Code, Refusal, Refused

LONGEST_REF, LONGEST_WHY = 60, 200


def open_loan(*, loan: Loan, by: Person, now: datetime) -> Debt:
    """Redirects credits from lender to borrower, to come back by a date; both or neither.

    The same loan sent again is found; its `ref` with other content is refused.

    Refuses: NOT_ALLOWED, ALREADY_DONE, OUT_OF_RANGE, UNIT_MISMATCH, NOT_ENOUGH.
    """
    demand(by, "loan.open")
    with transaction.atomic():
        lock_tip()
        known = _rows().filter(ref=loan.ref).first()
        if known is not None:
            return _same(known, loan)
        refusal = _refuse_words(loan) or refuse_loan(loan, now=now)
        if refusal is not None:
            raise Refused([refusal])
        post_transfers(lend(loan, at=now), now=now, actor=by.username)
        accounts = find_accounts((loan.lender, loan.borrower, loan.account))
        LoanRow.objects.create(
            ref=loan.ref,
            lender=accounts[loan.lender],
            borrower=accounts[loan.borrower],
            account=accounts[loan.account],
            amount=loan.amount,
            due_at=loan.due_at,
            why=loan.why,
            opened_at=now,
            opened_by=by.username,
        )
        seal("loan", loan.ref, loan_record(loan))
    return Debt(loan=loan, owed=loan.amount)


def return_credits(
    *, ref: str, amount: int | None, by: Person, now: datetime, key: str = ""
) -> Debt:
    """Pays a loan back, early or late, in full or in part; without an amount, all that is owed.

    `key` names the payment, so that one sent twice is one; without it the payment is named by
    what was owed before.

    Refuses: NOT_ALLOWED, NOT_FOUND, OUT_OF_RANGE, NOT_ENOUGH.
    """
    demand(by, "loan.return")
    with transaction.atomic():
        lock_tip()
        debt = find_debt(ref)
        paid = debt.owed if amount is None else amount
        legs = pay_back(debt, paid, key=key or f"from {debt.owed}", at=now)
        if isinstance(legs, Refusal):
            raise Refused([legs])
        post_transfers(legs, now=now, actor=by.username)
    return find_debt(ref)


def return_due(*, by: Person, now: datetime) -> list[tuple[Debt, int]]:
    """Pays back what fell due, each loan as far as its borrower can; gives what was paid on each.

    Repeating it is harmless: what cannot be paid stays overdue.

    Refuses: NOT_ALLOWED.
    """
    demand(by, "loan.return")
    paid: list[tuple[Debt, int]] = []
    with transaction.atomic():
        lock_tip()
        for debt in list_debts():
            if not debt.owed or debt.loan.due_at > now:
                continue
            borrower = find_accounts([debt.loan.borrower])[debt.loan.borrower]
            amount = min(debt.owed, max(0, borrower.available))
            if amount:
                return_credits(ref=debt.loan.ref, amount=amount, by=by, now=now)
            paid.append((debt, amount))
    return paid


def find_debt(ref: str) -> Debt:
    """Finds a loan with what is owed on it.

    Refuses: NOT_FOUND.
    """
    row = _rows().filter(ref=ref).first()
    if row is None:
        remedy = "List loans with: apportion loan list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"loan {ref!r}", remedy=remedy)])
    return debt_of(row)


def list_debts() -> list[Debt]:
    """Lists every loan with what is owed on it: by date, what came back last."""
    return sorted(map(debt_of, _rows()), key=lambda debt: debt.owed == 0)


def debt_of(row: LoanRow) -> Debt:
    """Turns a row into the core's debt."""
    loan = Loan(
        ref=row.ref,
        lender=key_of(row.lender),
        borrower=key_of(row.borrower),
        amount=row.amount,
        due_at=row.due_at,
        why=row.why,
    )
    return Debt(loan=loan, owed=row.account.balance)


def loan_record(loan: Loan) -> bytes:
    """Writes what the journal seals of a loan; why it was made is free text and stays out."""
    facts = {
        "schema": "apportion.loan/1",
        "ref": loan.ref,
        "lender": [*map(str, loan.lender)],
        "borrower": [*map(str, loan.borrower)],
        "amount": loan.amount,
        "due_at": loan.due_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _rows() -> QuerySet[LoanRow]:
    return LoanRow.objects.select_related("lender", "borrower", "account")


def _same(row: LoanRow, loan: Loan) -> Debt:
    debt = debt_of(row)
    if debt.loan == loan:
        return debt
    remedy = "Choose a name that no loan has yet."
    numbers: dict[str, int | str] = {"amount": debt.loan.amount, "asked": loan.amount}
    subject = f"loan {loan.ref}"
    raise Refused(
        [Refusal(code=Code.ALREADY_DONE, subject=subject, remedy=remedy, numbers=numbers)]
    )


def _refuse_words(loan: Loan) -> Refusal | None:
    if not is_id(loan.ref) or len(loan.ref) > LONGEST_REF:
        return Refusal(code=Code.OUT_OF_RANGE, subject=f"loan {loan.ref!r}", remedy=f"{ID_REMEDY}.")
    if len(loan.why) > LONGEST_WHY or not (loan.why or "-").isprintable():
        remedy = f"Say why in one line of at most {LONGEST_WHY} signs."
        return Refusal(code=Code.OUT_OF_RANGE, subject=f"loan {loan.ref}", remedy=remedy)
    return None
