"""The reviewers of a round as a model: known variances come back, and what cannot be told is said."""

import csv
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.review.calibration import MICRO, Mark, calibrate


def mark(request, reviewer, score, panel=None):
    return Mark(request=request, reviewer=reviewer, score=Fraction(score), panel=panel)


def panel_of(rng, *, requests, reviewers, own=1.0, severity=0.5, noise=0.6, panels=0, panel=0.0):
    """Made-up opinions, three a request, with known spreads."""
    harsh = rng.normal(0, severity, reviewers)
    shift = rng.normal(0, panel, max(panels, 1))
    marks = []
    for i in range(requests):
        true, where = 6 + rng.normal(0, own), i % max(panels, 1)
        for j in rng.choice(reviewers, 3, replace=False):
            score = true + harsh[j] + shift[where] + rng.normal(0, noise)
            marks.append(
                mark(
                    f"r{i:03}",
                    f"v{j:02}",
                    Fraction(round(score * 100), 100),
                    f"p{where}" if panels else None,
                )
            )
    return marks


def test_real_grant_reviews_give_the_published_variances_within_two_hundredths(shared):
    grants = shared / "data/reviews/aibs_grant_reviews.csv"
    if not grants.exists():
        pytest.skip(f"no {grants.name} among the test data from outside")
    with grants.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = calibrate(mark(row["ID"], row["RevID"], row["Score"]) for row in rows if row["Score"])
    assert found.opinions == 216
    variances = [found.variance(name) / MICRO for name in ("request", "reviewer", "noise")]
    assert variances == pytest.approx([0.23, 0.002, 0.40], abs=0.02)
    assert float(found.agreement) == pytest.approx(0.37, abs=0.02)


def test_known_variances_come_back_from_many_opinions():
    rng = np.random.default_rng(5)
    found = calibrate(panel_of(rng, requests=600, reviewers=60, panels=30, panel=0.7))
    spreads = {c.name: math.sqrt(c.variance / MICRO) for c in found.components}
    expected = {"request": 1.0, "reviewer": 0.5, "panel": 0.7, "noise": 0.6}
    assert spreads == pytest.approx(expected, abs=0.16)


def test_intervals_hold_the_true_score_about_as_often_as_they_say():
    rng = np.random.default_rng(11)
    true = rng.normal(6, 1, 400)
    harsh = rng.normal(0, 0.5, 40)
    marks = [
        mark(f"r{i:03}", f"v{j}", round(float(true[i] + harsh[j] + rng.normal(0, 0.7)), 2))
        for i in range(400)
        for j in rng.choice(40, 3, replace=False)
    ]
    held = {belief.request: belief for belief in calibrate(marks).beliefs}
    inside = sum(
        held[f"r{i:03}"].low <= true[i] * MICRO <= held[f"r{i:03}"].high for i in range(400)
    )
    assert 0.91 <= inside / 400 <= 0.985


def test_a_harsh_reviewer_is_found_and_their_requests_are_lifted():
    rng = np.random.default_rng(2)
    marks = []
    for i in range(40):
        true = rng.normal(6, 0.8)
        names = ["harsh", "b", "c"] if i < 20 else ["a", "b", "c"]
        for name in names:
            score = true + rng.normal(0, 0.2) - (2 if name == "harsh" else 0)
            marks.append(mark(f"r{i:02}", name, round(float(score), 2)))
    found = calibrate(marks)
    above = {severity.reviewer: severity.above for severity in found.severities}
    assert above["harsh"] < min(above[name] for name in "abc") - MICRO
    moved = [belief.mean - belief.average for belief in found.beliefs]
    assert min(moved[:20]) > max(moved[20:]) + 0.4 * MICRO


def test_a_reviewer_of_fewer_than_four_requests_is_not_corrected():
    rng = np.random.default_rng(3)
    marks = panel_of(rng, requests=40, reviewers=8)
    marks += [mark(f"r{i:03}", "rare", 1) for i in range(3)]
    severity = {one.reviewer: one for one in calibrate(marks).severities}
    assert severity["rare"].above is None
    assert severity["rare"].opinions == 3
    assert all(one.above is not None for name, one in severity.items() if name != "rare")


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        ([], "fewer than two requests"),
        ([mark("a", "x", 3), mark("a", "y", 4)], "fewer than two requests"),
        ([mark("a", "x", 3), mark("b", "x", 4)], "no request has two opinions"),
        ([mark(r, v, 5) for r in "ab" for v in "xy"], "all opinions give the same score"),
    ],
)
def test_what_the_opinions_cannot_tell_is_said_and_nothing_is_made_up(marks, why):
    found = calibrate(marks)
    assert why in found.why_not
    assert found.beliefs == ()
    assert found.agreement is None
    assert all(c.variance is None and c.why_not == found.why_not for c in found.components)


def test_two_panels_are_too_few_to_tell_their_spread():
    rng = np.random.default_rng(4)
    found = calibrate(panel_of(rng, requests=30, reviewers=6, panels=2))
    assert "fewer than 3 panels" in next(c.why_not for c in found.components if c.name == "panel")
    assert len(found.beliefs) == 30


def test_reviewers_who_agree_to_the_last_digit_leave_no_doubt():
    marks = [
        mark(r, v, score)
        for r, score in zip("abcdef", (1, 3, 4, 6, 8, 9), strict=True)
        for v in "xyz"
    ]
    for belief in calibrate(marks).beliefs:
        assert abs(belief.mean - belief.average) < 1000
        assert belief.sd < 5000


def test_a_request_with_fewer_opinions_is_less_sure_and_drawn_nearer_to_the_others():
    rng = np.random.default_rng(8)
    marks = panel_of(rng, requests=60, reviewers=12)
    few = [m for m in marks if m.request != "r000" or m == marks[0]]
    beliefs = {belief.request: belief for belief in calibrate(few).beliefs}
    assert beliefs["r000"].opinions == 1
    assert beliefs["r000"].sd > 1.2 * beliefs["r001"].sd


scores = st.integers(0, 20).map(lambda n: Fraction(n, 2))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("uvwxyz")), scores, max_size=30
    ),
    st.randoms(),
)
def test_any_opinions_give_finite_numbers_whatever_their_order(held, rng):
    marks = [mark(request, reviewer, score) for (request, reviewer), score in held.items()]
    found = calibrate(marks)
    rng.shuffle(marks)
    assert calibrate(marks) == found
    assert bool(found.why_not) == (not found.beliefs)
    for belief in found.beliefs:
        assert belief.sd >= 0
        assert abs(belief.mean) < 100 * MICRO
        assert belief.low <= belief.mean <= belief.high
    assert all((c.variance or 0) >= 0 for c in found.components)
