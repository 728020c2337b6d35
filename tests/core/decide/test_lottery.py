"""The tie zone and its draw: fair, anonymous, within every limit, and nobody's floor the worse for it."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.document import document_of
from apportion.core.decide.lottery import draw_lots
from apportion.core.decide.problem import pose
from apportion.core.decide.reasons import ReasonCode
from apportion.core.decide.room import missed_share
from apportion.core.decide.snapshot import (
    asks_from,
    calibration_from,
    canonical_bytes,
    policy_from,
)
from apportion.core.decide.solve import decide, settle
from apportion.core.decide.zone import Settlement
from apportion.core.policy import SEALED_PREFIX, Objective, TieBy, TieRule
from apportion.core.review.calibration import MICRO, Belief, Calibration
from apportion.core.verify import verify_decision
from tests.core.decide.rounds import ask, is_possible, policy, rounds

SEEDS = 600
CHI_SQUARE_3_AT_1E6 = 30.7  # three degrees of freedom, one in a million


def sure_by(asks, sd):
    beliefs = tuple(
        Belief(request=a.id, opinions=3, average=int(a.score * MICRO), mean=int(a.score * MICRO), sd=int(sd * MICRO))
        for a in asks
    )  # fmt: skip
    return Calibration(opinions=3 * len(asks), components=(), beliefs=beliefs, severities=())


def with_lottery(stated, seed="a seed", **rule):
    promised = hashlib.sha256(seed.encode()).hexdigest()
    rule = {"by": TieBy.LOTTERY, "draws": 20} | rule
    return replace(stated, tie_seed=seed, tie_commitment=promised, ties=TieRule(**rule))


def decided(stated, asks, sd=1):
    decision = decide(policy=stated, asks=asks, calibration=sure_by(asks, sd))
    data = canonical_bytes(document_of(decision, engine_version="test"))
    return decision, data


FOUR = tuple(ask(name, 4) for name in "abcd")


def test_every_one_of_four_alike_wins_the_one_place_equally_often():
    wins = Counter()
    for seed in range(SEEDS):
        problem = pose(policy(pool={"gpu:h100": 4}, tie_seed=f"seed {seed}"), FOUR)
        drawn = draw_lots(problem, (0, 0, 0, 4), range(4))
        wins[problem.asks[drawn.taken.index(4)].id] += 1
    expected = SEEDS / 4
    assert sum((wins[name] - expected) ** 2 / expected for name in "abcd") < CHI_SQUARE_3_AT_1E6


def test_every_order_of_three_is_drawn_equally_often():
    orders = Counter()
    for seed in range(SEEDS):
        problem = pose(policy(tie_seed=f"seed {seed}"), FOUR[:3])
        lots = draw_lots(problem, (0, 0, 0), range(3)).lots
        orders[tuple(problem.asks[i].id for i in lots)] += 1
    expected = SEEDS / 6
    assert sum((orders[o] - expected) ** 2 / expected for o in orders) < 42  # one in 10**7
    assert len(orders) == 6


def test_score_and_size_weigh_nothing_in_the_draw():
    stated = with_lottery(policy(pool={"gpu:h100": 4}), low=Fraction(0), high=Fraction(1))
    near = [ask("a", 4, score=Fraction(31, 10)), ask("b", 4)]
    winners = set()
    for seed in range(30):
        decision, _ = decided(with_lottery(stated, f"seed {seed}"), near)
        winners |= {award.request for award in decision.awards if award.taken}
    assert winners == {"a", "b"}


def test_the_zone_is_empty_when_there_is_no_noise():
    decision, data = decided(with_lottery(policy(pool={"gpu:h100": 4})), FOUR, sd=0)
    assert decision.ties.settlement is Settlement.NONE
    assert not any(chance.in_zone for chance in decision.ties.chances)
    assert verify_decision(data).holds


@settings(max_examples=40, deadline=None)
@given(
    rounds(most=3600 * 4, objective=Objective.MERIT) | rounds(most=6, objective=Objective.CUT_LINE)
)
def test_any_draw_keeps_limits_links_and_floors_and_verifies(drawn):
    stated, asks = drawn
    wide = with_lottery(stated, low=Fraction(0), high=Fraction(1))
    decision, data = decided(wide, asks)
    problem = pose(wide, asks)
    taken = tuple(award.taken for award in decision.awards)
    assert is_possible(problem, taken)
    assert missed_share(problem, taken) <= missed_share(problem, settle(problem)[1].taken)
    assert all(
        steps == 0 or least <= steps for steps, least in zip(taken, problem.least, strict=True)
    )
    verdict = verify_decision(data)
    assert verdict.holds, verdict.fault


@settings(max_examples=15, deadline=None)
@given(rounds(most=6), st.randoms())
def test_the_order_of_rows_changes_no_byte(drawn, rng):
    stated, asks = drawn
    wide = with_lottery(stated, low=Fraction(0), high=Fraction(1))
    assert decided(wide, rng.sample(asks, len(asks)))[1] == decided(wide, asks)[1]


@settings(max_examples=100, deadline=None)
@given(rounds(count=7, most=6), st.data())
def test_names_do_not_matter_only_the_draw_does(drawn, data):
    stated, asks = drawn
    problem = pose(stated, asks)
    taken = settle(problem)[1].taken
    zone = data.draw(st.sets(st.sampled_from(range(len(asks)))))
    zone = [i for i in zone if not problem.needs[i] and not problem.needed_by[i]]
    first = draw_lots(problem, taken, zone)
    names = {a.id: f"renamed-{a.id}" for a in problem.asks}
    renamed = tuple(
        replace(a, id=names[a.id], requires=tuple(names[r] for r in a.requires))
        for a in problem.asks
    )
    assert draw_lots(replace(problem, asks=renamed), taken, zone) == first


def test_a_replay_from_the_file_gives_the_same_bytes():
    decision, data = decided(with_lottery(policy(pool={"gpu:h100": 8})), FOUR)
    snapshot = json.loads(data)["snapshot"]
    again = decide(
        policy=policy_from(snapshot),
        asks=asks_from(snapshot),
        calibration=calibration_from(snapshot),
    )
    assert decision.ties.is_drawn
    assert canonical_bytes(document_of(again, engine_version="test")) == data


def test_who_lost_the_draw_is_told_so_and_by_how_many():
    decision, _ = decided(with_lottery(policy(pool={"gpu:h100": 4})), FOUR)
    order = [lot.request for lot in decision.ties.lots]
    losers = [a for a in decision.awards if not a.taken]
    assert len(order) == 4
    assert len(losers) == 3
    for award in losers:
        assert award.reasons[0].code is ReasonCode.TIE_ZONE
        assert award.reasons[0].data == {"place": order.index(award.request) + 1, "of": 4}
        assert award.counterfactuals


def test_a_floor_that_only_one_in_the_zone_can_keep_is_kept_whatever_is_drawn():
    from apportion.core.policy import Area

    areas = (Area(id="lab", name="Lab"), Area(id="small", name="Small", floor={"gpu:h100": 4}))
    asks = (ask("a", 4), ask("b", 4), ask("c", 4, area="small"))
    for seed in range(12):
        stated = policy(pool={"gpu:h100": 8}, areas=areas, tie_seed=f"seed {seed}")
        problem = pose(stated, asks)
        names = [a.id for a in problem.asks]
        before = tuple(0 if name == "b" else 4 for name in names)
        assert draw_lots(problem, before, range(3)).taken[names.index("c")] == 4


@pytest.mark.parametrize(
    ("rule", "seed", "settlement"),
    [
        ({"by": TieBy.PEOPLE}, "a seed", Settlement.PEOPLE),
        ({"by": None}, "a seed", Settlement.ENGINE),
        ({"by": TieBy.LOTTERY}, SEALED_PREFIX, Settlement.SEALED),
        ({"by": TieBy.LOTTERY}, "a seed", Settlement.DRAWN),
    ],
)
def test_the_zone_is_settled_as_the_policy_says(rule, seed, settlement):
    stated = with_lottery(policy(pool={"gpu:h100": 4}), **rule)
    if seed == SEALED_PREFIX:
        stated = replace(stated, tie_seed=SEALED_PREFIX + stated.tie_commitment)
    decision, data = decided(stated, FOUR)
    assert decision.ties.settlement is settlement
    assert verify_decision(data).holds


def test_nothing_is_drawn_by_a_seed_that_nobody_promised_unless_the_policy_lets_it():
    stated = replace(with_lottery(policy(pool={"gpu:h100": 4})), tie_commitment=None)
    assert decided(stated, FOUR)[0].ties.settlement is Settlement.ENGINE
    free = replace(stated, ties=replace(stated.ties, allow_uncommitted=True))
    decision, data = decided(free, FOUR)
    assert decision.ties.settlement is Settlement.DRAWN
    assert verify_decision(data).holds


def test_an_objective_without_odds_says_so():
    stated = with_lottery(policy(pool={"gpu:h100": 4}, objective=Objective.NASH))
    decision, data = decided(stated, FOUR)
    assert "merit and cut-line only" in decision.ties.why_not
    assert verify_decision(data).holds
