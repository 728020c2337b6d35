"""Forecasts: intervals that hold what comes, dates in order, and silence where little is known."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.forecast import FEWEST_DAYS, covered, forecast

TODAY = date(2026, 3, 1)
END = TODAY + timedelta(days=60)


def days(*amounts):
    """The last amount was yesterday's."""
    count = len(amounts)
    return {TODAY - timedelta(days=count - at): amount for at, amount in enumerate(amounts)}


def test_even_use_foretells_the_very_day():
    told = forecast(days(*[10] * 28), balance=205, today=TODAY, ends_on=END)
    assert told.early_on == told.likely_on == told.late_on == TODAY + timedelta(days=20)
    assert (told.dry_mille, told.needed) == (1000, (600, 600, 600))


def test_a_balance_that_lasts_has_no_date():
    told = forecast(days(*[10] * 28), balance=601, today=TODAY, ends_on=END)
    assert (told.likely_on, told.dry_mille) == (None, 0)
    assert told.bands[-1].middle == 1


def test_uneven_use_gives_an_interval_around_the_likely_day():
    told = forecast(days(*[0, 0, 70, 0, 0, 0, 7] * 4), balance=200, today=TODAY, ends_on=END)
    assert told.early_on <= told.likely_on <= told.late_on


def test_fewer_than_two_weeks_foretell_nothing():
    told = forecast(days(*[10] * (FEWEST_DAYS - 1)), balance=5, today=TODAY, ends_on=END)
    assert (told.enough, told.likely_on, told.bands) == (False, None, ())


def test_no_use_foretells_nothing():
    assert not forecast({}, balance=5, today=TODAY, ends_on=END).enough
    assert not forecast(days(*[0] * 30), balance=5, today=TODAY, ends_on=END).enough


def test_an_empty_balance_is_dry_and_a_past_end_is_no_fault():
    use = days(*[10] * 28)
    assert forecast(use, balance=0, today=TODAY, ends_on=END).dry_mille == 1000
    assert forecast(use, balance=9, today=TODAY, ends_on=TODAY).bands == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 10**12), min_size=14, max_size=56),
    st.integers(1, 10**14),
    st.integers(1, 400),
)
def test_every_forecast_is_in_order_and_within_its_bounds(amounts, balance, ahead):
    end = TODAY + timedelta(days=ahead)
    told = forecast(days(*amounts), balance=balance, today=TODAY, ends_on=end)
    dates = [on or end for on in (told.early_on, told.likely_on, told.late_on)]
    assert dates == sorted(dates)
    assert all(TODAY <= on <= end for on in dates)
    assert list(told.needed) == sorted(told.needed)
    assert all(0 <= band.low <= band.middle <= band.high <= balance for band in told.bands)
    assert told == forecast(days(*amounts), balance=balance, today=TODAY, ends_on=end)


def test_the_interval_holds_about_four_of_five_of_what_came():
    """Days that hang together only through their weekday, as the method supposes."""
    use, state = {}, 7
    for day in range(400):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        on = TODAY - timedelta(days=400 - day)
        use[on] = (state >> 16) % 100 * (1 if on.weekday() < 5 else 0)
    origins = [TODAY - timedelta(days=60 + 5 * at) for at in range(50)]
    held, tried = covered(use, origins=origins, days=28)
    assert tried == 50
    assert 32 <= held <= 48
