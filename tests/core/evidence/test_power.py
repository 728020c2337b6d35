"""Power: the oracle's numbers where it has any, a number where it has none, and never less for more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.evidence.power import (
    Comparison,
    detectable_effect,
    detectable_odds,
    fewest_runs,
    fewest_runs_for_odds,
    power,
    power_for_odds,
)

TWO_SIDED = Comparison(tail=0.025)
PAIRED = Comparison(tail=0.025, paired=True)
ONE_SIDED = Comparison(tail=0.05)


@pytest.mark.parametrize(
    ("effect", "published"), [(0.2, 394), (0.5, 64), (0.8, 26), (1.0, 17), (2.0, 6)]
)
def test_cohens_table_is_reproduced(effect, published):
    assert fewest_runs(TWO_SIDED, effect=effect, wanted=0.8) == published


def test_noethers_29_runs_are_reproduced():
    assert fewest_runs_for_odds(odds=0.75, tail=0.05, wanted=0.95) == 29
    assert power_for_odds(odds=0.75, tail=0.05, runs=29) >= 0.95
    assert power_for_odds(odds=0.75, tail=0.05, runs=28) < 0.95


def test_the_example_of_colas_needs_ten_runs_one_sided_and_thirteen_two_sided():
    spread = math.sqrt((1341**2 + 990**2) / 2)
    assert fewest_runs(ONE_SIDED, effect=1382 / spread, wanted=0.8) == 10
    assert fewest_runs(TWO_SIDED, effect=1382 / spread, wanted=0.8) == 13


@given(
    effect=st.floats(0.05, 100),
    runs=st.integers(2, 10_000),
    more=st.integers(1, 100),
    stronger=st.floats(1, 3),
)
def test_power_is_a_number_and_never_falls_with_runs_or_effect(effect, runs, more, stronger):
    for test in (TWO_SIDED, PAIRED):
        here = power(test, effect=effect, runs=runs)
        assert 0 <= here <= 1
        assert power(test, effect=effect, runs=runs + more) >= here - 1e-12
        assert power(test, effect=effect * stronger, runs=runs) >= here - 1e-12


@pytest.mark.parametrize(("effect", "runs"), [(2, 50), (2, 64), (46, 5), (100, 10_000)])
def test_power_is_a_number_where_common_libraries_have_none(effect, runs):
    assert power(TWO_SIDED, effect=effect, runs=runs) == pytest.approx(1, abs=1e-9)


@pytest.mark.filterwarnings("ignore")
def test_power_equals_the_oracles_wherever_that_answers():
    stats = pytest.importorskip("statsmodels.stats.power")
    for effect in (0.1, 0.3, 0.5, 0.8, 1.2):
        for runs in (3, 5, 10, 30, 100):
            theirs = stats.TTestIndPower().power(effect, runs, 0.05, alternative="larger")
            assert power(ONE_SIDED, effect=effect, runs=runs) == pytest.approx(theirs, abs=1e-7)
            paired = stats.TTestPower().power(effect, runs, 0.05, alternative="larger")
            test = Comparison(tail=0.05, paired=True)
            assert power(test, effect=effect, runs=runs) == pytest.approx(paired, abs=1e-7)


@given(effect=st.floats(0.05, 5), wanted=st.floats(0.3, 0.99))
def test_the_fewest_runs_reach_the_power_and_one_less_does_not(effect, wanted):
    runs = fewest_runs(TWO_SIDED, effect=effect, wanted=wanted)
    assert power(TWO_SIDED, effect=effect, runs=runs) >= wanted
    assert runs == 2 or power(TWO_SIDED, effect=effect, runs=runs - 1) < wanted


@given(runs=st.integers(2, 5_000))
def test_the_detectable_effect_is_found_with_the_power_that_was_wanted(runs):
    effect = detectable_effect(TWO_SIDED, runs=runs, wanted=0.8)
    assert power(TWO_SIDED, effect=effect, runs=runs) == pytest.approx(0.8, abs=1e-6)


def test_too_little_gets_no_number_rather_than_a_wrong_one():
    assert fewest_runs(TWO_SIDED, effect=0, wanted=0.8) is None
    assert fewest_runs(TWO_SIDED, effect=1e-6, wanted=0.8) is None
    assert detectable_effect(TWO_SIDED, runs=1, wanted=0.8) is None
    assert detectable_odds(runs=1, tail=0.05, wanted=0.8) is None
    assert detectable_odds(runs=2, tail=0.025, wanted=0.8) is None
    assert power(TWO_SIDED, effect=3, runs=1) == 0
