"""reviews.csv: every opinion, or every fault with its line; and opinions of the same round."""

from fractions import Fraction

import pytest

from apportion.adapters.files.parse import check_reviews, parse_reviews
from apportion.core.faults import BadInput
from apportion.core.review.calibration import Mark
from tests.core.decide.rounds import ask


def faults_of(text):
    with pytest.raises(BadInput) as caught:
        parse_reviews(text if isinstance(text, bytes) else text.encode(), "reviews.csv")
    return [(fault.line, fault.field, fault.what) for fault in caught.value.faults]


def test_opinions_are_read_in_any_column_order_with_or_without_panels():
    marks = parse_reviews(b"score,request,reviewer\n4.5,r1,ana\n\n 3 , r1 , ben \n", "reviews.csv")
    assert marks == (
        Mark(request="r1", reviewer="ana", score=Fraction(9, 2)),
        Mark(request="r1", reviewer="ben", score=Fraction(3)),
    )
    marks = parse_reviews(b"request,reviewer,panel,score\nr1,ana,p1,4\nr2,ana,,4\n", "reviews.csv")
    assert [mark.panel for mark in marks] == ["p1", None]


@pytest.mark.parametrize(
    ("row", "field", "what"),
    [
        ("r1,ana,p1", None, "3 cells in a table of 4 columns"),
        (",ana,p1,4", "request", "missing or not an id"),
        ("r 1,ana,p1,4", "request", "missing or not an id"),
        ("r1,,p1,4", "reviewer", "missing or not an id"),
        ("r1,ana,p 1,4", "panel", "not an id"),
        ("r1,ana,p1,", "score", "empty"),
        ("r1,ana,p1,good", "score", "not a number"),
        ("r1,ana,p1,nan", "score", "not a finite number"),
        ("r1,ana,p1,-1", "score", "negative"),
        ("r1,ana,p1,1e9", "score", "too large"),
    ],
)
def test_a_row_is_refused_with_its_line_and_field_when_something_is_wrong(row, field, what):
    assert faults_of(f"request,reviewer,panel,score\nr0,ana,p1,3\n{row}\n") == [(3, field, what)]


def test_a_second_opinion_of_one_reviewer_and_a_second_panel_are_refused():
    text = "request,reviewer,panel,score\nr1,ana,p1,3\nr1,ana,p1,4\nr1,ben,p2,4\n"
    assert faults_of(text) == [
        (3, "reviewer", "a second opinion of this reviewer on this request"),
        (4, "panel", "two panels for one request"),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("request,reviewer,score\n", "no opinion"),
        ("request,reviewer\nr1,ana\n", "missing column"),
        ("request,reviewer,score,score\nr1,ana,1,2\n", "doubled column"),
        ("request,reviewer,score,mood\nr1,ana,1,2\n", "unknown column"),
        (b"request,reviewer,score\nr1,\xff,1\n", "not UTF-8 text"),
        (b"request,reviewer,score\nr1,a\0b,1\n", "a NUL character"),
        (
            "request,reviewer,score\n" + "\n" * 500_001,
            "500,002 lines are more than one round takes",
        ),
    ],
)
def test_a_file_that_is_no_table_of_opinions_is_refused(text, what):
    assert what in {fault[2] for fault in faults_of(text)}


def check(marks, asks):
    with pytest.raises(BadInput) as caught:
        check_reviews(marks, asks, "reviews.csv")
    return [(fault.field, fault.what) for fault in caught.value.faults]


def test_opinions_of_another_round_or_on_another_scale_are_refused():
    marks = [
        Mark(request=name, reviewer="ana", score=Fraction(score))
        for name, score in (("a", 2), ("b", 4), ("x", 3))
    ]
    asks = [ask("a", score=Fraction(2)), ask("b", score=Fraction(40)), ask("c")]
    assert check(marks, asks) == [
        ("x", "no such request"),
        ("b", "its score in requests.csv is not on the scale of its opinions"),
        ("c", "a request without opinions"),
    ]
    check_reviews(marks[:2], [*asks[:1], ask("b", score=Fraction(4))], "reviews.csv")
