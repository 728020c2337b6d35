"""Closing a period: all of it or nothing, once, and nothing in it moves afterwards."""

import threading
from contextlib import suppress
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.apps.ledger import closing
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.checkpoints import newest_checkpoint
from apportion.apps.ledger.closing import Facts, close_period, open_period, preview_close
from apportion.apps.ledger.loans import find_debt, open_loan
from apportion.apps.ledger.models import Period, Transfer
from apportion.apps.ledger.periods import find_period
from apportion.apps.ledger.queries import balance_of, tip
from apportion.apps.ledger.statements import balances_at, booked_usage, find_account, read_statement
from apportion.core.ledger import TransferCode
from apportion.core.loans import Loan
from apportion.core.policy import Carry
from apportion.core.refusals import Code, Refused
from apportion.core.statement import Bounds
from apportion.core.windows import Window, to_epoch_us
from tests.apps.ledger.books import ALPHA, BETA, DAY, ISSUED, POOL, leg, open_books, post, use
from tests.apps.small_lab import GPU, NOW

pytestmark = pytest.mark.django_db
END = NOW + 90 * DAY
SPRING = Window(starts_at=NOW, ends_at=END)
SUMMER = Window(starts_at=END, ends_at=END + 90 * DAY)
TENTH = Carry(share=Fraction(1, 10))


@pytest.fixture
def ops(folk):
    """An operator, in books of one open period where alpha holds 100 of a pool of 1000."""
    open_period(name="spring", window=SPRING, round_row=None, by=folk["ops"], now=NOW)
    open_books()
    post(leg("g1", POOL, ALPHA, 100))
    return folk["ops"]


def facts(row):
    """What the later stages would tell: accounting that agrees, and a tenth carried over."""
    return Facts(accounted=booked_usage(), carry=TENTH)


def close(by, *, name="spring", gather=facts, now=END):
    return close_period(name=name, gather=gather, by=by, now=now)


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.refusals[0].code


def test_a_close_lapses_what_is_unused_carries_a_share_and_empties_the_pool(ops):
    use(ALPHA, 30, at=NOW + DAY, source="job 1")
    close(ops)
    assert (balance_of(ALPHA), balance_of(POOL), balance_of(ISSUED)) == (10, 0, -100 + 60 - 0)
    row = find_period("spring")
    assert (row.state, row.closed_by, row.journal_size) == ("closed", "ops", tip().size)
    assert newest_checkpoint().size == tip().size
    assert audit_books().differences == ()


def test_a_preview_tells_what_a_close_does_and_changes_nothing(ops):
    use(ALPHA, 30, at=NOW + DAY, source="job 1")
    before = tip().size
    told = preview_close(name="spring", gather=facts)
    assert tip().size == before
    assert [(f.account, f.carried, f.lapsed) for f in told.fates] == [
        (POOL, 0, 900),
        (ALPHA, 10, 60),
    ]
    assert close(ops).fates == told.fates


def test_the_opening_balance_of_the_next_period_is_the_closing_balance_of_this_one(ops):
    close(ops)
    for key in (ALPHA, POOL, ISSUED):
        account = find_account(key)
        spring = read_statement(account, bounds=Bounds(starts_at=NOW, ends_at=END))
        summer = read_statement(account, bounds=Bounds(starts_at=END))
        assert spring.closing == summer.opening


def test_a_period_is_not_closed_before_it_ends(ops):
    assert refused(lambda: close(ops, now=END - DAY)) is Code.WRONG_STATE
    assert find_period("spring").state == "open"


def test_periods_are_closed_in_order(ops):
    open_period(name="summer", window=SUMMER, round_row=None, by=ops, now=NOW)
    assert refused(lambda: close(ops, name="summer", now=END + 90 * DAY)) is Code.WRONG_STATE


def test_a_close_that_does_not_agree_with_the_accounting_waits_and_can_be_taken_up_again(ops):
    use(ALPHA, 30, at=NOW + DAY, source="job 1")
    before = tip().size
    missing = lambda row: Facts(accounted={("alpha", GPU): 31})  # noqa: E731
    assert refused(lambda: close(ops, gather=missing)) is Code.NOT_RECONCILED
    assert (find_period("spring").state, tip().size) == ("closing", before)
    use(ALPHA, 1, at=NOW + DAY, source="job 2", now=END + DAY)
    close(ops, gather=missing, now=END + DAY)
    assert find_period("spring").state == "closed"


def test_a_close_that_the_scheduler_contradicts_is_refused_with_both_numbers(ops):
    use(ALPHA, 30, at=NOW + DAY, source="job 1")
    told = lambda row: Facts(accounted=booked_usage(), told={GPU: 29})  # noqa: E731
    with pytest.raises(Refused) as error:
        close(ops, gather=told)
    assert error.value.refusals[0].numbers == {"booked": 30, "accounted": 29}


def test_a_closed_period_is_not_closed_again_and_its_row_stays_as_it_is(ops):
    close(ops)
    before = tip().size
    assert refused(lambda: close(ops)) is Code.WRONG_STATE
    assert tip().size == before
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Period.objects.update(state="open", closed_at=None)


def test_a_transfer_into_a_closed_period_is_refused_whatever_its_code(ops):
    close(ops)
    before = tip().size
    for code in (TransferCode.GRANT, TransferCode.LATE, TransferCode.SETTLE, TransferCode.REFUND):
        late = leg(f"x:{code}", ISSUED, ALPHA, 1, code=code, at=END - DAY)
        assert refused(lambda late=late: post(late, now=END)) is Code.PERIOD_CLOSED
    assert tip().size == before


