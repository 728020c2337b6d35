"""Rates and waits stand beside the others' with intervals that mean what they say."""

from collections import Counter
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from apportion.core.claims.standing import Case, middle, rate, stand_beside


@given(st.integers(1, 300), st.data())
def test_wilsons_interval_is_the_one_of_another_library(of, data):
    count = data.draw(st.integers(0, of))
    found = rate(count, of)
    oracle = binomtest(count, of).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)
    assert found.low <= found.share <= found.high


def test_of_nothing_there_is_no_rate():
    assert (rate(0, 0).share, rate(0, 0).low) == (None, None)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=120))
def test_a_median_is_the_lower_of_the_values_in_order_and_lies_in_its_interval(values):
    found = middle(Counter(values))
    assert found.median == sorted(values)[(len(values) - 1) // 2]
    if found.low is not None:
        assert found.low <= found.median <= found.high


@pytest.mark.parametrize("total", [5, 6, 9, 20, 101, 400, 2_001])
def test_the_interval_of_a_median_covers_in_95_of_100_samples_and_no_narrower_one_does(total):
    found = middle(dict.fromkeys(range(1, total + 1), 1))
    if found.low is None:
        assert total < 6
        return
    left_out = found.low
    assert found.high == total + 1 - left_out
    covered = 1 - 2 * (sum(comb(total, k) for k in range(left_out)) / 2**total)
    narrower = 1 - 2 * (sum(comb(total, k) for k in range(left_out + 1)) / 2**total)
    assert covered >= 0.95 > narrower


@pytest.mark.parametrize("total", [10_000, 10_001, 1_000_000])
def test_the_interval_of_many_waits_is_the_one_of_another_library(total):
    found = middle({day: total // 100 + (day < total % 100) for day in range(100)})
    left_out = int(binom.ppf(0.025, total, 0.5))
    days = sorted(n % 100 for n in range(total))
    assert (found.low, found.high) == (days[left_out - 1], days[total - left_out])


def test_cuts_are_counted_among_what_was_granted_and_others_are_all_the_rest():
    cases = [
        Case(
            group="a" if n < 4 else "b",
            approved=n % 2 == 0,
            cut=n == 0,
            waited_days=n,
        )
        for n in range(8)
    ]
    first, second = stand_beside(cases)
    assert (first.own.approved.count, first.own.approved.of, first.own.cut.of) == (2, 4, 2)
    assert first.own.cut.count == 1
    assert first.others == second.own
    assert first.own.waited.median == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 9)), min_size=1))
def test_alike_requests_counted_together_stand_as_each_counted_alone(drawn):
    alone = [Case(group=g, approved=a, cut=False, waited_days=d) for g, a, d in drawn]
    together = [
        Case(group=g, approved=a, cut=False, waited_days=d, count=count)
        for (g, a, d), count in Counter(drawn).items()
    ]
    assert stand_beside(together) == stand_beside(alone)
