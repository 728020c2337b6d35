"""Loans in the books: made and paid back both sides at once, never beyond what is owed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.loans import (
    find_debt,
    list_debts,
    open_loan,
    return_credits,
    return_due,
)
from apportion.apps.ledger.models import Loan as LoanRow
from apportion.apps.ledger.models import Record
from apportion.apps.ledger.queries import balance_of, tip
from apportion.core.ledger import Key, Kind
from apportion.core.loans import Loan, LoanState
from apportion.core.refusals import Code, Refused
from tests.apps.ledger.books import ALPHA, BETA, DAY, POOL, leg, open_books, post, use
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db
DUE = NOW + 30 * DAY
RED = Loan(ref="red-1", lender=ALPHA, borrower=BETA, amount=40, due_at=DUE, why="Incident 7")


@pytest.fixture
def eve(folk):
    """A board member, in books where alpha holds 100."""
    open_books()
    post(leg("g1", POOL, ALPHA, 100))
    return folk["eve"]


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.refusals[0].code


def test_a_loan_moves_the_credits_and_is_owed_until_it_is_back(eve):
    debt = open_loan(loan=RED, by=eve, now=NOW)
    assert (balance_of(ALPHA), balance_of(BETA), balance_of(RED.account)) == (60, 40, 40)
    assert (debt.owed, debt.state(NOW), debt.state(DUE)) == (40, LoanState.OPEN, LoanState.OVERDUE)
    assert Record.objects.filter(kind="loan", subject="red-1").count() == 1
    assert audit_books().differences == ()


def test_a_loan_paid_back_early_and_in_parts_returns_to_zero(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    assert return_credits(ref="red-1", amount=15, by=eve, now=NOW + DAY).owed == 25
    assert return_credits(ref="red-1", amount=None, by=eve, now=NOW + 2 * DAY).owed == 0
    assert find_debt("red-1").state(DUE + DAY) is LoanState.RETURNED
    assert (balance_of(ALPHA), balance_of(BETA)) == (100, 0)
    assert balance_of(Key(Kind.ISSUED, "(lent)", RED.lender.unit)) == 0
    assert audit_books().differences == ()


def test_paying_back_more_than_is_owed_or_nothing_is_refused_and_changes_nothing(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    before = tip().size
    for amount in (41, 0, -1):
        call = lambda amount=amount: return_credits(ref="red-1", amount=amount, by=eve, now=NOW)  # noqa: E731
        assert refused(call) is Code.OUT_OF_RANGE
    assert (tip().size, find_debt("red-1").owed) == (before, 40)


def test_the_books_themselves_let_nobody_owe_less_than_nothing(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    beyond = leg("x", RED.account, Key(Kind.ISSUED, "(lent)", RED.lender.unit), 41)
    assert refused(lambda: post(beyond)) is Code.NOT_ENOUGH


def test_paying_back_what_the_borrower_has_not_is_refused(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    use(BETA, 30, at=NOW + DAY, source="job 1")
    call = lambda: return_credits(ref="red-1", amount=11, by=eve, now=NOW + DAY)  # noqa: E731
    assert refused(call) is Code.NOT_ENOUGH
    assert find_debt("red-1").owed == 40


def test_lending_what_one_has_not_is_refused_and_leaves_no_loan(eve):
    call = lambda: open_loan(loan=replace(RED, amount=101), by=eve, now=NOW)  # noqa: E731
    assert refused(call) is Code.NOT_ENOUGH
    assert list_debts() == []
    assert LoanRow.objects.count() == 0


def test_the_same_loan_sent_again_is_found_and_another_of_its_name_is_refused(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    assert open_loan(loan=RED, by=eve, now=NOW + DAY).owed == 40
    assert balance_of(BETA) == 40
    other = replace(RED, amount=39)
    assert refused(lambda: open_loan(loan=other, by=eve, now=NOW)) is Code.ALREADY_DONE


def test_a_payment_sent_twice_under_one_key_is_not_paid_twice(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    pay = {"ref": "red-1", "amount": 10, "by": eve, "key": "may"}
    return_credits(**pay, now=NOW + DAY)
    assert refused(lambda: return_credits(**pay, now=NOW + 2 * DAY)) is Code.ID_REUSED
    assert return_credits(**pay, now=NOW + DAY).owed == 30


def test_what_is_due_is_collected_as_far_as_the_borrower_can_and_the_rest_is_overdue(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    use(BETA, 30, at=NOW + DAY, source="job 1")
    assert return_due(by=eve, now=DUE - timedelta(seconds=1)) == []
    ((before, paid),) = return_due(by=eve, now=DUE)
    assert (before.owed, paid) == (40, 10)
    after = find_debt("red-1")
    assert (after.owed, after.state(DUE)) == (30, LoanState.OVERDUE)
    assert [amount for _, amount in return_due(by=eve, now=DUE + DAY)] == [0]


def test_debts_come_before_what_is_back_and_the_earliest_first(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    open_loan(loan=replace(RED, ref="red-2", amount=1, due_at=DUE - DAY), by=eve, now=NOW)
    open_loan(loan=replace(RED, ref="red-3", amount=2, due_at=DUE - 2 * DAY), by=eve, now=NOW)
    return_credits(ref="red-3", amount=2, by=eve, now=NOW)
    assert [debt.loan.ref for debt in list_debts()] == ["red-2", "red-1", "red-3"]


@pytest.mark.parametrize(
    "words", [{"ref": ""}, {"ref": "a b"}, {"why": "x" * 201}, {"why": "a\nb"}]
)
def test_a_loan_without_a_name_or_with_unfit_words_is_refused(eve, words):
    assert (
        refused(lambda: open_loan(loan=replace(RED, **words), by=eve, now=NOW)) is Code.OUT_OF_RANGE
    )


@pytest.mark.parametrize("username", ["ann", "rev", "aud", "ops"])
def test_nobody_but_the_board_redirects(eve, folk, username):
    call = lambda: open_loan(loan=RED, by=folk[username], now=NOW)  # noqa: E731
    assert refused(call) is Code.NOT_ALLOWED


def test_a_loan_that_was_made_stays_as_it_was_made(eve):
    open_loan(loan=RED, by=eve, now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LoanRow.objects.update(amount=1)
