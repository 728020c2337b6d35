"""What every searching objective does: floors first, then its own aim, each phase with its proof."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.certificate import Proof, prove
from apportion.core.decide.cuts import CUT_ROUNDS, most_rows, twin_rows, with_rows
from apportion.core.decide.model import MISS_SCALE, Model, Row, floor_model
from apportion.core.decide.problem import Problem
from apportion.core.decide.propose import propose
from apportion.core.decide.relaxation import Floats, Relaxation
from apportion.core.decide.room import Room, missed_share
from apportion.core.decide.rounding import fill, whole_steps
from apportion.core.decide.ties import settle_ties
from apportion.core.decide.tree import Appraise, Search, Searched, Slate
from apportion.core.faults import InvariantBroken

FIRST_SOLVES = 600  # before HiGHS is asked for a slate to start from
NODES_A_SOLVE = 10  # nodes that HiGHS may open for each relaxation of the search before it
MOST_SOLVES = 4_000  # relaxations at 1,000 requests, where one takes about a millisecond
MOST_FOR_SMALL = 4  # times as many where there are fewer requests and each is quicker
MOST_SHARPENED = 40  # times that an aim may add rows before the search, and after it
WHOLE_PART = 10**9  # one part in this is the finest that any proof of ours speaks of
CUT_PART = 10**7  # where awards are cut, rounding one may move others too: one part in this

Prices = tuple[tuple[tuple[str, ...], float], ...]


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
    prices: Prices  # what a unit of each limit and floor is worth


class Aim(Protocol):
    """What a phase maximises: rows and gains that bound it, and the exact score of a slate."""

    name: str  # the phase's
    by_area: bool  # whether it matters in which area an award lies
    is_told: bool  # whether its phase belongs to the decision, or only led to the next
    patience: int  # relaxations before HiGHS is asked; the search after it has more in proportion

    def model(self, problem: Problem, missed: Fraction) -> Model:
        """The rows and gains at no more than the given total of missed shares."""

    def score(self, problem: Problem, taken: Sequence[int]) -> int | None:
        """Counts what a slate is worth, exactly; None where the aim does not admit it."""

    def slack(self, problem: Problem, taken: Sequence[int], score: int) -> int:
        """Counts what whole numbers may cost, and the gap that the policy allows."""

    def sharper(self, problem: Problem, model: Model, columns: Floats) -> tuple[Row, ...]:
        """Rows that bound the aim more closely at these columns; none where it is close enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where a phase ended."""

    phase: Phase
    taken: tuple[int, ...]
    prices: Prices


def settle_one(problem: Problem, aim: Aim) -> Settled:
    """Least missed floors, then one aim at that, then the draw."""

    def only(before: tuple[Reached, ...]) -> Aim | None:
        return None if before else aim

    return settle_aims(problem, only)


def settle_aims(problem: Problem, next_aim: Callable[[tuple[Reached, ...]], Aim | None]) -> Settled:
    """Least missed floors, then one aim after the other at that, then the draw has its say.

    `next_aim` is told what the aims before it reached, and ends with None.
    """
    aim = next_aim(())
    if aim is None:
        raise InvariantBroken("an objective without an aim")
    phases: list[Phase] = []
    missed = Fraction(0)
    reached = aim_phase(problem, aim, missed, None)
    if reached is None:
        floors, start = floor_phase(problem)
        phases.append(floors)
        missed = missed_share(problem, start)
        reached = aim_phase(problem, aim, missed, start)
    done: list[tuple[Aim, Reached]] = []
    while aim is not None:
        if reached is None:
            raise InvariantBroken("a slate that was feasible is not")
        done.append((aim, reached))
        aim = next_aim(tuple(r for _, r in done))
        reached = aim_phase(problem, aim, missed, reached.taken) if aim else None
    last, room = done[-1], Room.of(problem, done[-1][1].taken)
    moved = settle_ties(room, within_areas=last[0].by_area)
    fill(room, sorted(range(len(problem.asks)), key=problem.draw.__getitem__))
    taken = tuple(room.taken)
    left = missed_share(problem, taken)
    phases = [retold(p, missed_score(left), floor_slack(problem, taken)) for p in phases]
    phases += [
        _as_it_ended(problem, aim, reached.phase, taken) for aim, reached in done if aim.is_told
    ]
    phases.append(Phase(name="draw", value=moved, bound=moved, slack=0, solves=0, proof=None))
    return Settled(taken=taken, missed=left, phases=tuple(phases), prices=last[1].prices)


def _as_it_ended(problem: Problem, aim: Aim, phase: Phase, taken: tuple[int, ...]) -> Phase:
    score = aim.score(problem, taken)
    if score is None:
        raise InvariantBroken("the draw undid what an earlier aim had reached")
    return retold(phase, score, aim.slack(problem, taken, score))


def floor_phase(problem: Problem) -> tuple[Phase, tuple[int, ...]]:
    """Finds a slate that misses the least total of shares of what areas were promised."""

    def appraise(taken: tuple[int, ...]) -> Slate:
        score = missed_score(missed_share(problem, taken))
        return Slate(taken=taken, score=score, slack=floor_slack(problem, taken))

    model = floor_model(problem)
    nothing = appraise((0,) * len(problem.asks))
    searched, claimed = _search(problem, model, nothing, appraise, FIRST_SOLVES)
    if searched.best is None:
        raise InvariantBroken("granting nothing is always possible")
    return _phase("floors", problem, model, searched, claimed), searched.best.taken


def aim_phase(
    problem: Problem, aim: Aim, missed: Fraction, start: tuple[int, ...] | None
) -> Reached | None:
    """Finds the best slate for an aim; None where nothing fits without missing more of the floors."""

    def appraise(taken: tuple[int, ...]) -> Slate | None:
        allowed = missed + Fraction(floor_slack(problem, taken), MISS_SCALE) if missed else 0
        if missed_share(problem, taken) > allowed:
            return None
        score = aim.score(problem, taken)
        if score is None:
            return None
        return Slate(taken=taken, score=score, slack=aim.slack(problem, taken, score))

    model = _tightened(problem, aim, aim.model(problem, missed))
    if model is None:
        return None
    best = appraise(start) if start else None
    model, searched, claimed = _sharpened_search(problem, aim, model, best, appraise)
    if searched.finished and _is_open(problem, model, searched):
        roomy = _roomy_slate(problem, aim, missed, searched, appraise)
        if roomy is not None:
            model, searched, claimed = _sharpened_search(problem, aim, model, roomy, appraise)
    if searched.best is None:
        return None
    prices = tuple(
        (row.about, price)
        for row, price in zip(model.rows, searched.nodes[0].prices.tolist(), strict=False)
        if row.kind in {"limit", "floor"} and price
    )
    phase = _phase(aim.name, problem, model, searched, claimed)
    return Reached(phase=phase, taken=searched.best.taken, prices=prices)


def floor_slack(problem: Problem, taken: Sequence[int]) -> int:
    """What whole units may cost missed shares: two base units of each cut award that asks for many."""
    slack = MISS_SCALE // WHOLE_PART
    for floor in problem.floors:
        cut = sum(
            0 < taken[i] < problem.steps[i] and problem.asks[i].ask[floor.resource] >= COARSE_STEPS
            for i in floor.members
        )
        slack += -(-2 * cut * MISS_SCALE // floor.promised)
    return slack


def missed_score(missed: Fraction) -> int:
    """Counts missed shares as a gain: the fewer the better, rounded down."""
    return -math.ceil(missed * MISS_SCALE)


def retold(phase: Phase, reached: int, slack: int) -> Phase:
    """A phase as the last slate has it: later phases may move it by whole steps.

    The slate that ended the search may have had more cut awards, and so a larger slack, than the
    last one; what is stated is never more than twice what the last slate's own awards explain, and
    anything beyond that stays an open gap.
    """
    bound = max(phase.bound, reached)
    stated = slack if bound - reached <= slack else min(max(phase.slack, slack), 2 * slack)
    return replace(phase, value=reached, bound=bound, slack=stated)


def _is_open(problem: Problem, model: Model, searched: Searched) -> bool:
    """Says whether the boxes that the search closed hold more than the best slate explains."""
    best = searched.best
    if best is None:
        return True
    return prove(problem, model, searched, least=best.score).bound > best.score + best.slack


def _roomy_slate(
    problem: Problem, aim: Aim, missed: Fraction, searched: Searched, appraise: Appraise
) -> Slate | None:
    """A better slate than a search that is through could round to, or None.

    Fractions that meet floors to the last unit may have no whole steps beside them; asking each
    floor for a unit more per member first gives fractions that can be rounded.
    """
    floors = tuple(replace(f, promised=f.promised + len(f.members)) for f in problem.floors)
    raised = replace(problem, floors=floors)
    model = _tightened(raised, aim, aim.model(raised, missed))
    if model is None:
        return None
    gap = float(max(problem.policy.gap, Fraction(1, 10**9)))
    proposal = propose(raised, model, gap=gap, nodes=NODES_A_SOLVE * aim.patience)
    if proposal.fractions is None:
        return None
    slate, best = appraise(whole_steps(problem, proposal.fractions)), searched.best
    return slate if slate and (best is None or slate.score > best.score + best.slack) else None


def _sharpened_search(
    problem: Problem, aim: Aim, model: Model, best: Slate | None, appraise: Appraise
) -> tuple[Model, Searched, float]:
    """Searches, and again with closer rows while a whole slate seems better than it is."""
    for _ in range(MOST_SHARPENED):
        searched, claimed = _search(problem, model, best, appraise, aim.patience)
        rows: tuple[Row, ...] = ()
        for columns in searched.overrated:
            rows += aim.sharper(problem, with_rows(model, rows), columns)
        if not rows or not searched.finished:
            break
        model, best = with_rows(model, rows), searched.best
    return model, searched, claimed


def _search(
    problem: Problem, model: Model, best: Slate | None, appraise: Appraise, patience: int
) -> tuple[Searched, float]:
    """A short search alone; where that does not settle it, one from HiGHS's proposal."""
    searched = Search(problem, model, appraise).run(best, most_solves=patience)
    if searched.finished or patience <= 1:
        return searched, np.inf
    gap = float(max(problem.policy.gap, Fraction(1, 10**9)))
    proposal = propose(problem, model, gap=gap, nodes=NODES_A_SOLVE * patience)
    slates = [searched.best]
    if proposal.fractions is not None:
        slates.append(appraise(whole_steps(problem, proposal.fractions)))
    best = max((s for s in slates if s), key=lambda s: s.score, default=None)
    if best is None or proposal.bound > best.score + best.slack:
        return Search(problem, model, appraise).run(best, most_solves=patience), proposal.bound
    most = MOST_SOLVES * min(MOST_FOR_SMALL, max(1, 1000 // max(1, len(problem.asks))))
    most = most * patience // FIRST_SOLVES
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


def _tightened(problem: Problem, aim: Aim, model: Model) -> Model | None:
    """Adds the rows that fractions break at the root; None where not even fractions fit."""
    model = with_rows(model, twin_rows(problem))
    low, high = np.zeros(len(model.gains)), model.highest(len(problem.asks))
    for rounds, with_most in ((MOST_SHARPENED, False), (CUT_ROUNDS, True)):
        for _ in range(rounds):
            relaxed = Relaxation(model).solve(low, np.array(high))
            if not np.isfinite(relaxed.value):
                return None
            rows = aim.sharper(problem, model, relaxed.columns)
            if with_most:
                rows += most_rows(problem, relaxed.columns[: len(problem.asks)], model.rows)
            if not rows:
                break
            model = with_rows(model, rows)
    return model
