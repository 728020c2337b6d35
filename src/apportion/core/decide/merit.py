"""The merit objective in three logged phases: floors first, then the most value, then the draw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.certificate import Proof, prove
from apportion.core.decide.cuts import CUT_ROUNDS, most_rows, twin_rows, with_rows
from apportion.core.decide.model import MISS_SCALE, Model, floor_model, merit_model
from apportion.core.decide.problem import Problem
from apportion.core.decide.propose import propose
from apportion.core.decide.relaxation import Relaxation
from apportion.core.decide.room import Room, missed_share, total_points
from apportion.core.decide.rounding import fill, whole_steps
from apportion.core.decide.ties import settle_ties
from apportion.core.decide.tree import Appraise, Search, Searched, Slate
from apportion.core.faults import InvariantBroken

FIRST_SOLVES = 600  # before HiGHS is asked for a slate to start from
MOST_SOLVES = 4_000  # relaxations at 1,000 requests, where one takes about a millisecond
MOST_FOR_SMALL = 4  # times as many where there are fewer requests and each is quicker
WHOLE_PART = 10**9  # one part in this is the finest that any proof of ours speaks of
CUT_PART = 10**7  # where awards are cut, rounding one may move others too: one part in this


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What one phase did. Units: value and bound in the phase's own gain units."""

    name: str  # floors, value or draw
    value: int
    bound: int
    slack: int
    solves: int
    proof: Proof | None  # None: nothing to prove
    bound_class: str = "integer-certificate"  # or solver: HiGHS's word where the search ran out


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A slate with how it was found. Units: steps, as in `Problem`."""

    taken: tuple[int, ...]
    missed: Fraction
    phases: tuple[Phase, ...]
    prices: tuple[tuple[tuple[str, ...], float], ...]  # what a unit of each limit is worth


def settle_merit(problem: Problem) -> Settled:
    """Finds the least missed shares of floors, then the most value at that, then lets the draw speak."""
    phases: list[Phase] = []
    value = _value_phase(problem, Fraction(0), None)
    if value is None:
        floors, start = _floor_phase(problem)
        phases.append(floors)
        value = _value_phase(problem, missed_share(problem, start), start)
    if value is None:
        raise InvariantBroken("a slate that was feasible is not")
    phase, taken, prices = value
    room = Room.of(problem, taken)
    moved = settle_ties(room)
    fill(room, sorted(range(len(taken)), key=problem.draw.__getitem__))
    taken = tuple(room.taken)
    reached = total_points(problem, taken)
    missed = missed_share(problem, taken)
    phases = [_retold(p, _missed_score(missed), floor_slack(problem, taken)) for p in phases]
    phases += [
        _retold(phase, reached, value_slack(problem, taken, reached)),
        Phase(name="draw", value=moved, bound=moved, slack=0, solves=0, proof=None),
    ]
    return Settled(taken=taken, missed=missed, phases=tuple(phases), prices=prices)


def value_slack(problem: Problem, taken: Sequence[int], score: int) -> int:
    """What whole numbers may cost a slate, and the gap that the policy allows.

    A micropoint for each cut award and two more; two steps of each cut award that has many, and
    then one part in 10**7 of the value, else one in 10**9.
    """
    cut = [i for i, steps in enumerate(taken) if 0 < steps < problem.steps[i]]
    fine = [i for i in cut if problem.steps[i] >= COARSE_STEPS]
    loose = 2 + len(cut) + sum(2 * -(-problem.worth[i] // problem.steps[i]) for i in fine)
    allowed = problem.policy.gap * score
    return loose + score // (CUT_PART if fine else WHOLE_PART) + math.floor(allowed)


def floor_slack(problem: Problem, taken: Sequence[int]) -> int:
    """The same for missed shares: two base units of each cut award that asks for many."""
    slack = MISS_SCALE // WHOLE_PART
    for floor in problem.floors:
        cut = sum(
            0 < taken[i] < problem.steps[i] and problem.asks[i].ask[floor.resource] >= COARSE_STEPS
            for i in floor.members
        )
        slack += -(-2 * cut * MISS_SCALE // floor.promised)
    return slack


def _value_phase(
    problem: Problem, missed: Fraction, start: tuple[int, ...] | None
) -> tuple[Phase, tuple[int, ...], tuple[tuple[tuple[str, ...], float], ...]] | None:
    def appraise(taken: tuple[int, ...]) -> Slate | None:
        allowed = missed + Fraction(floor_slack(problem, taken), MISS_SCALE) if missed else 0
        if missed_share(problem, taken) > allowed:
            return None
        score = total_points(problem, taken)
        return Slate(taken=taken, score=score, slack=value_slack(problem, taken, score))

    model = _tightened(problem, merit_model(problem, missed=missed))
    if model is None:
        return None
    searched, claimed = _search(problem, model, appraise(start) if start else None, appraise)
    if searched.finished and _is_open(problem, model, searched):
        roomy = _roomy_slate(problem, missed, searched, appraise)
        if roomy is not None:
            searched, claimed = _search(problem, model, roomy, appraise)
    if searched.best is None:
        return None
    prices = tuple(
        (row.about, price)
        for row, price in zip(model.rows, searched.nodes[0].prices.tolist(), strict=True)
        if row.kind == "limit" and price
    )
    return _phase("value", problem, model, searched, claimed), searched.best.taken, prices


def _is_open(problem: Problem, model: Model, searched: Searched) -> bool:
    """Says whether the boxes that the search closed hold more than the best slate explains."""
    best = searched.best
    if best is None:
        return True
    return prove(problem, model, searched, least=best.score).bound > best.score + best.slack


def _roomy_slate(
    problem: Problem, missed: Fraction, searched: Searched, appraise: Appraise
) -> Slate | None:
    """A better slate than a search that is through could round to, or None.

    Fractions that meet floors to the last unit may have no whole steps beside them; asking each
    floor for a unit more per member first gives fractions that can be rounded.
    """
    floors = tuple(replace(f, promised=f.promised + len(f.members)) for f in problem.floors)
    raised = replace(problem, floors=floors)
    gap = float(max(problem.policy.gap, Fraction(1, 10**9)))
    proposal = propose(raised, merit_model(raised, missed=missed), gap=gap)
    if proposal.fractions is None:
        return None
    slate, best = appraise(whole_steps(problem, proposal.fractions)), searched.best
    return slate if slate and (best is None or slate.score > best.score + best.slack) else None


def _floor_phase(problem: Problem) -> tuple[Phase, tuple[int, ...]]:
    def appraise(taken: tuple[int, ...]) -> Slate:
        score = _missed_score(missed_share(problem, taken))
        return Slate(taken=taken, score=score, slack=floor_slack(problem, taken))

    model = floor_model(problem)
    nothing = appraise((0,) * len(problem.asks))
    searched, claimed = _search(problem, model, nothing, appraise)
    if searched.best is None:
        raise InvariantBroken("granting nothing is always possible")
    return _phase("floors", problem, model, searched, claimed), searched.best.taken


def _search(
    problem: Problem, model: Model, best: Slate | None, appraise: Appraise
) -> tuple[Searched, float]:
    """A short search alone; where that does not settle it, one from HiGHS's proposal."""
    searched = Search(problem, model, appraise).run(best, most_solves=FIRST_SOLVES)
    if searched.finished:
        return searched, np.inf
    proposal = propose(problem, model, gap=float(max(problem.policy.gap, Fraction(1, 10**9))))
    slates = [searched.best]
    if proposal.fractions is not None:
        slates.append(appraise(whole_steps(problem, proposal.fractions)))
    best = max((s for s in slates if s), key=lambda s: s.score, default=None)
    if best is None or proposal.bound > best.score + best.slack:
        return Search(problem, model, appraise).run(best, most_solves=FIRST_SOLVES), proposal.bound
    most = MOST_SOLVES * min(MOST_FOR_SMALL, max(1, 1000 // max(1, len(problem.asks))))
    return Search(problem, model, appraise).run(best, most_solves=most), proposal.bound


def _phase(name: str, problem: Problem, model: Model, searched: Searched, claimed: float) -> Phase:
    best = searched.best
    if best is None:
        raise InvariantBroken("a phase without a slate has nothing to tell")
    proof = prove(problem, model, searched, least=best.score)
    bound, bound_class = proof.bound, "integer-certificate"
    if bound > best.score + best.slack and claimed < bound:
        bound, bound_class = max(best.score, int(np.ceil(claimed))), "solver"
    return Phase(
        name=name,
        value=best.score,
        bound=bound,
        slack=best.slack,
        solves=searched.solves,
        proof=proof,
        bound_class=bound_class,
    )


def _tightened(problem: Problem, model: Model) -> Model | None:
    """Adds the rows that fractions break at the root; None where not even fractions fit."""
    model = with_rows(model, twin_rows(problem))
    count, floors = len(problem.asks), len(problem.floors)
    top = np.concatenate([np.ones(count), np.full(floors, 1.0 if model.may_miss else 0.0)])
    for _ in range(CUT_ROUNDS):
        relaxed = Relaxation(model).solve(np.zeros(count + floors), top)
        if not np.isfinite(relaxed.value):
            return None
        rows = most_rows(problem, relaxed.columns[:count], model.rows)
        if not rows:
            break
        model = with_rows(model, rows)
    return model


def _missed_score(missed: Fraction) -> int:
    return -math.ceil(missed * MISS_SCALE)


def _retold(phase: Phase, reached: int, slack: int) -> Phase:
    """A phase as the last slate has it: later phases may move it by whole steps.

    The slate that ended the search may have had more cut awards, and so a larger slack, than the
    last one; what is stated is never more than twice what the last slate's own awards explain, and
    anything beyond that stays an open gap.
    """
    bound = max(phase.bound, reached)
    stated = slack if bound - reached <= slack else min(max(phase.slack, slack), 2 * slack)
    return replace(phase, value=reached, bound=bound, slack=stated)
