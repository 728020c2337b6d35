"""A fairness report says what every count says, and its tests are the tests that they claim to be."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from apportion.core.decide.document import document_of
from apportion.core.decide.fairness import fairness_of, fisher, gini, holm
from apportion.core.decide.overrides import Moved, Override
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.what_if import what_if
from apportion.core.policy import Area

from .rounds import ask, policy, rounds


def decided(stated_policy, asks):
    decision = decide(policy=stated_policy, asks=asks, ways_in=WaysIn.ESTIMATE)
    return document_of(decision, engine_version="test")


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_approvals_are_held_against_the_others_by_fishers_exact_test(data):
    count = data.draw(st.integers(1, 40))
    total, size = data.draw(st.integers(0, count)), data.draw(st.integers(1, count))
    low, high = max(0, size + total - count), min(size, total)
    inside = data.draw(st.integers(low, high))
    table = [[inside, size - inside], [total - inside, count - size - total + inside]]
    expected = stats.fisher_exact(table).pvalue
    assert fisher(inside=(inside, size), all_=(total, count)) == pytest.approx(expected, rel=1e-6)


def test_a_large_round_is_counted_in_logarithms_and_comes_out_the_same():
    table = [[300, 700], [1200, 1800]]
    expected = stats.fisher_exact(table).pvalue
    assert fisher(inside=(300, 1000), all_=(1500, 4000)) == pytest.approx(expected, rel=1e-6)


def test_holm_allows_for_looking_at_many_areas():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.9]) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1], 0), ([0, 0, 1], Fraction(2, 3)), ([0, 1], Fraction(1, 2)), ([0, 0], None)],
)
def test_the_gini_is_nothing_when_all_are_alike_and_grows_with_the_few(values, expected):
    assert gini([Fraction(v) for v in values]) == expected


@settings(max_examples=25, deadline=None)
@given(rounds(count=7))
def test_every_report_adds_up_to_its_slate(drawn):
    document = decided(*drawn)
    report = fairness_of(document)
    assert sum(a.requests for a in report.areas) == len(document["awards"])
    funded = sum(a["outcome"] != "not_yet" for a in document["awards"])
    assert sum(a.approved for a in report.areas) == funded
    assert report == fairness_of(document)
    for area in report.areas:
        assert 0 <= area.mean_cut <= 1
        assert area.cut_p is None or 0 < area.cut_p <= 1


def test_cuts_are_held_against_chance_by_permutation():
    areas = (Area(id="lab", name="Lab"), Area(id="field", name="Field"))
    asks = [ask(f"lab-{n}", 1, score=Fraction(1)) for n in range(5)]
    asks += [ask(f"field-{n}", 1, score=Fraction(9), area="field") for n in range(5)]
    report = fairness_of(decided(policy(pool={"gpu:h100": 5}, areas=areas), asks))
    exact = 2 / len(list(combinations(range(10), 5)))  # only the two extreme splits lie as far
    for area in report.areas:
        assert area.cut_p == pytest.approx(min(1.0, 2 * exact), abs=0.004)
        assert area.approval_p == pytest.approx(2 * exact, rel=1e-6)


def test_one_area_alone_has_nothing_to_be_held_against():
    report = fairness_of(decided(policy(), [ask("a", 3), ask("b", 9)]))
    (area,) = report.areas
    assert (area.approval_p, area.cut_p, report.permutations) == (None, None, 0)


def test_a_pinned_request_still_counts_for_its_own_area():
    before = decided(policy(), [ask("strong", 10, score=Fraction(9)), ask("weak", 10)])
    pin = Override(moved=Moved.IN, owner="weak", why="because")
    report = fairness_of(what_if(before, [pin], engine_version="test").document)
    assert [(a.area, a.requests) for a in report.areas] == [("lab", 2)]
    assert [s.area for s in report.shares] == ["lab"]
