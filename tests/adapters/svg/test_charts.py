"""Burn-downs, shares, stacks and histograms: well formed on the edges of what they may be given."""

import itertools
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.svg.burn_down import BurnDown, draw_burn_down
from apportion.adapters.svg.histogram import BARS, draw_histogram
from apportion.adapters.svg.marks import Svg, compact, hue_class, round_steps, tag, text
from apportion.adapters.svg.shares import draw_share, full_scale
from apportion.adapters.svg.stacked import Layer, Stacked, draw_stacked, spread

START = date(2026, 1, 1)


def burn(left, *, granted=1000, pace=10, dry_on=None, days=90):
    return draw_burn_down(
        BurnDown(
            label="left",
            starts_on=START,
            ends_on=START + timedelta(days=days),
            granted=granted,
            left=tuple(left),
            daily_pace=pace,
            dry_on=dry_on,
            per_display=1,
            unit="GPU-h",
        )
    )


def test_a_balance_that_runs_dry_says_when():
    svg = burn([900, 800, 700], pace=100, dry_on=START + timedelta(days=10))
    assert "dry on 11 Jan" in svg
    assert "700 left today" in svg


def test_nothing_spent_yet_is_only_the_even_pace():
    svg = burn([])
    assert 'class="even"' in svg
    assert "left today" not in svg


@given(
    st.lists(st.integers(-(10**12), 10**15), max_size=120),
    st.integers(0, 10**15),
    st.integers(0, 10**13),
    st.integers(1, 400),
)
def test_any_course_of_a_balance_is_well_formed(left, granted, pace, days):
    ET.fromstring(burn(left, granted=granted, pace=pace, days=days))


def test_a_share_has_a_tick_only_where_a_floor_was_promised():
    assert "promise" in draw_share(share=0.2, floor=0.25, area=1)
    assert "promise" not in draw_share(share=0.2, floor=None, area=1)


@given(st.floats(0, 5), st.floats(0, 1))
def test_no_share_runs_over_its_bar(share, floor):
    svg = draw_share(share=share, floor=floor, area=0, full=full_scale([share]))
    widths = [r.get("width") for r in ET.fromstring(svg).iter("rect")]
    assert all(float(w.rstrip("%")) <= 100 for w in widths)


def stack(layers, periods=("Q1", "Q2")):
    return draw_stacked(Stacked(label="shares", periods=periods, layers=tuple(layers)))


def test_each_layer_says_what_it_came_to_and_what_it_was():
    svg = stack([Layer(name="Research", area=0, shares=(0.79, 0.45))])
    assert "45%" in svg
    assert "Research, was 79%" in svg


def test_a_single_period_is_drawn_out_and_has_no_before():
    svg = stack([Layer(name="Research", area=0, shares=(0.5,))], periods=("Q1",))
    assert "was" not in svg
    ET.fromstring(svg)


def test_no_period_at_all_is_still_a_picture():
    ET.fromstring(stack([], periods=()))


def test_a_layer_with_a_hostile_name_stays_text():
    svg = stack([Layer(name="<script>x</script>", area=0, shares=(0.5, 0.5))])
    assert "<script" not in svg


@given(st.lists(st.floats(10, 274), min_size=1, max_size=12))
def test_labels_never_overlap(ys):
    placed = spread(sorted(ys))
    assert all(b - a >= 16.99 for a, b in itertools.pairwise(placed))


def test_a_histogram_puts_what_lies_above_the_slider_into_its_last_bar():
    svg = draw_histogram(amounts=(1, 2, 10**9), top=100)
    bars = list(ET.fromstring(svg).iter("rect"))
    assert len(bars) <= BARS
    assert "3 other requests" in svg


def test_an_empty_histogram_says_so():
    assert "No other requests" in draw_histogram(amounts=(), top=0)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (7.25, "7.2"),
        (950, "950"),
        (9500, "9.5k"),
        (717_000, "717k"),
        (999_600, "1.00 M"),
        (1_098_000, "1.10 M"),
        (12_400_000, "12 M"),
        (2_500_000_000, "2.5 G"),
    ],
)
def test_numbers_are_written_in_a_few_signs(value, written):
    assert compact(value) == written


@given(st.floats(0, 1e15), st.integers(1, 12))
def test_steps_are_round_begin_at_zero_and_end_below_the_top(top, about):
    steps = round_steps(top, about=about)
    assert steps[0] == 0
    assert steps[-1] <= top * 1.001
    assert len(steps) <= about * 2 + 2


def test_hues_come_round_after_the_eighth():
    assert hue_class(0) == hue_class(8) == "h1"


def test_attributes_are_escaped():
    assert tag("rect", x='1" onload="x') == '<rect x="1&quot; onload=&quot;x"/>'
    assert "<b>" not in text("<b>", x=1)


def test_a_picture_says_itself_that_it_is_safe():
    assert Svg("<svg/>").__html__() == "<svg/>"
