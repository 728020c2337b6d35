"""Statements and balances as of any two times equal a replay of the transfers."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.apps.ledger.models import Transfer
from apportion.apps.ledger.queries import balance_of, its_words, key_of, with_words
from apportion.apps.ledger.statements import (
    Slice,
    balances_at,
    export_books,
    find_account,
    measure_statement,
    read_statement,
)
from apportion.core.ledger import RELEASES, Key, Kind, TransferCode
from apportion.core.refusals import Code, Refused
from apportion.core.statement import Bounds, Movement, replay
from apportion.core.windows import to_epoch_us
from tests.apps.ledger.books import ALPHA, BETA, DAY, ISSUED, POOL, leg, open_books, post, use
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db
PENDING_ONLY = RELEASES | {TransferCode.HOLD}


def movements_of(key):
    """Reads every row of the books in Python, as somebody would who trusts no query of ours."""
    rows = list(with_words(Transfer.objects.all()))
    return [
        Movement(
            seq=row.seq,
            id=row.transfer_id,
            effective_at=row.effective_at,
            recorded_at=row.posting.recorded_at,
            code=row.code,
            amount=row.amount if key_of(row.credit) == key else -row.amount,
            other=key_of(row.debit) if key_of(row.credit) == key else key_of(row.credit),
            note=its_words(row),
        )
        for row in rows
        if key in {key_of(row.debit), key_of(row.credit)} and row.code not in PENDING_ONLY
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "use", "hold", "back"]), st.integers(1, 40), st.integers(-6, 6)
    ),
    max_size=12,
)
TIMES = st.none() | st.integers(-7, 14)
WINDOWS = st.tuples(TIMES, TIMES).filter(lambda pair: None in pair or pair[0] < pair[1])
FRESH = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def carry_out(number, step):
    """Posts one step at an hour of its own, whatever time it says that it takes effect."""
    kind, amount, day = step
    at, now = NOW + day * DAY, NOW + timedelta(hours=number)
    sides = {
        "grant": (POOL, ALPHA),
        "back": (ALPHA, POOL),
        "hold": (ALPHA, BETA),
        "use": (ALPHA, BETA),
    }
    code = {"use": TransferCode.SETTLE, "hold": TransferCode.HOLD}.get(kind, TransferCode.GRANT)
    made = leg(f"step:{number}", *sides[kind], amount, code=code, at=at)
    if kind == "hold":
        made = replace(made, expires_us=to_epoch_us(NOW + 99 * DAY))
    with suppress(Refused):  # not enough
        post(made, now=now)


@FRESH
@given(steps=STEPS, window=WINDOWS, recorded=TIMES, start=st.integers(0, 5))
def test_any_statement_page_and_balance_as_of_any_times_equals_a_replay(
    db, steps, window, recorded, start
):
    starts, ends = window
    from django.db import transaction

    with transaction.atomic():
        open_books()
        for number, step in enumerate(steps):
            carry_out(number, step)
        bounds = Bounds(
            starts_at=None if starts is None else NOW + starts * DAY,
            ends_at=None if ends is None else NOW + ends * DAY,
            recorded_before=None if recorded is None else NOW + timedelta(hours=recorded),
        )
        row = find_account(POOL)
        whole = replay(POOL, movements_of(POOL), bounds=bounds)
        assert read_statement(row, bounds=bounds) == whole
        assert measure_statement(row, bounds=bounds).rows == len(whole.rows)
        page = read_statement(row, bounds=bounds, shown=Slice(offset=start, limit=3))
        assert page.rows == whole.rows[start : start + 3]
        assert (page.opening, page.closing) == (whole.opening, whole.closing)
        asked = Bounds(ends_at=bounds.ends_at, recorded_before=bounds.recorded_before)
        told = balances_at(bounds=asked)
        for key in (ISSUED, POOL, ALPHA, BETA):
            assert told.get(key, 0) == replay(key, movements_of(key), bounds=asked).closing
        assert sum(told.values()) == 0
        transaction.set_rollback(True)


def test_the_whole_statement_of_an_account_closes_at_its_balance():
    open_books()
    post(leg("g1", POOL, ALPHA, 40, note="grant of r-1"))
    use(ALPHA, 15, at=NOW + DAY, source="job 1")
    made = read_statement(find_account(ALPHA), bounds=Bounds())
    assert (made.opening, made.closing) == (0, balance_of(ALPHA)) == (0, 25)
    assert [row.movement.note for row in made.rows] == ["grant of r-1", ""]


def test_an_account_that_is_not_there_is_refused():
    with pytest.raises(Refused) as error:
        find_account(Key(Kind.PROJECT, "nobody", "gpu:h100"))
    assert error.value.refusals[0].code is Code.NOT_FOUND


def test_a_balance_as_of_an_owner_leaves_the_others_out():
    open_books()
    post(leg("g1", POOL, ALPHA, 40), leg("g2", POOL, BETA, 2))
    assert balances_at(bounds=Bounds(), owner="alpha") == {ALPHA: 40}
    assert balances_at(bounds=Bounds(ends_at=NOW)) == {}


def test_an_export_of_one_owner_holds_what_moved_its_accounts_and_asserts_only_those():
    open_books()
    post(leg("g1", POOL, ALPHA, 40), leg("g2", POOL, BETA, 2))
    use(ALPHA, 15, at=NOW + DAY, source="job 1")
    outline, entries = export_books(title="alpha", owner="alpha")
    assert [entry.amount for entry in entries] == [40, 15]
    assert set(outline.opened) == {POOL, ALPHA, ALPHA._replace(kind=Kind.CONSUMED)}
    assert outline.balances == {ALPHA: 25, ALPHA._replace(kind=Kind.CONSUMED): 15}
    assert outline.last_on == (NOW + DAY).date()


def test_an_export_ends_where_it_began_whatever_is_posted_meanwhile():
    open_books()
    outline, entries = export_books(title="all")
    post(leg("g1", POOL, ALPHA, 40))
    assert [entry.amount for entry in entries] == [1000]
    assert outline.balances == {ISSUED: -1000, POOL: 1000}
