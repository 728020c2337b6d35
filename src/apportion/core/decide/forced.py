"""The best slate in which one request has a place, against the best in which it has none.

A decided round already proves what slates without a denied request can be worth. So a question
about that request needs only the other half: the slates that fund it. Each answer is a search of
that half that ran to its end; what lies within the tolerance of whole units is left unclear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import numpy as np

from apportion.core.decide.boxes import Steps, narrow, whole_box
from apportion.core.decide.cuts import CUT_ROUNDS, most_rows, twin_rows, with_rows
from apportion.core.decide.merit import value_slack
from apportion.core.decide.model import MISS_SCALE, Model, merit_model
from apportion.core.decide.phases import Settled, floor_slack
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Relaxation
from apportion.core.decide.room import missed_share, total_points
from apportion.core.decide.tree import Search, Searched, Slate

MOST_SOLVES = 3_000  # relaxations for one question
MARGIN = 4  # tolerances of whole units that two slates must lie apart to be told apart

Box = tuple[Steps, Steps] | None


class Contest(Enum):
    """Which half holds the better slate."""

    IN = "in"
    OUT = "out"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A round decided by merit at gap 0, as questions are asked of it. Units: micropoints."""

    problem: Problem
    taken: tuple[int, ...]
    value: int
    bound: int
    margin: int  # what two slates must lie apart to be told apart
    missed: Fraction
    model: Model  # with the rows that fractions break


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """The slates that keep to a box. Units: micropoints; `best` is below every slate not found."""

    taken: tuple[int, ...] | None  # None: none in it is worth more than what was to be beaten
    best: int
    finished: bool


def base_of(problem: Problem, settled: Settled) -> Base | None:
    """A decided round as a base for questions; None where its optimum is not proved."""
    phase = next((p for p in settled.phases if p.name == "value"), None)
    if phase is None or phase.bound - phase.value > phase.slack or problem.policy.gap:
        return None
    return Base(
        problem=problem,
        taken=settled.taken,
        value=phase.value,
        bound=phase.bound,
        margin=MARGIN * phase.slack,
        missed=settled.missed,
        model=_tightened(problem, settled.missed),
    )


def placed_box(problem: Problem, inside: Mapping[int, int], outside: Sequence[int] = ()) -> Box:
    """The box in which some take at least so many steps and others nothing; None where empty."""
    low, high = whole_box(problem)
    for i, steps in inside.items():
        low[i] = steps
    high[list(outside)] = 0
    return (low, high) if narrow(problem, low, high, range(len(problem.asks))) else None


def best_half(
    base: Base, changed: Problem, box: Box, *, beat: int, first: tuple[int, ...] = ()
) -> Half:
    """Searches the slates of a box for the best that is worth more than a number."""
    if box is None:
        return Half(taken=None, best=beat, finished=True)

    def appraise(taken: tuple[int, ...]) -> Slate | None:
        if any(not low <= n <= high for n, low, high in zip(taken, *box, strict=True)):
            return None
        allowed = base.missed and base.missed + Fraction(floor_slack(changed, taken), MISS_SCALE)
        if missed_share(changed, taken) > allowed:
            return None
        score = total_points(changed, taken)
        return Slate(taken=taken, score=score, slack=value_slack(changed, taken, score))

    start = Slate(taken=(), score=beat, slack=0)
    search = Search(changed, model_for(base, changed), appraise, first=first)
    searched: Searched = search.run(start, most_solves=MOST_SOLVES, within=box)
    best = searched.best
    if best is None or not best.taken:
        return Half(taken=None, best=beat, finished=searched.finished)
    return Half(taken=best.taken, best=best.score, finished=searched.finished)


def contest(base: Base, changed: Problem, i: int) -> tuple[Contest, Half]:
    """Says whether the best slate of a changed round funds a request that the base denies.

    Only what the request itself states may have changed: then slates without it are worth what
    they were worth.
    """
    if base.missed and loosened(base.problem, changed, i):
        return Contest.UNCLEAR, Half(taken=None, best=base.value, finished=False)
    box = placed_box(changed, {i: changed.least[i]})
    half = best_half(
        base, changed, box, beat=base.value - base.margin, first=placed_first(changed, i)
    )
    if half.taken is not None and half.best > base.bound + base.margin:
        return Contest.IN, half
    if half.finished and half.taken is None:
        return Contest.OUT, half
    return Contest.UNCLEAR, half


def open_contest(base: Base, changed: Problem, i: int) -> Contest:
    """The same for any change of the round: both halves are searched."""
    if base.missed:
        return Contest.UNCLEAR
    inside, outside = placed_box(changed, {i: changed.least[i]}), placed_box(changed, {}, (i,))
    first = best_half(base, changed, inside, beat=0, first=placed_first(changed, i))
    if first.taken is None:
        return Contest.OUT if first.finished else Contest.UNCLEAR
    second = best_half(base, changed, outside, beat=max(0, first.best - base.margin))
    if second.taken is None:
        return Contest.IN if second.finished else Contest.UNCLEAR
    apart = second.best > first.best + base.margin and first.finished
    return Contest.OUT if apart else Contest.UNCLEAR


def placed_first(problem: Problem, i: int) -> tuple[int, ...]:
    """A request after everything that it requires, directly or not."""
    found, waiting = [i], list(problem.needs[i])
    while waiting:
        j = waiting.pop()
        if j not in found:
            found.append(j)
            waiting += problem.needs[j]
    return tuple(found)


def loosened(problem: Problem, changed: Problem, i: int) -> bool:
    """Says whether a change of a request lets slates exist that did not."""
    before, after = problem.asks[i], changed.asks[i]
    return (before.ask, before.minimum) != (after.ask, after.minimum)


def model_for(base: Base, changed: Problem) -> Model:
    """The base's model for a changed round: rows that the change may have made untrue are left out."""
    moved = {
        i
        for i, (old, new) in enumerate(zip(base.problem.asks, changed.asks, strict=True))
        if old != new
    }
    fresh = merit_model(changed, missed=base.missed)
    if changed.limits != base.problem.limits:
        return with_rows(fresh, twin_rows(changed))
    kept = tuple(
        row
        for row in base.model.rows
        if row.kind in {"twin", "most"} and not moved & {*row.columns}
    )
    return with_rows(fresh, kept)


def _tightened(problem: Problem, missed: Fraction) -> Model:
    """The model with the rows that fractions break at the root."""
    model = with_rows(merit_model(problem, missed=missed), twin_rows(problem))
    count = len(problem.asks)
    top = np.array(model.highest(count), float)
    for _ in range(CUT_ROUNDS):
        relaxed = Relaxation(model).solve(np.zeros(len(model.gains)), top)
        if not np.isfinite(relaxed.value):
            break
        rows = most_rows(problem, relaxed.columns[:count], model.rows)
        if not rows:
            break
        model = with_rows(model, rows)
    return model
