"""A round by equal shares: within every limit, provably what the rule says, and fair to its voters."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.decision import Outcome
from apportion.core.decide.document import document_of
from apportion.core.decide.problem import pose
from apportion.core.decide.reasons import ReasonCode
from apportion.core.decide.rules.backing import backing_of
from apportion.core.decide.rules.round_audit import audit_round
from apportion.core.decide.rules.round_shares import share_round
from apportion.core.decide.snapshot import asks_from, canonical_bytes, policy_from, snapshot_of
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.policy import Area, Counting, EqualShares, Objective, Voters
from apportion.core.verify import verify_decision
from tests.core.decide.rounds import ask, is_possible, policy, rounds

REVIEWERS = ("ada", "bo", "cy")


@st.composite
def shared_rounds(draw, *, count=5, open_=False):
    """A round by equal shares with opinions; an open one has one pool and nothing else that binds."""
    stated, asks = draw(rounds(count=count, objective=Objective.EQUAL_SHARES))
    rule = EqualShares(
        voters=draw(st.sampled_from(Voters)),
        count=draw(st.sampled_from(Counting)),
        complete=draw(st.booleans()),
    )
    opinion = st.dictionaries(
        st.sampled_from(REVIEWERS), st.integers(0, 5).map(Fraction), max_size=3
    )
    asks = tuple(
        replace(one, opinions=tuple(sorted(draw(opinion).items())), value_at_minimum=None)
        for one in asks
    )
    stated = replace(stated, equal_shares=rule)
    if open_:
        stated = replace(stated, groups=(), areas=tuple(replace(a, cap={}) for a in stated.areas))
        stated = replace(stated, pool={**stated.pool, "staff": 10**6})
        asks = tuple(
            replace(
                one,
                groups=(),
                either_or=None,
                requires=(),
                ask={"gpu:h100": g},
                minimum={"gpu:h100": m},
            )
            for one in asks
            for g, m in [(one.ask["gpu:h100"], one.minimum["gpu:h100"])]
        )
    return stated, asks


def document(stated, asks):
    decision = decide(policy=stated, asks=asks, ways_in=WaysIn.ESTIMATE)
    return document_of(decision, engine_version="test")


@settings(max_examples=150, deadline=None)
@given(shared_rounds())
def test_every_slate_keeps_limits_links_and_minimums(drawn):
    problem = pose(*drawn)
    taken = share_round(problem).taken
    assert is_possible(problem, taken)
    for i, steps in enumerate(taken):
        assert steps == 0 or problem.least[i] <= steps <= problem.steps[i]


@settings(max_examples=120, deadline=None)
@given(shared_rounds())
def test_every_slate_is_verified_by_buying_it_again_from_its_file_alone(drawn):
    verdict = verify_decision(canonical_bytes(document(*drawn)))
    assert verdict.holds, verdict.fault
    assert "equal shares buy these awards" in verdict.checked


@settings(max_examples=60, deadline=None)
@given(shared_rounds())
def test_its_inputs_come_back_out_of_the_file(drawn):
    stated, asks = drawn
    snapshot = json.loads(canonical_bytes(snapshot_of(stated, asks)))
    assert policy_from(snapshot).equal_shares == stated.equal_shares
    again = snapshot_of(policy_from(snapshot), asks_from(snapshot))
    assert canonical_bytes(again) == canonical_bytes(snapshot)


@settings(max_examples=60, deadline=None)
@given(shared_rounds(), st.randoms(use_true_random=False))
def test_the_order_of_requests_leaves_no_trace(drawn, shuffler):
    stated, asks = drawn
    turned = list(asks)
    shuffler.shuffle(turned)
    assert canonical_bytes(document(stated, turned)) == canonical_bytes(document(stated, asks))


@settings(max_examples=150, deadline=None)
@given(shared_rounds(open_=True))
def test_nobody_is_passed_over_where_only_one_pool_binds(drawn):
    problem = pose(*drawn)
    assert audit_round(problem, share_round(problem).taken) == ()


@settings(max_examples=100, deadline=None)
@given(shared_rounds(open_=True))
def test_it_gives_ejr_up_to_one_over_minimums_by_enumeration(drawn):
    """All groups of voters and all sets of requests, each at its minimum."""
    problem = pose(*drawn)
    shared = share_round(problem)
    backing, voters = shared.backing, range(len(shared.backing.voters))
    counts = [dict(backers) for backers in backing.backers]
    part = [
        Fraction(least, steps) for least, steps in zip(problem.least, problem.steps, strict=True)
    ]
    has = [
        sum(
            Fraction(counts[i].get(v, 0)) * steps / problem.steps[i]
            for i, steps in enumerate(shared.taken)
        )
        for v in voters
    ]
    for wanted in every_set(range(len(problem.asks))):
        cost = sum(backing.prices[i] * problem.least[i] for i in wanted)
        for group in every_set(voters):
            if cost > len(group) * backing.share or not all(backing.prices[i] for i in wanted):
                continue
            owed = sum(min(Fraction(counts[i].get(v, 0)) for v in group) * part[i] for i in wanted)
            unmet = [i for i in wanted if not shared.taken[i]]
            assert any(
                has[v] >= owed
                or has[v] + max((counts[i].get(v, 0) * part[i] for i in unmet), default=0) > owed
                for v in group
            )


def every_set(members):
    members = list(members)
    return [held for size in range(1, len(members) + 1) for held in combinations(members, size)]


def two_areas(complete, **changes):
    areas = (Area(id="big", name="Big"), Area(id="small", name="Small"))
    return policy(
        areas=areas,
        objective=Objective.EQUAL_SHARES,
        equal_shares=EqualShares(complete=complete, **changes),
    )


CROWD = tuple(ask(f"b{n}", 2, area="big", score=Fraction(5)) for n in range(5))
LONE = ask("s", 4, area="small", score=Fraction(1))


def test_a_small_area_gets_its_share_though_the_large_one_scores_higher():
    decision = decide(policy=two_areas(complete=True), asks=(*CROWD, LONE))
    funded = {award.request for award in decision.awards if award.taken}
    assert "s" in funded
    assert len(funded) == 4


def test_without_completion_what_nobody_can_pay_stays_and_the_reason_says_so():
    decision = decide(policy=two_areas(complete=False), asks=(*CROWD, LONE))
    denied = [award for award in decision.awards if award.outcome is Outcome.NOT_YET]
    assert len(denied) == 3
    for award in denied:
        (reason,) = [r for r in award.reasons if r.code is ReasonCode.SHARES_SPENT]
        assert reason.text == (
            "Those who are for it have 10.00% of what there is left to spend; "
            "its minimum costs 20.00%"
        )
    found = canonical_bytes(document_of(decision, engine_version="test"))
    assert verify_decision(found).holds


def test_reviewers_pay_for_what_they_approve():
    stated = replace(
        two_areas(complete=False, voters=Voters.REVIEWERS, count=Counting.APPROVAL),
        cut_line=replace(two_areas(complete=False).cut_line, threshold=Fraction(4)),
    )
    split = tuple(
        ask(
            name,
            5,
            area="big",
            opinions=tuple((r, Fraction(5 if r in fans else 1)) for r in REVIEWERS),
        )
        for name, fans in (("one", ("ada", "bo")), ("two", ("cy",)), ("three", ("ada", "bo")))
    )
    problem = pose(stated, split)
    assert backing_of(problem).voters == REVIEWERS
    taken = dict(zip([a.id for a in problem.asks], share_round(problem).taken, strict=True))
    assert taken["two"] == 0
    assert sorted([taken["one"], taken["three"]]) == [0, 5]


def test_what_backers_have_left_raises_an_award_towards_its_ask():
    stated = two_areas(complete=False)
    asks = (ask("b", 8, minimum=2, area="big"), ask("s", 8, minimum=3, area="small"))
    awards = {a.request: a.taken for a in decide(policy=stated, asks=asks).awards}
    assert awards == {"b": 5, "s": 5}


@pytest.mark.parametrize("field", ["left", "costs"])
def test_a_reason_with_other_numbers_is_refused(field):
    held = document(two_areas(complete=False), (*CROWD, LONE))
    told = next(a for a in held["awards"] if a["outcome"] == "not_yet")["reasons"]
    next(r for r in told if r["code"] == "SHARES_SPENT")["data"][field] = "1/3"
    verdict = verify_decision(canonical_bytes(held))
    assert not verdict.holds
    assert "the reason SHARES_SPENT does not hold" in verdict.fault


def test_a_slate_that_equal_shares_would_not_buy_is_refused():
    stated = two_areas(complete=True)
    held = document(stated, (*CROWD, LONE))
    other = document(replace(stated, objective=Objective.MERIT), (*CROWD, LONE))
    for key in ("awards", "floors", "points", "value", "bound"):
        held[key] = other[key]
    verdict = verify_decision(canonical_bytes(held))
    assert not verdict.holds
    assert "equal shares buy" in verdict.fault


def test_a_round_in_which_nothing_counts_anything_is_filled_by_lot_or_left():
    asks = tuple(ask(f"r{n}", 4, score=Fraction(0)) for n in range(4))
    stated = policy(objective=Objective.EQUAL_SHARES)
    assert sum(a.taken for a in decide(policy=stated, asks=asks).awards) == 8
    stated = replace(stated, equal_shares=EqualShares(complete=False))
    decision = decide(policy=stated, asks=asks)
    assert not any(a.taken for a in decision.awards)
    assert all(a.reasons for a in decision.awards)
    found = canonical_bytes(document_of(decision, engine_version="test"))
    assert verify_decision(found).holds


def test_a_thousand_requests_are_decided_and_verified_in_seconds():
    rng = Random(5)
    areas = tuple(Area(id=f"a{n}", name=f"A{n}") for n in range(10))
    asks = tuple(
        ask(
            f"r{n}",
            rng.randint(10, 400),
            minimum=5,
            area=f"a{rng.randint(0, 9)}",
            score=Fraction(rng.randint(0, 50), 10),
        )
        for n in range(1000)
    )
    stated = policy(areas=areas, pool={"gpu:h100": 60_000}, objective=Objective.EQUAL_SHARES)
    verdict = verify_decision(canonical_bytes(document(stated, asks)))
    assert verdict.holds, verdict.fault


def test_merit_passes_a_small_area_over_and_the_audit_names_it():
    stated = replace(two_areas(complete=True), objective=Objective.MERIT)
    problem = pose(stated, (*CROWD, LONE))
    taken = tuple(2 if one.area == "big" else 0 for one in problem.asks)
    (passed,) = audit_round(problem, taken)
    assert (passed.request, passed.voters, passed.owed) == ("s", 1, Fraction(5, 4))


def test_nobody_is_owed_what_no_slate_may_fund():
    capped = two_areas(complete=True)
    areas = tuple(replace(area, cap={"gpu:h100": 3}) for area in capped.areas)
    problem = pose(replace(capped, areas=areas), (*CROWD, LONE))
    assert audit_round(problem, (0,) * 6)
    assert all(passed.request != "s" for passed in audit_round(problem, (0,) * 6))


def test_a_request_pinned_by_the_board_still_votes_with_its_area():
    stated = two_areas(complete=True)
    pin = Area(id="pin s", name="s", parent="small")
    moved = replace(LONE, area="pin s")
    problem = pose(replace(stated, areas=(*stated.areas, pin)), (*CROWD, moved))
    assert backing_of(problem).voters == ("big", "small")
    held = document(replace(stated, areas=(*stated.areas, pin)), (*CROWD, moved))
    assert verify_decision(canonical_bytes(held)).holds
