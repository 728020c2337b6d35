"""Looks at real returns: power is reached with fewer runs, and nulls are not found."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from apportion.core.evidence.claim import Claim, ClaimKind, EvidencePolicy, Run
from apportion.core.evidence.conclude import Ending, conclude
from apportion.core.evidence.looks import even_looks, look_at, obrien_fleming
from apportion.core.evidence.needs import needs_of
from apportion.core.evidence.problems import NotEstimable
from tests.conftest import SHARED

DRAWS = 1000
CLAIM = Claim(
    kind=ClaimKind.COMPARE_MEANS, metric="return", unit="points", effect=1.0, arms=("a", "b")
)


def runs_of(first, second):
    return [
        Run(job=f"{arm}{n}", arm=arm, seed=n, value=float(value), unit="points", used={"gpu": 1})
        for arm, values in (("a", first), ("b", second))
        for n, value in enumerate(values)
    ]


def play(claim, first, second, *, rng):
    """Plans from pilots of five, then looks; gives whether it was found, and planned and spent runs."""
    pilot = runs_of(rng.choice(first, 5), rng.choice(second, 5))
    planned = needs_of(claim, pilot, EvidencePolicy()).assured
    looks = look_at(obrien_fleming(even_looks(claim.looks), claim.tail), planned)
    a, b = rng.choice(first, planned), rng.choice(second, planned)
    for look, count in enumerate(looks):
        ending = conclude(claim, runs_of(a[:count], b[:count]), looks=looks, look=look).ending
        if ending is not Ending.GO_ON:
            return ending is Ending.VALIDATED, planned, count
    raise AssertionError("the last look ends it")


@pytest.fixture(scope="module")
def returns():
    path = SHARED / "data" / "validation" / "rl_halfcheetah_final_returns.csv"
    if not path.exists():
        pytest.skip("no returns here: set APPORTION_SHARED to the folder that has data/validation")
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    return {
        name: np.array([float(r["final_return"]) for r in rows if r["method"] == name])
        for name in ("sac", "td3")
    }


@pytest.mark.slow
def test_planning_from_pilots_of_five_reaches_its_power_with_fewer_runs_than_planned(returns):
    rng = np.random.default_rng(20261122)
    claim = replace(CLAIM, effect=float(returns["sac"].mean() - returns["td3"].mean()))
    games = [play(claim, returns["sac"], returns["td3"], rng=rng) for _ in range(DRAWS)]
    found, planned, spent = (np.mean(column) for column in zip(*games, strict=True))
    assert found >= 0.80
    assert spent <= 0.80 * planned


@pytest.mark.slow
@pytest.mark.parametrize("arm", ["sac", "td3"])
def test_a_null_is_found_in_at_most_seven_of_a_hundred(returns, arm):
    rng = np.random.default_rng(7)
    claim = replace(CLAIM, effect=1317.0)
    games = [play(claim, returns[arm], returns[arm], rng=rng) for _ in range(DRAWS)]
    # one direction is claimed; two directions err twice as often
    assert np.mean([found for found, _, _ in games]) <= 0.07 / 2


@pytest.mark.parametrize(
    ("difference", "ending"),
    [
        (3.0, Ending.VALIDATED),
        (-2.0, Ending.REFUTED),
        (0.1, Ending.REFUTED),
        (0.45, Ending.INCONCLUSIVE),
    ],
)
def test_the_last_look_tells_refuted_from_inconclusive(difference, ending):
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(20)
    noise -= noise.mean()
    runs = runs_of(noise + difference, noise[::-1])
    assert conclude(CLAIM, runs, looks=(8, 14, 20), look=2).ending is ending


@pytest.mark.parametrize(
    ("difference", "ending"),
    [
        (9.0, Ending.VALIDATED),
        (0.8, Ending.GO_ON),
        (-0.9, Ending.STOPPED_EARLY),
        (-3.0, Ending.REFUTED),
    ],
)
def test_the_first_look_ends_what_is_clear_or_hopeless_and_goes_on_with_the_rest(
    difference, ending
):
    noise = 2 * np.linspace(-1, 1, 8)
    claim = replace(CLAIM, effect=1.0)
    runs = runs_of(noise + difference, noise)
    assert conclude(claim, runs, looks=(8, 14, 20), look=0).ending is ending


def test_lower_is_better_turns_the_direction_round():
    noise = np.linspace(-1, 1, 8)
    claim = replace(CLAIM, higher_is_better=False)
    assert conclude(claim, runs_of(noise - 9, noise), looks=(8,), look=0).ending is Ending.VALIDATED


def test_no_worse_is_shown_by_a_difference_that_stays_within_the_margin():
    claim = replace(CLAIM, kind=ClaimKind.NO_WORSE)
    noise = np.linspace(-1, 1, 40)
    assert (
        conclude(claim, runs_of(noise - 0.2, noise), looks=(40,), look=0).ending is Ending.VALIDATED
    )
    assert (
        conclude(claim, runs_of(noise - 3.0, noise), looks=(40,), look=0).ending is Ending.REFUTED
    )


def test_odds_are_judged_by_ranks_so_that_one_wild_run_rules_nothing():
    claim = replace(CLAIM, kind=ClaimKind.COMPARE_PROB, effect=0.75)
    noise = np.linspace(-1, 1, 30)
    wild = np.append(noise[:-1] + 1.2, -1e9)
    assert conclude(claim, runs_of(wild, noise), looks=(30,), look=0).ending is Ending.VALIDATED


def test_runs_that_cannot_be_judged_are_refused_by_name():
    with pytest.raises(NotEstimable, match="PILOT_TOO_SMALL"):
        conclude(CLAIM, runs_of([1.0], [2.0, 3.0]), looks=(8,), look=0)
    with pytest.raises(NotEstimable, match="ZERO_VARIANCE"):
        conclude(CLAIM, runs_of([1.0, 1.0], [2.0, 2.0]), looks=(8,), look=0)
