"""The skyline holds for no request, one and ten thousand, and for names that mean harm."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.svg.skyline import BLOCKS_DRAWN, LEFT, RIGHT, Block, Skyline, draw_skyline

HOUR = 3600
SVG = "{http://www.w3.org/2000/svg}"


def block(name="one", *, ask=100, minimum=40, score=7.0, fits=True, area=0):
    return Block(
        name=name, area=area, score=score, minimum=minimum * HOUR, ask=ask * HOUR, fits=fits
    )


def draw(*blocks, capacity=1000):
    facts = Skyline(
        key="t",
        blocks=blocks,
        capacity=capacity * HOUR,
        per_display=HOUR,
        unit="GPU-h",
        label="requests",
    )
    return draw_skyline(facts)


def tree_of(svg):
    return ET.fromstring(svg)


def drawn(svg):
    return [rect for rect in tree_of(svg).iter("rect") if rect.get("class") in {"block", "faded"}]


def test_an_empty_round_still_shows_its_capacity():
    svg = draw()
    assert "Capacity 1k GPU-h" in svg
    assert drawn(svg) == []


def test_one_request_is_solid_to_its_minimum_and_striped_to_its_ask():
    svg = draw(block())
    solid = next(r for r in tree_of(svg).iter("rect") if r.get("class") == "block")
    striped = next(r for r in tree_of(svg).iter("rect") if r.get("fill") == "url(#rest-t)")
    assert float(striped.get("x")) > float(solid.get("x"))
    assert float(striped.get("width")) == pytest.approx(0.6 * float(solid.get("width")), rel=0.02)


def test_what_does_not_fit_is_faded_and_says_so():
    svg = draw(block(fits=False))
    assert [rect.get("class") for rect in drawn(svg)] == ["faded"]
    assert "does not fit" in svg


def test_ten_thousand_requests_become_a_few_hundred_blocks_of_the_same_total_width():
    svg = draw(*(block(f"r{n}", score=10 - n / 1500, fits=n < 500) for n in range(10_000)))
    rects = drawn(svg)
    assert len(rects) <= BLOCKS_DRAWN
    assert len(svg) < 400_000
    assert float(rects[0].get("x")) == pytest.approx(LEFT, abs=1)
    last = rects[-1]
    assert float(last.get("x")) + float(last.get("width")) == pytest.approx(RIGHT, abs=6)


@pytest.mark.parametrize(
    "name",
    [
        "</svg><script>alert(1)</script>",
        '" onload="alert(1)',
        "a & b < c > d 'e' \"f\"",
        "\x00\x1f\x7f control",
        "שלום 你好 🚀",
        "x" * 5000,
    ],
)
def test_a_hostile_name_stays_text(name):
    svg = draw(block(name), block(name, fits=False))
    root = tree_of(svg)
    tags = {element.tag for element in root.iter()}
    assert tags <= {"svg", "g", "rect", "line", "text", "title", "defs", "pattern"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


def test_no_mark_carries_an_inline_style_which_the_content_policy_would_drop():
    assert not re.search(r"\sstyle=", draw(block(), block(fits=False)))


names = st.text(max_size=40)
blocks = st.builds(
    Block,
    name=names,
    area=st.integers(0, 20),
    score=st.floats(0, 10),
    minimum=st.integers(0, 10**12),
    ask=st.integers(0, 10**13),
    fits=st.booleans(),
)


@given(st.lists(blocks, max_size=30), st.integers(0, 10**13))
def test_whatever_is_asked_the_picture_is_well_formed_and_stays_on_its_paper(rows, capacity):
    facts = Skyline(
        key="k", blocks=tuple(rows), capacity=capacity, per_display=HOUR, unit="h", label="all"
    )
    for rect in tree_of(draw_skyline(facts)).iter("rect"):
        if rect.get("class") in {"block", "faded"}:
            assert LEFT - 1 <= float(rect.get("x")) <= RIGHT + 1
            assert float(rect.get("width")) >= 0
            assert float(rect.get("height")) >= 0
