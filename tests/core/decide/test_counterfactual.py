"""A way in is called verified only where solving again says so, on both sides of the tick."""

import json
from fractions import Fraction

from hypothesis import given, settings

from apportion.core.decide.document import document_of
from apportion.core.decide.recheck import recheck_ways_in
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import VERIFIED_UP_TO, WaysIn
from apportion.core.verify import verify_decision

from .rounds import ask, policy, rounds


def document(stated, asks, ways_in=WaysIn.AUTO):
    decision = decide(policy=stated, asks=asks, ways_in=ways_in)
    return json.loads(canonical_bytes(document_of(decision, engine_version="test")))


@settings(max_examples=25, deadline=None)
@given(rounds())
def test_every_verified_way_in_flips_the_outcome_and_one_tick_less_does_not(drawn):
    told = document(*drawn)
    _, faults = recheck_ways_in(told)
    assert faults == ()
    verdict = verify_decision(canonical_bytes(told))
    assert verdict.holds, verdict.fault


def test_the_nearest_score_is_found_to_the_hundredth():
    asks = [ask("first", 10, score=Fraction(4)), ask("second", 10, score=Fraction(3))]
    told = document(policy(), asks)
    (denied,) = (a for a in told["awards"] if a["outcome"] == "not_yet")
    (score,) = (w for w in denied["counterfactuals"] if w["lever"] == "score")
    assert score["verified"]
    assert Fraction(score["change"]["to"]) in {Fraction(4), Fraction("4.01")}


def test_a_way_in_that_is_not_true_is_found_when_it_is_solved_again():
    asks = [ask("first", 10, score=Fraction(4)), ask("second", 10, score=Fraction(3))]
    told = document(policy(), asks)
    (denied,) = (a for a in told["awards"] if a["outcome"] == "not_yet")
    for way in denied["counterfactuals"]:
        way["change"]["to"] = way["change"]["tick_less"]
    assert recheck_ways_in(told)[1]


def test_a_large_round_is_told_estimates_that_say_so():
    asks = [ask(f"r{place}", 4) for place in range(VERIFIED_UP_TO + 1)]
    ways = [w for a in document(policy(), asks)["awards"] for w in a["counterfactuals"]]
    assert ways
    assert all(w["text"].startswith("Estimate") and not w["verified"] for w in ways)


def test_a_minimum_above_the_whole_pool_is_told_as_such_and_how_far_to_lower_it():
    (award,) = document(policy(), [ask("whale", 40, 20)])["awards"]
    assert award["reasons"][0]["code"] == "INDIVISIBLE_MINIMUM"
    minimum = next(w for w in award["counterfactuals"] if w["lever"] == "minimum")
    assert minimum["verified"]
    assert minimum["change"]["to"]["gpu:h100"] <= 10


def test_a_request_that_waits_for_another_is_told_for_which():
    asks = [ask("base", 40), ask("follower", 2, requires=("base",))]
    told = {a["request"]: a for a in document(policy(), asks, WaysIn.ESTIMATE)["awards"]}
    assert told["follower"]["reasons"][0]["data"]["requires"] == "base"
    assert told["follower"]["counterfactuals"][0]["lever"] == "prerequisite"
