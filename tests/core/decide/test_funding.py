"""Odds: one or nought where nothing is in doubt, the same whatever the order, true to small rounds."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.funding import drawn_scores, funding_odds
from apportion.core.decide.problem import pose
from apportion.core.decide.solve import settle
from apportion.core.policy import CutLine, Objective
from apportion.core.review.calibration import MICRO, Belief
from tests.core.decide.rounds import ask, policy, rounds


def belief(name, score, sd):
    mean = int(score * MICRO)
    return Belief(request=name, opinions=3, average=mean, mean=mean, sd=int(sd * MICRO))


def beliefs_of(asks, sd):
    return [belief(one.id, one.score, sd) for one in asks]


def odds_of(stated, asks, sd, draws=200):
    problem = pose(stated, asks)
    missed = settle(problem)[1].missed
    found = funding_odds(problem, beliefs_of(asks, sd), missed=missed, draws=draws)
    return {one.id: found.of(i) for i, one in enumerate(problem.asks)}, found


@settings(max_examples=40, deadline=None)
@given(rounds(most=3600 * 6))
def test_without_noise_every_draw_is_the_round_itself(drawn):
    stated, asks = drawn
    odds, found = odds_of(stated, asks, 0, draws=20)
    assert found.unsettled == 0
    assert set(odds.values()) <= {Fraction(0), Fraction(1)}


def test_a_request_that_fits_whatever_its_score_is_always_funded():
    odds, _ = odds_of(policy(), [ask("a", 4), ask("b", 6)], 0.5)
    assert odds == {"a": 1, "b": 1}


def test_a_request_that_never_fits_is_never_funded():
    odds, _ = odds_of(policy(), [ask("a", 4), ask("huge", 11)], 2)
    assert odds["huge"] == 0


@pytest.mark.parametrize("objective", [Objective.MERIT, Objective.CUT_LINE])
def test_of_two_alike_each_is_funded_about_every_other_time(objective):
    stated = policy(pool={"gpu:h100": 4}, objective=objective)
    odds, found = odds_of(stated, [ask("a", 4), ask("b", 4)], 1, draws=400)
    assert odds["a"] + odds["b"] == 1
    assert 0.4 < odds["a"] < 0.6
    assert found.worst_gap < 10**8


def test_a_better_score_has_better_odds_and_more_noise_brings_them_together():
    stated = policy(pool={"gpu:h100": 4})
    asks = [ask("a", 4, score=Fraction(4)), ask("b", 4, score=Fraction(3))]
    sure, unsure = (odds_of(stated, asks, sd, draws=400)[0]["a"] for sd in (0.5, 3))
    assert sure > unsure > 0.5
    assert sure == pytest.approx(0.92, abs=0.05)  # P(N(1, 0.5 * sqrt 2) > 0)


def test_stated_values_are_not_drawn():
    stated = policy(pool={"gpu:h100": 4})
    asks = [ask("a", 4, value=Fraction(4)), ask("b", 4, value=Fraction(3))]
    assert odds_of(stated, asks, 5)[0] == {"a": 1, "b": 0}


def test_a_score_below_the_threshold_in_a_draw_is_not_funded_in_it():
    stated = policy(objective=Objective.CUT_LINE, cut_line=CutLine(threshold=Fraction(3)))
    odds, _ = odds_of(stated, [ask("a", 4)], 1, draws=400)
    assert 0.4 < odds["a"] < 0.6


@settings(max_examples=25, deadline=None)
@given(rounds(most=3600 * 6), st.randoms())
def test_the_order_of_requests_and_beliefs_changes_no_odds(drawn, rng):
    stated, asks = drawn
    problem = pose(stated, asks)
    missed = settle(problem)[1].missed
    mixed = beliefs_of(asks, 1)
    rng.shuffle(mixed)
    shuffled = rng.sample(asks, len(asks))
    first = funding_odds(problem, beliefs_of(asks, 1), missed=missed, draws=20)
    assert funding_odds(pose(stated, shuffled), mixed, missed=missed, draws=20) == first


def test_a_request_is_drawn_the_same_whoever_else_asks():
    alone = drawn_scores([ask("a")], [belief("a", 3, 1)], 50)
    crowd = [ask("a"), ask("b"), ask("c")]
    among = drawn_scores(crowd, beliefs_of(crowd, 1), 50)
    assert (alone[:, 0] == among[:, 0]).all()
    assert not (among[:, 0] == among[:, 1]).any()


def test_draws_lie_around_the_score_as_wide_as_the_belief_and_never_below_nothing():
    scores = drawn_scores([ask("a"), ask("low", score=Fraction(0))], [belief("a", 3, 1), belief("low", 0, 1)], 4000) / MICRO  # fmt: skip
    assert scores[:, 0].mean() == pytest.approx(3, abs=0.06)
    assert scores[:, 0].std() == pytest.approx(1, abs=0.05)
    assert scores[:, 1].min() == 0


def test_opinions_that_are_freed_of_severity_move_the_draws():
    lifted = replace(belief("a", 3, 0), mean=4 * MICRO)
    assert set(drawn_scores([ask("a")], [lifted], 10)[:, 0].tolist()) == {4 * MICRO}


@settings(max_examples=12, deadline=None)
@given(rounds(count=6, most=3600 * 6))
def test_odds_are_those_of_settling_each_draw_whole(drawn):
    stated, asks = drawn
    asks = tuple(replace(one, value=None) for one in asks)
    problem = pose(stated, asks)
    missed = settle(problem)[1].missed
    held = beliefs_of(asks, 1)
    draws = 12
    found = funding_odds(problem, held, missed=missed, draws=draws)
    counts = [0] * len(asks)
    scores = drawn_scores(problem.asks, held, draws)
    for row in scores.tolist():
        rescored = [replace(a, score=Fraction(s, MICRO)) for a, s in zip(problem.asks, row, strict=True)]  # fmt: skip
        taken = settle(pose(stated, rescored))[1].taken
        counts = [n + (steps > 0) for n, steps in zip(counts, taken, strict=True)]
    # A draw within its gap of the optimum may fund another: one of twelve is let pass. Where a
    # request is drawn worthless, funding it or not is the same.
    worthless = (scores == 0).sum(axis=0).tolist()
    apart = [abs(a - b) for a, b in zip(found.funded, counts, strict=True)]
    assert all(d <= 1 + free for d, free in zip(apart, worthless, strict=True))
    assert found.worst_gap <= 10**9 // (20 * len(asks)) + 1
