"""Burn-down and forecast, as properties and small stories."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.report import Movement, Standing, burn_down, first_dry, shares

NOW = datetime(2026, 3, 1, tzinfo=UTC)
END = NOW + timedelta(days=60)


def moved(*pairs):
    return [Movement(at=NOW - timedelta(days=ago), amount=amount) for ago, amount in pairs]


movements = st.lists(
    st.builds(
        lambda ago, amount: Movement(at=NOW - timedelta(hours=ago), amount=amount),
        st.integers(0, 2000),
        st.integers(-(10**9), 10**9),
    ),
    max_size=40,
)


@given(movements)
def test_the_last_day_of_a_burn_down_is_the_balance(found):
    burned = burn_down(found, now=NOW, ends_at=END)
    assert burned.balance == sum(m.amount for m in found)
    assert not burned.days or burned.days[-1] == (NOW.date(), burned.balance)


@given(movements)
def test_every_day_from_the_first_to_today_has_a_balance(found):
    days = [day for day, _ in burn_down(found, now=NOW, ends_at=END).days]
    assert days == sorted(set(days))
    assert not days or (days[-1] - days[0]).days == len(days) - 1


def test_a_balance_of_70_that_loses_7_a_day_lasts_ten_days():
    burned = burn_down(moved((30, 119), (1, -49)), now=NOW, ends_at=END)
    assert burned.runs_dry_at == NOW + timedelta(days=10)


def test_a_balance_that_outlives_its_period_does_not_run_dry():
    assert burn_down(moved((30, 1000), (1, -7)), now=NOW, ends_at=END).runs_dry_at is None
    assert burn_down(moved((30, 1000)), now=NOW, ends_at=END).runs_dry_at is None


def test_an_empty_balance_is_dry_now():
    assert burn_down(moved((30, 10), (2, -10)), now=NOW, ends_at=END).runs_dry_at == NOW


def test_what_comes_later_is_not_foreseen():
    future = [*moved((3, 10)), Movement(at=NOW + timedelta(days=1), amount=-10)]
    assert burn_down(future, now=NOW, ends_at=END).balance == 10


def test_the_first_dry_instant_is_when_nothing_was_left():
    found = moved((30, 10), (20, -4), (10, -6), (5, 3))
    assert first_dry(found) == NOW - timedelta(days=10)
    assert first_dry(moved((30, 10))) is None


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 10**15), max_size=8))
def test_shares_sum_to_one_or_to_nothing(used):
    assert sum(shares(used).values()) in {0, 1}


def test_what_is_left_ignores_what_was_used_beyond_the_award():
    standing = Standing(name="p", asked=20, awarded=10, used=12, overrun=2)
    assert standing.left == 0
