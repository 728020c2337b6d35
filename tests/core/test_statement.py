"""Statements: opening + rows = closing, whatever the window, the page and what was known when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.statement import Bounds, Movement, lay_out, replay
from tests.apps.small_lab import NOW

ALPHA = Key(Kind.PROJECT, "alpha", "gpu:h100")
POOL = Key(Kind.POOL, "spring", "gpu:h100")
DAY = timedelta(days=1)


def movement(seq, amount, *, day=0, recorded=None):
    return Movement(
        seq=seq,
        id=seq.to_bytes(16, "big"),
        effective_at=NOW + day * DAY,
        recorded_at=NOW + (seq if recorded is None else recorded) * DAY,
        code=TransferCode.GRANT if amount > 0 else TransferCode.SETTLE,
        amount=amount,
        other=POOL,
        note="",
    )


DAYS = st.integers(-5, 5)
MOVEMENTS = st.lists(st.tuples(st.integers(-9, 9).filter(bool), DAYS), max_size=12).map(
    lambda pairs: [movement(n, amount, day=day) for n, (amount, day) in enumerate(pairs)]
)
BORDER = st.none() | DAYS.map(lambda day: NOW + day * DAY)
WINDOWS = st.tuples(BORDER, BORDER).filter(lambda pair: None in pair or pair[0] < pair[1])


@given(MOVEMENTS, WINDOWS, BORDER)
def test_opening_and_rows_make_the_closing_balance(movements, window, recorded):
    bounds = Bounds(starts_at=window[0], ends_at=window[1], recorded_before=recorded)
    made = replay(ALPHA, movements, bounds=bounds)
    assert made.opening + sum(row.movement.amount for row in made.rows) == made.closing
    balances = [made.opening, *(row.balance for row in made.rows)]
    assert balances[-1] == made.closing


@given(MOVEMENTS, DAYS, BORDER)
def test_the_closing_balance_of_one_window_is_the_opening_of_the_next(movements, day, recorded):
    border = NOW + day * DAY
    before = replay(ALPHA, movements, bounds=Bounds(ends_at=border, recorded_before=recorded))
    after = replay(ALPHA, movements, bounds=Bounds(starts_at=border, recorded_before=recorded))
    assert before.closing == after.opening
    assert len(before.rows) + len(after.rows) == sum(
        recorded is None or m.recorded_at < recorded for m in movements
    )


@given(MOVEMENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_movements_are_read_does_not_matter(movements, random):
    shuffled = random.sample(movements, len(movements))
    bounds = Bounds(starts_at=NOW)
    assert replay(ALPHA, movements, bounds=bounds) == replay(ALPHA, shuffled, bounds=bounds)


@given(MOVEMENTS, st.integers(0, 12), st.integers(0, 12))
def test_a_page_of_a_statement_still_adds_up(movements, start, size):
    whole = replay(ALPHA, movements, bounds=Bounds())
    shown = [row.movement for row in whole.rows]
    page = lay_out(
        ALPHA,
        bounds=Bounds(),
        opening=0,
        movements=shown[start : start + size],
        before=sum(m.amount for m in shown[:start]),
        after=sum(m.amount for m in shown[start + size :]),
    )
    assert page.rows == whole.rows[start : start + size]
    assert page.closing == whole.closing


def test_a_late_correction_is_in_the_past_but_was_not_known_then():
    late = movement(9, -3, day=-2, recorded=8)
    moved = [movement(1, 10, day=-4, recorded=-4), late]
    at = NOW - DAY
    assert replay(ALPHA, moved, bounds=Bounds(ends_at=at)).closing == 7
    assert replay(ALPHA, moved, bounds=Bounds(ends_at=at, recorded_before=NOW)).closing == 10


def test_a_window_that_ends_before_it_starts_is_none():
    with pytest.raises(ValueError, match="ends after it starts"):
        Bounds(starts_at=NOW, ends_at=NOW)
