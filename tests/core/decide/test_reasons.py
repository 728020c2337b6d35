"""Reasons name what stands in the way to the row, in words that a researcher understands."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from apportion.core.decide.columns import columns_of
from apportion.core.decide.document import document_of
from apportion.core.decide.prices import cost_of_minimum, costs_of_minima
from apportion.core.decide.problem import pose
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide, settle
from apportion.core.decide.ways import WaysIn
from apportion.core.policy import Area
from apportion.core.verify import verify_decision

from .rounds import HOURS, ask, policy, rounds

HOUR = 3600


def told(stated, asks):
    decision = decide(policy=stated, asks=asks, ways_in=WaysIn.ESTIMATE)
    document = json.loads(canonical_bytes(document_of(decision, engine_version="test")))
    return {a["request"]: a for a in document["awards"]}, document


def reason(award, code):
    return next(r for r in award["reasons"] if r["code"] == code)


def test_a_floor_of_another_area_is_named_with_the_request_that_it_holds():
    areas = (Area(id="lab", name="Lab"), Area(id="field", name="Field", floor={"gpu:h100": 5}))
    asks = [
        ask("strong", 5, score=Fraction(9)),
        ask("better", 5, score=Fraction(8)),
        ask("kept", 5, score=Fraction(1), area="field"),
    ]
    awards, document = told(policy(areas=areas), asks)
    found = reason(awards["better"], "FLOOR_ELSEWHERE")
    assert found["text"] == (
        "It would bring more than kept, but without that field would be short of the gpu:h100 it "
        "was promised"
    )
    assert "Estimate: nearer if the floor of field for gpu:h100 were lower" in [
        way["text"] for way in awards["better"]["counterfactuals"]
    ]
    assert verify_decision(canonical_bytes(document)).holds


def test_a_tie_names_the_request_that_was_drawn_first():
    awards, document = told(policy(), [ask("ada", 10), ask("bob", 10)])
    (loser,) = (a for a in awards.values() if a["outcome"] == "not_yet")
    (winner,) = (a for a in awards.values() if a["outcome"] == "full")
    other = winner["request"]
    assert reason(loser, "TIE_DRAW")["text"] == (
        f"It is worth exactly as much as {other}, and the draw put {other} first"
    )
    assert verify_decision(canonical_bytes(document)).holds


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("TIE_DRAW", {"drawn_before": "small"}),
        ("FLOOR_ELSEWHERE", {"floor": ["lab", "gpu:h100"], "instead_of": "small"}),
        ("BOARD_OVERRIDE", {"floor": ["lab", "gpu:h100"], "instead_of": "small"}),
        ("BOARD_OVERRIDE", {"limit": ["pool", "", "gpu:h100"], "needed": 10, "left": 0}),
        ("HEARSAY", {}),
    ],
)
def test_a_reason_that_names_another_request_falsely_is_refused(code, data):
    areas = (Area(id="lab", name="Lab", floor={"gpu:h100": 2}),)
    asks = [ask("big", 10, score=Fraction(1)), ask("small", 4, score=Fraction(9))]
    awards, document = told(policy(areas=areas), asks)
    award = next(a for a in document["awards"] if a["outcome"] == "not_yet")
    assert awards["small"]["outcome"] == "full"
    award["reasons"].append({"code": code, "class": "exact", "text": "x", "data": data})
    verdict = verify_decision(canonical_bytes(document))
    assert not verdict.holds
    assert "big" in verdict.fault


def test_a_price_is_split_by_the_rows_that_charge_it():
    areas = (
        Area(id="lab", name="Lab", cap={"gpu:h100": 100 * HOUR}),
        Area(id="field", name="Field"),
    )
    asks = [
        replace(ask(f"{area}-{n}", 40 * HOUR, HOUR, area=area), score=Fraction(9 - n, 2))
        for area in ("lab", "field")
        for n in range(5)
    ]
    stated = policy(
        resources={"gpu:h100": HOURS["gpu:h100"]}, pool={"gpu:h100": 190 * HOUR}, areas=areas
    )
    awards, _ = told(stated, asks)
    priced = [r for a in awards.values() for r in a["reasons"] if r["class"] == "price"]
    assert priced
    for found in priced:
        shares = found["data"]["shares"]
        assert sum(share for _, share in shares) in range(99, 102)
        assert found["text"].startswith("Estimate: at the round's prices its minimum costs about ")
        assert " % the " in found["text"]


@settings(max_examples=40, deadline=None)
@given(rounds(count=8, most=40_000, resources=HOURS))
def test_one_pass_over_the_columns_gives_what_each_request_is_told(drawn):
    problem = pose(*drawn)
    outcomes, _ = settle(problem)
    costs = costs_of_minima(columns_of(problem), outcomes.price_of)
    alone = [cost_of_minimum(problem, i, outcomes.price_of).total for i in range(len(costs))]
    assert np.allclose(costs, alone, rtol=1e-9, atol=1e-3)
