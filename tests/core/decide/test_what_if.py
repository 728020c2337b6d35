"""What the board moves by hand is decided, proved and priced like any other round."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.compare import compare
from apportion.core.decide.document import document_of
from apportion.core.decide.overrides import Moved, Override, overrides_from, stated, with_overrides
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.what_if import what_if
from apportion.core.faults import BadInput
from apportion.core.policy import Area, Group, Objective
from apportion.core.verify import verify_decision

from .rounds import ask, policy, rounds

AREAS = (Area(id="lab", name="Lab"), Area(id="field", name="Field", floor={"gpu:h100": 4}))
ASKS = (
    ask("first", 8, 4, score=Fraction(9)),
    ask("second", 6, 3, score=Fraction(5)),
    ask("third", 4, score=Fraction(2), area="field"),
    ask("fourth", 6, score=Fraction(1)),
)
ROUND = policy(
    pool={"gpu:h100": 12}, areas=AREAS, groups=(Group(id="flagship", cap={"gpu:h100": 9}),)
)


def decided(stated_policy=ROUND, asks=ASKS):
    decision = decide(policy=stated_policy, asks=asks, ways_in=WaysIn.ESTIMATE)
    return json.loads(canonical_bytes(document_of(decision, engine_version="test")))


def moved(*overrides, before=None):
    return what_if(before or decided(), overrides, engine_version="test")


def override(kind, owner="", **changes):
    return Override(**({"moved": kind, "owner": owner, "why": "the board said so"} | changes))


def outcome(document, name):
    return next(a["outcome"] for a in document["awards"] if a["request"] == name)


def test_a_request_that_is_put_in_gets_its_minimum_and_has_its_price():
    found = moved(override(Moved.IN, "fourth"))
    assert outcome(found.document, "fourth") == "full"
    assert found.comparison.lost > 0
    assert Fraction(found.document["price_of_override"]) == found.comparison.lost
    assert [m.request for m in found.comparison.gains] == ["fourth"]
    assert found.comparison.losses
    assert verify_decision(canonical_bytes(found.document)).holds


def test_a_request_that_is_taken_out_is_told_so_and_nothing_else():
    found = moved(override(Moved.OUT, "first"))
    award = next(a for a in found.document["awards"] if a["request"] == "first")
    assert award["outcome"] == "not_yet"
    assert award["reasons"][0]["code"] == "BOARD_OVERRIDE"
    assert award["reasons"][0]["text"] == "The board took it out by an override of its own"
    assert award["counterfactuals"][0]["text"] == (
        "Estimate: nearer if the board took its override back"
    )
    assert verify_decision(canonical_bytes(found.document)).holds


def test_who_loses_to_an_override_is_told_whose_it_is():
    asks = (ask("strong", 10, score=Fraction(9)), ask("weak", 10, score=Fraction(1)))
    found = moved(override(Moved.IN, "weak"), before=decided(policy(), asks))
    award = next(a for a in found.document["awards"] if a["request"] == "strong")
    assert "BOARD_OVERRIDE" in [reason["code"] for reason in award["reasons"]]
    verdict = verify_decision(canonical_bytes(found.document))
    assert verdict.holds, verdict.fault


def test_a_promise_that_a_move_breaks_is_named():
    found = moved(override(Moved.OUT, "third"))
    (broken,) = found.comparison.broken
    assert (broken.area, broken.short_before, broken.short_after) == ("field", 0, 4)


@pytest.mark.parametrize(
    ("kind", "owner", "to"),
    [
        (Moved.POOL, "", 9),
        (Moved.FLOOR, "lab", 12),
        (Moved.CAP, "lab", 5),
        (Moved.CAP, "flagship", 1),
    ],
)
def test_floors_caps_and_the_pool_can_be_moved_and_the_result_is_proved(kind, owner, to):
    found = moved(override(kind, owner, resource="gpu:h100", to=to))
    assert verify_decision(canonical_bytes(found.document)).holds


def test_the_pool_is_moved_to_what_can_be_awarded():
    reserved = replace(ROUND, reserve_share=Fraction(1, 10))
    after, _ = with_overrides(reserved, ASKS, [override(Moved.POOL, resource="gpu:h100", to=12)])
    assert after.awardable("gpu:h100") == 12


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (override(Moved.IN, "nobody"), "no such request"),
        (override(Moved.OUT, "first", why=" "), "no reason given"),
        (override(Moved.POOL, resource="gold", to=1), "no such resource"),
        (override(Moved.CAP, "nowhere", resource="gpu:h100", to=1), "no such area or group"),
        (override(Moved.FLOOR, "flagship", resource="gpu:h100", to=1), "no such area or group"),
    ],
)
def test_a_move_of_nothing_or_for_no_reason_is_refused(wrong, fault):
    with pytest.raises(BadInput) as error:
        moved(wrong)
    assert fault in str(error.value)


def test_nobody_is_put_in_under_an_objective_that_keeps_no_floors():
    line = replace(ROUND, objective=Objective.CUT_LINE)
    with pytest.raises(BadInput) as error:
        moved(override(Moved.IN, "fourth"), before=decided(line))
    assert "cut-line looks at the ranking alone and keeps no promise" in str(error.value)
    assert "Put others out" in str(error.value)
    assert moved(override(Moved.OUT, "first"), before=decided(line)).comparison.losses


def test_moves_add_up_and_the_file_keeps_them_all():
    first = moved(override(Moved.OUT, "first"))
    second = moved(override(Moved.IN, "fourth"), before=first.document)
    kept = overrides_from(second.document["overrides"])
    assert [o.owner for o in kept] == ["first", "fourth"]
    assert stated(kept) == second.document["overrides"]
    with pytest.raises(BadInput, match="pinned already"):
        moved(override(Moved.IN, "first"), before=first.document)


def test_two_slates_of_different_objectives_have_no_price_between_them():
    line = decided(replace(ROUND, objective=Objective.CUT_LINE))
    assert compare(decided(), line).lost is None


def test_the_same_slate_twice_moves_nobody():
    same = compare(decided(), decided())
    assert (same.gains, same.losses, same.broken, same.mended, same.lost) == ((), (), (), (), 0)


@settings(max_examples=40, deadline=None)
@given(rounds(count=6), st.integers(0, 5), st.sampled_from([Moved.IN, Moved.OUT]))
def test_no_override_makes_a_round_worth_more_and_every_moved_slate_holds(drawn, place, kind):
    before = decided(*drawn)
    name = sorted(a.id for a in drawn[1])[place % len(drawn[1])]
    found = moved(override(kind, name), before=before)
    verdict = verify_decision(canonical_bytes(found.document))
    assert verdict.holds, verdict.fault
    kept = sum(Fraction(p.short_after, p.promised) for p in found.comparison.broken) == 0
    if kept and not found.comparison.mended:
        assert found.comparison.lost >= -Fraction(1, 10**4)
    if kind is Moved.OUT:
        assert outcome(found.document, name) == "not_yet"
