"""Ways in, against every slate there is: the shown setting funds the request, one tick less does not."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings

from apportion.core.decide.counterfactual import Asked, verified_ways
from apportion.core.decide.decision import Lever
from apportion.core.decide.document import document_of
from apportion.core.decide.forced import Contest, base_of, contest
from apportion.core.decide.levers import at_setting, with_ask
from apportion.core.decide.problem import pose
from apportion.core.decide.recheck import recheck_ways_in
from apportion.core.decide.room import missed_share, total_points
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import decide, settle, settled_steps
from apportion.core.decide.ways import WaysIn
from apportion.core.policy import Area
from apportion.core.verify import verify_decision

from .rounds import ask, is_possible, policy, rounds

EXAMPLES = settings(max_examples=40, deadline=None)


def halves_by_hand(problem, i):
    """The best slates with and without a request: (missed shares, points), the least missed first."""
    choices = [
        [0, *range(least, steps + 1)]
        for least, steps in zip(problem.least, problem.steps, strict=True)
    ]
    best = {True: None, False: None}
    for taken in product(*choices):
        if is_possible(problem, taken):
            key = (missed_share(problem, taken), -total_points(problem, taken))
            inside = taken[i] > 0
            if best[inside] is None or key < best[inside]:
                best[inside] = key
    return best[True], best[False]


def contradicts(problem, i, *, funded):
    """Says whether trying every slate shows the opposite; a tie of both halves shows nothing.

    Each award's points are rounded down to micropoints, so that halves so near each other are a tie.
    """
    inside, outside = halves_by_hand(problem, i)
    if inside is None:
        return funded
    better, worse = (outside, inside) if funded else (inside, outside)
    return better[0] < worse[0] or (
        better[0] == worse[0] and better[1] < worse[1] - 2 - len(problem.asks)
    )


@EXAMPLES
@given(rounds(count=4))
def test_every_lever_that_is_shown_is_true_of_all_slates(drawn):
    problem = pose(*drawn)
    outcomes, settled = settle(problem)
    base = base_of(problem, settled)
    for i, taken in enumerate(settled.taken):
        if taken:
            continue
        asked = Asked(room=outcomes.room, i=i, base=base, solve=settled_steps)
        for way in verified_ways(asked):
            moved, place = at_setting(problem, i, way.lever, way.change)
            assert not contradicts(moved, place, funded=True), way
            if "tick_less" in way.change:
                less = {**way.change, "to": way.change["tick_less"]}
                moved, place = at_setting(problem, i, way.lever, less)
            else:
                moved, place = problem, i
            assert not contradicts(moved, place, funded=False), way


@EXAMPLES
@given(rounds(count=4))
def test_a_contest_that_is_clear_says_what_trying_every_slate_says(drawn):
    problem = pose(*drawn)
    base = base_of(problem, settle(problem)[1])
    for i in range(len(problem.asks)):
        if base is None or base.taken[i]:
            continue
        better = with_ask(problem, i, replace(problem.asks[i], score=Fraction(12), value=None))
        verdict, _ = contest(base, better, i)
        if verdict is not Contest.UNCLEAR:
            assert not contradicts(better, i, funded=verdict is Contest.IN)


@EXAMPLES
@given(rounds(count=6))
def test_a_round_with_one_request_changed_is_the_round_posed_anew(drawn):
    problem = pose(*drawn)
    for i, held in enumerate(problem.asks):
        changed = replace(held, score=held.score + 1, minimum=dict.fromkeys(held.ask, 1))
        anew = pose(drawn[0], (changed if a.id == held.id else a for a in drawn[1]))
        assert with_ask(problem, i, changed) == anew


@settings(max_examples=15, deadline=None)
@given(rounds(count=7))
def test_no_denial_and_no_cut_is_left_without_a_reason_and_a_way_in(drawn):
    for ways_in in (WaysIn.EXACT, WaysIn.ESTIMATE):
        for award in decide(policy=drawn[0], asks=drawn[1], ways_in=ways_in).awards:
            if award.taken < award.steps:
                assert award.reasons
                assert award.counterfactuals


def told(stated, asks, ways_in=WaysIn.EXACT):
    decision = decide(policy=stated, asks=asks, ways_in=ways_in)
    return json.loads(canonical_bytes(document_of(decision, engine_version="test")))


def way_of(document, name, lever):
    award = next(a for a in document["awards"] if a["request"] == name)
    return next((w for w in award["counterfactuals"] if w["lever"] == lever), None)


RIVALS = (
    ask("first", 10, score=Fraction(4)),
    ask("second", 8, 6, score=Fraction(3)),
    ask("pair-a", 3, score=Fraction(9), either_or="pair", area="field"),
    ask("pair-b", 3, 2, score=Fraction(2), either_or="pair", area="field"),
)
FIELDS = policy(
    pool={"gpu:h100": 15}, areas=(Area(id="lab", name="Lab"), Area(id="field", name="Field"))
)


@pytest.mark.parametrize(
    ("name", "lever", "text"),
    [
        ("second", "minimum", "Would have been funded with a minimum of 2 items of gpu:h100"),
        ("second", "score", "Would have been funded at a score of 4.84"),
        (
            "second",
            "limit",
            "Would have been funded with 4 items more in the pool of gpu:h100",
        ),
        ("pair-b", "either_or", "Would have been funded without pair-a, its alternative"),
    ],
)
def test_the_sentence_of_each_lever_is_one_that_a_researcher_understands(name, lever, text):
    document = told(FIELDS, RIVALS)
    way = way_of(document, name, lever)
    assert way is not None, document["awards"]
    assert way["text"] == text
    assert recheck_ways_in(document)[1] == ()


def test_a_smaller_ask_is_found_where_a_second_resource_stands_in_the_way():
    two = policy(
        resources={**FIELDS.resources, "staff": FIELDS.resources["gpu:h100"]},
        pool={"gpu:h100": 100, "staff": 10},
    )
    asks = [
        ask("first", 40, score=Fraction(4), ask={"gpu:h100": 40, "staff": 6}),
        ask("second", 40, score=Fraction(3), ask={"gpu:h100": 40, "staff": 8}),
    ]
    asks = [replace(a, minimum=dict(a.ask)) for a in asks]
    way = way_of(told(two, asks), "second", "ask")
    assert way["change"]["to"]["ask"]["staff"] <= 4
    assert way["text"].startswith("Would have been funded had it asked for")


FALSE_WAYS = (
    ("minimum", lambda c: c.update(to=c["tick_less"]), "does not move it the right way"),
    ("score", lambda c: c.update(to="1"), "does not move it the right way"),
    ("score", lambda c: c.pop("tick_less"), "cannot be solved again"),
    ("limit", lambda c: c.update(raise_by=0), "does not move it the right way"),
)


@pytest.mark.parametrize(("lever", "spoil", "fault"), FALSE_WAYS)
def test_a_corrupted_way_in_is_refused_and_the_fault_named(lever, spoil, fault):
    document = told(FIELDS, RIVALS)
    spoil(way_of(document, "second", lever)["change"])
    verdict = verify_decision(canonical_bytes(document))
    assert not verdict.holds
    assert "second" in verdict.fault
    assert fault in verdict.fault


@pytest.mark.parametrize(
    ("lever", "spoil", "fault"),
    [
        ("score", {"to": "3.5"}, "does not fund it"),
        ("score", {"to": "6", "tick_less": "5.99"}, "one tick less, funds it too"),
        ("limit", {"to": 16}, "does not fund it"),
        ("minimum", {"to": {"gpu:h100": 1}, "tick_less": {"gpu:h100": 2}}, "funds it too"),
    ],
)
def test_a_false_way_in_is_found_when_it_is_solved_again(lever, spoil, fault):
    document = told(FIELDS, RIVALS)
    way_of(document, "second", lever)["change"].update(spoil)
    (found,) = recheck_ways_in(document)[1]
    assert "second" in found
    assert fault in found


def test_a_way_in_without_a_loser_who_did_not_win_is_found_false():
    document = told(FIELDS, RIVALS)
    way_of(document, "pair-b", "either_or")["change"]["without"] = ["second"]
    assert "does not fund it" in recheck_ways_in(document)[1][0]


def test_levers_come_cheapest_first_and_the_applicants_own_before_the_boards():
    document = told(FIELDS, RIVALS)
    award = next(a for a in document["awards"] if a["request"] == "second")
    order = [Lever(w["lever"]) for w in award["counterfactuals"]]
    assert order == [Lever.MINIMUM, Lever.SCORE, Lever.ASK, Lever.LIMIT]


def test_a_score_beyond_any_in_the_round_is_called_that():
    stated = policy(pool={"gpu:h100": 10})
    asks = [ask("first", 10, score=Fraction(5)), ask("second", 9, score=Fraction(1))]
    way = way_of(told(stated, asks), "second", "score")
    assert way["text"].endswith("more than any in this round has")


def test_a_request_that_waits_for_another_would_have_been_funded_with_it():
    stated = policy(pool={"gpu:h100": 10})
    asks = [
        ask("rival", 6, score=Fraction(9)),
        ask("base", 6, score=Fraction(2)),
        ask("follower", 2, score=Fraction(1), requires=("base",)),
    ]
    document = told(stated, asks)
    way = way_of(document, "follower", "prerequisite")
    assert way["text"] == "Would have been funded had base been, which it requires"
    assert recheck_ways_in(document)[1] == ()
    way["change"]["with"] = ["rival"]
    assert "does not move it the right way" in verify_decision(canonical_bytes(document)).fault


def test_a_cut_request_is_told_what_would_have_given_it_all():
    document = told(
        policy(pool={"gpu:h100": 10}), [ask("whole", 6, score=Fraction(9)), ask("cut", 8, 2)]
    )
    way = way_of(document, "cut", "limit")
    assert way["text"] == "Would have had its full ask with 4 items more in the pool of gpu:h100"
    assert recheck_ways_in(document)[1] == ()
    way["change"]["to"] -= 1
    assert "does not fund it" in recheck_ways_in(document)[1][0]