def test_a_grant_that_goes_on_beyond_the_period_is_kept_whole(ops):
    lasting = lambda row: Facts(unexpired={ALPHA: 80}, lasting=frozenset({"spring"}))  # noqa: E731
    close(ops, gather=lasting)
    assert (balance_of(ALPHA), balance_of(POOL)) == (80, 900)


def test_what_was_used_after_the_end_and_before_the_close_is_not_taken_twice(ops):
    use(ALPHA, 95, at=END + DAY, source="job 1")
    post(leg("g2", POOL, ALPHA, 50, at=END + 2 * DAY), now=END + 2 * DAY)
    close(ops, now=END + 3 * DAY)
    assert balance_of(ALPHA) == 55
    told = read_statement(find_account(ALPHA), bounds=Bounds(starts_at=NOW))
    assert min(row.balance for row in told.rows) >= 0


def test_what_is_held_does_not_lapse(ops):
    held = leg("h1", ALPHA, BETA, 70, code=TransferCode.HOLD, expires_us=to_epoch_us(END + DAY))
    post(held)
    close(ops)
    assert balance_of(ALPHA) == 80


def test_loans_that_fall_due_come_back_at_the_close_and_the_rest_is_overdue(ops, folk):
    loan = Loan(ref="red-1", lender=ALPHA, borrower=BETA, amount=40, due_at=END)
    open_loan(loan=loan, by=folk["eve"], now=NOW)
    use(BETA, 30, at=NOW + DAY, source="job 1")
    made = close(ops)
    assert [(r.paid, r.overdue) for r in made.returns] == [(10, 30)]
    assert find_debt("red-1").owed == 30
    assert balance_of(ALPHA) == 10 + 6  # what came back is kept, and a tenth of 60


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("place", ["post_transfers", "seal", "make_checkpoint"])
def test_a_close_that_is_killed_in_the_middle_did_nothing_and_is_taken_up_again(
    ops, monkeypatch, place
):
    use(ALPHA, 30, at=NOW + DAY, source="job 1")
    before = (tip().size, balances_at(bounds=Bounds()))

    def die(*args, **more):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(closing, place, die)
        with pytest.raises(KilledError):
            close(ops)
    assert (tip().size, balances_at(bounds=Bounds())) == before
    assert tip().closed_before_us is None
    close(ops)
    assert Transfer.objects.filter(code_number=TransferCode.FORFEIT.number).count() == 1
    assert audit_books().differences == ()


STEPS = st.lists(st.tuples(st.integers(1, 60), st.integers(-3, 120)), max_size=8)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(before=STEPS, after=STEPS)
def test_nothing_in_a_closed_period_changes_whatever_is_posted_later(ops, before, after):
    def try_all(steps, name, now):
        for number, (amount, day) in enumerate(steps):
            sides = (POOL, ALPHA) if amount % 2 else (ALPHA, BETA)
            made = leg(f"{name}:{number}", *sides, amount, at=NOW + day * DAY)
            with suppress(Refused):  # not enough, or its time is closed
                post(made, now=now)

    with transaction.atomic():
        try_all(before, "before", END)
        close(ops)
        keys = (ISSUED, POOL, ALPHA)
        spring = Bounds(ends_at=END)
        statements = [read_statement(find_account(key), bounds=spring) for key in keys]
        try_all(after, "after", END + DAY)
        assert [read_statement(find_account(key), bounds=spring) for key in keys] == statements
        transaction.set_rollback(True)


@pytest.mark.parametrize("username", ["ann", "rev", "aud"])
def test_nobody_but_board_and_operators_opens_or_closes_periods(ops, folk, username):
    by = folk[username]
    opened = lambda: open_period(name="x", window=SUMMER, round_row=None, by=by, now=NOW)  # noqa: E731
    assert refused(opened) is Code.NOT_ALLOWED
    assert refused(lambda: close(by)) is Code.NOT_ALLOWED


@pytest.mark.parametrize(
    ("name", "window", "code"),
    [
        ("spring", SUMMER, Code.ALREADY_DONE),
        ("summer", SPRING, Code.OUT_OF_RANGE),
        ("a b", SUMMER, Code.OUT_OF_RANGE),
        ("x" * 61, SUMMER, Code.OUT_OF_RANGE),
    ],
)
def test_a_period_is_refused_when_its_name_is_taken_or_unfit_or_it_overlaps(
    ops, name, window, code
):
    assert (
        refused(lambda: open_period(name=name, window=window, round_row=None, by=ops, now=NOW))
        is code
    )


@pytest.mark.django_db(transaction=True)
def test_of_many_who_close_at_once_one_does_and_what_is_posted_meanwhile_is_before_or_refused(folk):
    open_period(name="spring", window=SPRING, round_row=None, by=folk["ops"], now=NOW)
    open_books()
    outcomes: list[str] = []

    def attempt(name, call):
        try:
            call()
            outcomes.append(name)
        except Refused as refused:
            outcomes.append(f"{name} {refused.refusals[0].code.name}")
        finally:
            connection.close()

    def grant(number):
        return post(leg(f"g{number}", POOL, ALPHA, 1, at=NOW + DAY), now=END)

    calls = [("close", lambda: close(folk["ops"]))] * 3
    calls += [("grant", lambda number=number: grant(number)) for number in range(6)]
    threads = [threading.Thread(target=attempt, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("close") == 1
    assert outcomes.count("close WRONG_STATE") == 2
    refused_ones = ("grant PERIOD_CLOSED", "grant NOT_ENOUGH")
    assert outcomes.count("grant") + sum(map(outcomes.count, refused_ones)) == 6
    granted = Transfer.objects.filter(credit__owner="alpha").count()
    assert granted == outcomes.count("grant")
    assert (balance_of(POOL), balance_of(ALPHA)) == (0, 0)
    assert audit_books().differences == ()
