"""The merit objective for a round too large to search: the scale path, told as phases with proofs."""

from fractions import Fraction

import numpy as np

from apportion.core.decide.columns import Columns, Ints, columns_of
from apportion.core.decide.large_proof import searched_proof
from apportion.core.decide.model import MISS_SCALE
from apportion.core.decide.phases import Phase, Settled, floor_slack, missed_score, retold
from apportion.core.decide.problem import Problem
from apportion.core.decide.scale import (
    Scaled,
    filled,
    least_missed,
    missed_by,
    most_value,
    value_allowance,
    value_of,
)
from apportion.core.faults import InvariantBroken


def settle_large(problem: Problem) -> Settled:
    """Least missed floors, then the most value at that, then the draw among those alike.

    In a round this large the draw speaks between requests alike in all but their name; between
    others of equal worth it does not, since asking each pair would take longer than deciding.
    """
    columns, gap = columns_of(problem), problem.policy.gap
    phases: list[Phase] = []
    missed = Fraction(0)
    found = most_value(columns, missed=missed, gap=gap)
    if found is None:
        least = least_missed(columns)
        phases.append(phase_of(problem, columns, "floors", least, None))
        missed = least.missed
        found = most_value(columns, missed=missed, gap=gap, start=least.taken)
    if found is None:
        raise InvariantBroken("a slate that was feasible is not")
    given = filled(columns, found.taken)
    drawn = in_order_drawn(columns, given)
    value, left = value_of(columns, drawn), missed_by(columns, drawn)
    taken = tuple(drawn.tolist())
    moved = int((drawn != given).sum()) // 2
    budget = -(-missed.numerator * MISS_SCALE // missed.denominator) if missed else None
    phases = [retold(p, missed_score(left), floor_slack(problem, taken)) for p in phases]
    phases += [
        retold(
            phase_of(problem, columns, "value", found, budget),
            value,
            value_allowance(columns, drawn, value, gap),
        ),
        Phase(name="draw", value=moved, bound=moved, slack=0, solves=0, proof=None),
    ]
    prices = tuple(
        (limit.about, price)
        for limit, price in zip(columns.limits, found.prices.tolist(), strict=False)
        if price
    )
    return Settled(taken=taken, missed=left, phases=tuple(phases), prices=prices)


def in_order_drawn(columns: Columns, taken: Ints) -> Ints:
    """Among requests alike in all but their name, the one drawn first takes the most."""
    linked = np.zeros(columns.count, bool)
    for members in columns.labels:
        linked[members] = True
    linked[columns.needs.ravel()] = True
    free = np.flatnonzero(~linked & (columns.worth > 0))
    keys = [columns.worth, columns.least, columns.family, *columns.demand]
    codes = [np.unique(key[free], return_inverse=True)[1] for key in keys]
    order = free[np.lexsort((columns.draw[free], *codes))]
    seat = np.argsort(free)[np.searchsorted(free, order)]
    code = np.array(codes)[:, seat]
    starts = np.ones(len(order), bool)
    starts[1:] = (code[:, 1:] != code[:, :-1]).any(axis=0)
    ends = np.append(np.flatnonzero(starts), len(order))
    drawn = taken.copy()
    for first, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        if end - first > 1:
            twins = order[first:end]
            drawn[twins] = np.sort(taken[twins])[::-1]
    return drawn


def phase_of(
    problem: Problem, columns: Columns, name: str, found: Scaled, budget: int | None
) -> Phase:
    """What the scale path did, as a phase with its proof."""
    slack = (
        floor_slack(problem, found.taken.tolist())
        if name == "floors"
        else value_allowance(columns, found.taken, found.score, problem.policy.gap)
    )
    may_miss = name == "floors" or budget is not None
    proof = searched_proof(problem, columns, found, budget, may_miss=may_miss)
    return Phase(
        name=name,
        value=found.score,
        bound=found.bound,
        slack=slack,
        solves=found.programs,
        proof=proof,
    )
