"""What an insider changes about periods and loans behind the office's back is found."""

from datetime import timedelta, timezone

import pytest
from django.db import connection

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.closing import close_period, open_period
from apportion.apps.ledger.loans import open_loan
from apportion.apps.ledger.models import Loan as LoanRow
from apportion.apps.ledger.models import Period, Tip
from apportion.core.loans import Loan
from tests.apps.ledger.books import ALPHA, BETA, DAY, POOL, leg, open_books, post
from tests.apps.ledger.test_periods import END, SPRING, facts
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(folk):
    """Books with a closed period and a loan, and the triggers out of the way."""
    open_period(name="spring", window=SPRING, round_row=None, by=folk["ops"], now=NOW)
    open_books()
    post(leg("g1", POOL, ALPHA, 100))
    due_at = (END + DAY).astimezone(timezone(timedelta(hours=5)))  # the same instant as in UTC
    loan = Loan(ref="red-1", lender=ALPHA, borrower=BETA, amount=40, due_at=due_at)
    open_loan(loan=loan, by=folk["eve"], now=NOW)
    close_period(name="spring", gather=facts, by=folk["ops"], now=END)
    assert audit_books().differences == ()
    with connection.cursor() as cursor:  # what an insider with the database password could do
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER ledger_period_fixed")
            cursor.execute("DROP TRIGGER ledger_loan_fixed")


def first_found():
    found = audit_books().differences
    return found[0].table, found[0].field


def test_a_period_whose_end_was_moved_is_found(closed):
    Period.objects.update(ends_at=END - DAY)
    Tip.objects.update(closed_before_us=Tip.objects.get().closed_before_us - 86_400_000_000)
    assert first_found() == ("ledger_period", "sealed record")


def test_a_period_that_was_opened_again_is_found(closed):
    Period.objects.update(state="open", closed_at=None)
    assert first_found() == ("ledger_tip", "closed_before_us")


def test_a_transfer_that_was_posted_into_a_closed_period_is_found(closed):
    before = Tip.objects.get().closed_before_us
    Tip.objects.update(closed_before_us=None)
    post(leg("g2", ALPHA, BETA, 1, at=END - DAY), now=END)
    Tip.objects.update(closed_before_us=before)
    assert first_found() == ("ledger_transfer", "effective_at")


@pytest.mark.parametrize("change", [{"amount": 4}, {"due_at": END + 99 * DAY}])
def test_a_loan_that_was_made_smaller_or_longer_is_found(closed, change):
    LoanRow.objects.update(**change)
    assert first_found() == ("ledger_loan", "sealed record")
