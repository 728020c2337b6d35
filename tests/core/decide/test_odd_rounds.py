"""Rounds at the edges get a clear answer, whatever the objective, and the answer holds."""

from dataclasses import replace
from fractions import Fraction

import pytest

from apportion.core.decide.document import document_of
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.solve import WaysIn, decide
from apportion.core.policy import Area, Objective
from apportion.core.units import DisplayUnit, Resource
from apportion.core.verify import verify_decision

from .rounds import ask, policy

TEN = [f"res{n}" for n in range(10)]
AREAS = (Area(id="lab", name="Lab", cap={"gpu:h100": 3}), Area(id="field", name="Field"))


def outcomes(stated, asks, objective):
    decision = decide(
        policy=replace(stated, objective=objective), asks=asks, ways_in=WaysIn.ESTIMATE
    )
    verdict = verify_decision(canonical_bytes(document_of(decision, engine_version="test")))
    assert verdict.holds, verdict.fault
    return {award.request: award for award in decision.awards}


def codes(award):
    return {reason.code.name for reason in award.reasons}


every_objective = pytest.mark.parametrize("objective", list(Objective))


@every_objective
def test_one_request_that_fits_is_granted_whole(objective):
    awards = outcomes(policy(), [ask("a", 4)], objective)
    assert awards["a"].outcome == "full"


@every_objective
def test_a_pool_of_nothing_denies_everybody_and_says_so(objective):
    awards = outcomes(policy(pool={"gpu:h100": 0}), [ask("a"), ask("b")], objective)
    for award in awards.values():
        assert award.outcome == "not_yet"
        assert "INDIVISIBLE_MINIMUM" in codes(award) or "POOL_FULL" in codes(award)


@every_objective
def test_a_minimum_above_its_area_cap_is_denied_for_that_reason(objective):
    asks = [ask("a", 5, 4), ask("b", 5, 4, area="field")]
    awards = outcomes(policy(areas=AREAS), asks, objective)
    assert awards["a"].outcome == "not_yet"
    assert "INDIVISIBLE_MINIMUM" in codes(awards["a"])
    assert awards["b"].outcome == "full"


@every_objective
def test_requests_alike_in_everything_are_settled_by_the_draw(objective):
    asks = [ask(name, 4) for name in ("a", "b", "c", "d", "e")]
    awards = outcomes(policy(), asks, objective)
    assert sorted(award.outcome for award in awards.values()) == ["full"] * 2 + ["not_yet"] * 3


@every_objective
def test_an_area_without_requests_takes_part_in_nothing(objective):
    areas = (Area(id="lab", name="Lab"), Area(id="empty", name="E", floor={"gpu:h100": 5}))
    awards = outcomes(policy(areas=areas), [ask("a", 10)], objective)
    assert awards["a"].outcome == "full"


@every_objective
def test_a_score_of_nothing_is_funded_only_by_the_rules_that_do_not_sum_points(objective):
    awards = outcomes(policy(), [ask("a", score=Fraction(0))], objective)
    funded = awards["a"].outcome == "full"
    assert funded == (objective in {Objective.CUT_LINE, Objective.EQUAL_SHARES})


@every_objective
def test_ten_resources_are_shared_out_together(objective):
    stated = policy(
        resources={r: Resource(code=r, unit=DisplayUnit.ITEM) for r in TEN},
        pool=dict.fromkeys(TEN, 7),
    )
    asks = [
        replace(
            ask(f"r{n}", 4),
            ask={r: 4 for r in TEN if r != TEN[n]},
            minimum={r: 1 for r in TEN if r != TEN[n]},
        )
        for n in range(4)
    ]
    awards = outcomes(stated, asks, objective)
    given = {r: sum(a.amounts.get(r, 0) for a in awards.values()) for r in TEN}
    assert max(given.values()) <= 7
    assert any(award.taken for award in awards.values())


@every_objective
def test_values_of_a_million_million_points_are_decided_like_any_other(objective):
    huge = Fraction(10**12)
    asks = [
        ask("a", 6, value=huge),
        ask("b", 6, value=huge * 9 / 10),
        ask("c", 4, value=Fraction(1)),
    ]
    awards = outcomes(policy(), asks, objective)
    assert sum(award.amounts["gpu:h100"] for award in awards.values()) == 10
    if objective is Objective.MERIT:
        assert awards["a"].outcome == "full"


@pytest.mark.parametrize("objective", [Objective.MERIT, Objective.NASH, Objective.LEXIMIN])
def test_a_round_without_requests_is_an_empty_decision(objective):
    assert outcomes(policy(), [], objective) == {}
