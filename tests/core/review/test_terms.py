"""Marks come to a score on one scale; reminders come once; outliers are those that noise cannot explain."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.review.calibration import Mark, calibrate
from apportion.core.review.chase import Step, steps_due
from apportion.core.review.panel import find_outliers, spread_of
from apportion.core.review.terms import Criterion, ReviewTerms, Rubric

DUE = datetime(2026, 3, 20, 9, tzinfo=UTC)
EARLY = DUE - timedelta(days=30)
DAY = timedelta(days=1)


@given(
    st.integers(0, 5),
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 9), st.fractions(Fraction(1, 9), 9)), min_size=1, max_size=6),
)
def test_a_score_lies_on_the_scale_and_its_ends_are_reached(low, width, drawn):
    rubric = Rubric(
        low=low,
        high=low + width,
        criteria=tuple(Criterion(id=str(n), name="x", weight=w) for n, (_, w) in enumerate(drawn)),
    )
    marks = {str(n): low + min(mark, width) for n, (mark, _) in enumerate(drawn)}
    assert 100 <= rubric.score(marks) <= 1000
    assert rubric.score(dict.fromkeys(marks, low)) == 100
    assert rubric.score(dict.fromkeys(marks, low + width)) == 1000


def test_weights_count():
    rubric = Rubric(
        low=1,
        high=5,
        criteria=(Criterion(id="a", name="A", weight=Fraction(3)), Criterion(id="b", name="B")),
    )
    assert rubric.score({"a": 5, "b": 1}) == 775
    assert rubric.score({"a": 1, "b": 5}) == 325


def test_reminders_come_on_their_days_and_the_chair_is_told_after():
    terms = ReviewTerms(remind_days=(3, 1), escalate_days=2)

    def at(days, assigned=EARLY):
        return steps_due(terms, due_at=DUE, assigned_at=assigned, now=DUE + days * DAY)

    assert at(-4) == ()
    assert at(-3) == at(-2) == (Step(kind="reminded", mark=3),)
    assert at(-0.5) == (Step(kind="reminded", mark=1),)
    assert at(0.5) == ()
    assert at(2) == at(50) == (Step(kind="escalated", mark=2),)
    assert at(-0.5, assigned=DUE - DAY / 2) == ()
    assert at(2, assigned=DUE + 1.5 * DAY) == ()


def test_an_opinion_far_from_the_others_is_an_outlier():
    marks = [
        Mark(request=f"q{n}", reviewer=f"r{r}", score=Fraction(40 + 5 * n + (n * r) % 3, 10))
        for n in range(10)
        for r in range(4)
    ]
    marks[0] = Mark(request="q0", reviewer="r0", score=Fraction(10))
    found = find_outliers(marks, calibrate(marks))
    assert (found[0].request, found[0].reviewer) == ("q0", "r0")
    assert found[0].deviations > 2
    assert find_outliers(marks[:1], calibrate(marks[:1])) == ()


def test_one_opinion_has_no_spread():
    assert spread_of([Fraction(5)]) is None
    assert spread_of([Fraction(5), Fraction(8), Fraction(6)]) == 3


def test_a_reply_ends_with_the_decision_at_the_latest():
    terms = ReviewTerms(reply_days=5)
    assert terms.reply_ends_at(due_at=DUE, decision_at=DUE + 2 * DAY) == DUE + 2 * DAY
    assert terms.reply_ends_at(due_at=DUE, decision_at=DUE + 9 * DAY) == DUE + 5 * DAY
