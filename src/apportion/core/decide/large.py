"""The merit objective for a round too large to search: the scale path, told as phases with proofs."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from apportion.core.decide.certificate import Proof, ProofNode
from apportion.core.decide.columns import Columns, Ints, columns_of
from apportion.core.decide.links import rivals
from apportion.core.decide.model import MISS_SCALE, Row
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
from apportion.core.decide.weigh import Weighed, hopeless_by_limit
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
    proof = one_box(
        problem, columns, found.weighed, budget, may_miss=name == "floors" or budget is not None
    )
    return Phase(
        name=name,
        value=found.score,
        bound=max(found.weighed.bound, found.score),
        slack=slack,
        solves=found.programs,
        proof=proof,
    )


def one_box(
    problem: Problem,
    columns: Columns,
    weighed: Weighed,
    budget: int | None,
    *,
    may_miss: bool,
    added: Sequence[tuple[Row, int]] = (),
) -> Proof:
    """One box, that of everything, closed by the prices; an aim may add rows with theirs."""
    priced = [*_priced_rows(problem, columns, weighed, budget), *added]
    prices = {place: price for place, (_, price) in enumerate(priced)}
    return Proof(
        rows=tuple(row for row, _ in priced),
        nodes=(ProofNode(prices=prices),),
        bound=weighed.bound,
        may_miss=may_miss,
    )


def _priced_rows(
    problem: Problem, columns: Columns, weighed: Weighed, budget: int | None
) -> Iterator[tuple[Row, int]]:
    asks, count = problem.asks, len(problem.asks)
    for k, price in weighed.limits.items():
        limit = problem.limits[k]
        uses = tuple(asks[i].ask[limit.resource] for i in limit.members)
        yield _row("limit", limit.about, limit.members, uses, limit.bound), price
    for k, price in weighed.floors.items():
        floor = problem.floors[k]
        gives = tuple(-asks[i].ask[floor.resource] for i in floor.members)
        places, uses = (*floor.members, count + k), (*gives, -floor.promised)
        yield _row("floor", (floor.area, floor.resource), places, uses, -floor.promised), price
    if budget is not None and weighed.budget:
        places = tuple(range(count, count + len(problem.floors)))
        yield _row("missed", (), places, (MISS_SCALE,) * len(places), budget), weighed.budget
    alike = rivals(problem.labels, problem.needs)
    for k, price in weighed.labels.items():
        if k < len(problem.labels):
            label, members = problem.labels[k]
            yield _row("either_or", (label,), members, (1,) * len(members), 1), price
        else:
            label, members = alike[k - len(problem.labels)]
            about = (label, *(asks[i].id for i in members))
            yield _row("rivals", about, members, (1,) * len(members), 1), price
    for k, price in weighed.needs.items():
        i, j = columns.needs[k].tolist()
        about = (asks[i].id, asks[j].id)
        yield _row("requires", about, (i, j), (problem.least[j], -problem.steps[j]), 0), price
    never = hopeless_by_limit(columns)
    for k, price in weighed.hopeless.items():
        members = tuple(never[k].tolist())
        yield _row("most", problem.limits[k].about, members, (1,) * len(members), 0), price


def _row(
    kind: str, about: tuple[str, ...], columns: tuple[int, ...], uses: tuple[int, ...], bound: int
) -> Row:
    return Row(kind=kind, about=about, columns=columns, coefficients=uses, bound=bound)
