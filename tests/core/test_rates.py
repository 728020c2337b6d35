"""Rates: dated, exact to the microcredit, and at most one in force."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.faults import BadInput
from apportion.core.rates import Rate, RateCard
from apportion.core.units import BASE_UNITS, DisplayUnit

START = datetime(2026, 1, 1, tzinfo=UTC)
prices = st.integers(0, 10**12)
amounts = st.integers(0, 10**12)
days = st.integers(-400, 400)


def a_rate(price, day, resource="gpu:h100", unit=DisplayUnit.HOUR):
    return Rate(
        resource=resource,
        unit=unit,
        microcredits_per_unit=price,
        starts_at=START + timedelta(days=day),
    )


cards = st.dictionaries(days, prices, max_size=6).map(
    lambda dated: RateCard(tuple(a_rate(price, day) for day, price in dated.items()))
)


@given(cards, days)
def test_the_rate_in_force_is_the_last_one_that_has_started(card, day):
    now = START + timedelta(days=day)
    started = [rate for rate in card.rates if rate.starts_at <= now]
    assert card.at("gpu:h100", now) == (
        max(started, key=lambda r: r.starts_at) if started else None
    )


@given(cards, days)
def test_a_card_gives_the_same_rate_whatever_the_order_of_its_rows(card, day):
    now = START + timedelta(days=day)
    assert RateCard(card.rates[::-1]).at("gpu:h100", now) == card.at("gpu:h100", now)


@given(prices, amounts, st.sampled_from(DisplayUnit))
def test_a_price_is_within_half_a_microcredit_of_the_exact_one(price, amount, unit):
    card = RateCard((a_rate(price, 0, unit=unit),))
    exact = Fraction(price * amount, BASE_UNITS[unit])
    assert abs(card.price("gpu:h100", amount, START) - exact) <= Fraction(1, 2)


@given(prices, st.integers(0, 10**6))
def test_whole_hours_cost_exactly_the_rate_times_the_hours(price, hours):
    card = RateCard((a_rate(price, 0),))
    assert card.price("gpu:h100", 3600 * hours, START) == price * hours


@given(amounts)
def test_a_resource_without_a_rate_in_force_costs_nothing(amount):
    card = RateCard((a_rate(1_200_000, 0),))
    assert card.price("cpu", amount, START) == 0
    assert card.price("gpu:h100", amount, START - timedelta(seconds=1)) == 0


def test_two_rates_of_one_resource_from_one_instant_are_refused():
    with pytest.raises(BadInput, match="two rates start at the same instant"):
        RateCard((a_rate(1, 0), a_rate(2, 0)))
    assert RateCard((a_rate(1, 0), a_rate(2, 0, resource="cpu"))).rates
