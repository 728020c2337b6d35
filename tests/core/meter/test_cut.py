"""Spans of seconds, cut and freed of what was counted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.meter.cut import clip, cut, holds_any, read_period, subtract

SPANS = st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda s: (s[0], s[0] + s[1]))


def seconds(spans):
    return {second for low, high in spans for second in range(low, high)}


@given(SPANS, st.lists(st.integers(0, 100)))
def test_the_parts_of_a_cut_span_are_the_span_without_gap_or_overlap(span, borders):
    parts = cut(span, borders)
    assert parts[0][0] == span[0]
    assert parts[-1][1] == span[1]
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert sum(high - low for low, high in parts) == span[1] - span[0]


@given(SPANS, st.lists(SPANS))
def test_what_is_left_of_a_span_is_every_second_that_was_not_covered(span, covered):
    left = subtract(span, covered)
    assert seconds(left) == seconds([span]) - seconds(covered)
    assert all(low < high for low, high in left)


@given(SPANS, SPANS)
def test_a_clipped_span_lies_in_both(span, window):
    inside = clip(span, window)
    assert seconds([inside] if inside else []) == seconds([span]) & seconds([window])


def test_a_window_holds_its_start_and_not_its_end():
    assert holds_any([(5, 7)], 5)
    assert not holds_any([(5, 7)], 7)


@pytest.mark.parametrize(
    "text",
    [
        "2017-11",
        "2017-11-01/2017-12-01",
        "2017-11-01T00:00:00Z/1512086400",
        "1509494400/1512086400",
    ],
)
def test_a_period_is_read_as_a_month_or_as_two_instants(text):
    window = read_period(text)
    assert (window.starts_at.isoformat(), window.seconds) == (
        "2017-11-01T00:00:00+00:00",
        2_592_000,
    )


@pytest.mark.parametrize(
    "text", ["", "2017", "2017-13", "2017-12-01/2017-11-01", "a/b", "1/", "2017/2018", "9999-12"]
)
def test_a_period_is_refused_when_it_is_no_span_of_time(text):
    with pytest.raises(ValueError, match=r"write|after|epoch|years"):
        read_period(text)
