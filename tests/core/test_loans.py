"""Loans return to zero: all of it, early or in parts, and never more than was lent."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.loans import Debt, Loan, LoanState, lend, pay_back, refuse_loan
from apportion.core.refusals import Code, Refusal
from tests.apps.small_lab import NOW

ALPHA = Key(Kind.PROJECT, "alpha", "gpu:h100")
FLAGSHIP = Key(Kind.PROJECT, "flagship", "gpu:h100")
DUE = NOW + timedelta(days=30)


def loan(amount=40, **more):
    facts = {"ref": "red-1", "lender": ALPHA, "borrower": FLAGSHIP, "due_at": DUE}
    return Loan(**{**facts, "amount": amount, **more})


def net(legs):
    """Sums what legs do to each account."""
    total = {}
    for leg in legs:
        total[leg.debit] = total.get(leg.debit, 0) - leg.amount
        total[leg.credit] = total.get(leg.credit, 0) + leg.amount
    return total


def test_lending_moves_the_credits_and_notes_the_debt_in_one_group():
    legs = lend(loan(), at=NOW)
    moved = net(legs)
    assert (moved[ALPHA], moved[FLAGSHIP], moved[loan().account]) == (-40, 40, 40)
    assert {leg.group for leg in legs} == {"loan:red-1"}
    assert {leg.code for leg in legs} == {TransferCode.REDIRECT}
    assert len({leg.id for leg in legs}) == 2


@given(st.lists(st.integers(-5, 50), max_size=8))
def test_whatever_is_paid_the_debt_stays_between_zero_and_what_was_lent(payments):
    debt = Debt(loan=loan(), owed=40)
    legs = list(lend(loan(), at=NOW))
    for number, amount in enumerate(payments):
        paid = pay_back(debt, amount, key=str(number), at=NOW)
        if isinstance(paid, Refusal):
            assert paid.code is Code.OUT_OF_RANGE
            assert not 0 < amount <= debt.owed
            continue
        legs += paid
        debt = Debt(loan=debt.loan, owed=debt.owed - amount)
    moved = net(legs)
    assert moved[loan().account] == debt.owed == 40 - debt.returned
    assert (moved[ALPHA], moved[FLAGSHIP]) == (-debt.owed, debt.owed)
    assert sum(moved.values()) == 0


def test_the_same_payment_sent_twice_is_one_and_two_payments_are_two():
    debt = Debt(loan=loan(), owed=40)
    first, again, other = (pay_back(debt, 10, key=key, at=NOW) for key in ("a", "a", "b"))
    assert first == again
    assert {leg.id for leg in first}.isdisjoint(leg.id for leg in other)


def test_a_loan_is_overdue_from_its_date_on_until_all_of_it_is_back():
    debt = Debt(loan=loan(), owed=1)
    assert debt.state(DUE - timedelta(microseconds=1)) is LoanState.OPEN
    assert debt.state(DUE) is LoanState.OVERDUE
    assert Debt(loan=loan(), owed=0).state(DUE) is LoanState.RETURNED


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": 0}, Code.OUT_OF_RANGE),
        ({"amount": -1}, Code.OUT_OF_RANGE),
        ({"due_at": NOW}, Code.OUT_OF_RANGE),
        ({"borrower": ALPHA}, Code.OUT_OF_RANGE),
        ({"borrower": FLAGSHIP._replace(unit="staff")}, Code.UNIT_MISMATCH),
    ],
)
def test_a_loan_is_refused_where_it_lends_nothing_to_nobody_or_ends_before_it_begins(wrong, code):
    assert refuse_loan(loan(), now=NOW) is None
    refusal = refuse_loan(loan(**wrong), now=NOW)
    assert refusal.code is code
    assert refusal.remedy
