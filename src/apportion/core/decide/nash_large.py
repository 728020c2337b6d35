"""Nash welfare for a round too large to search: its relaxation, and the core that it leaves open.

At the best fractions the logarithms are as steep as their tangents there, so the prices of the
relaxation bound the sum of the tangents, and with it every slate. Along these tangents the core is
solved like a sum of points; the slate that comes of it is scored with the logarithms themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from apportion.core.decide.certificate import PRICE_SCALE
from apportion.core.decide.columns import Columns, Ints, columns_of, whole_numbers
from apportion.core.decide.large import in_order_drawn, phase_of
from apportion.core.decide.large_proof import one_box
from apportion.core.decide.model import MISS_SCALE
from apportion.core.decide.nash import Balance
from apportion.core.decide.phases import Phase, Settled, floor_slack, missed_score, retold
from apportion.core.decide.problem import Problem
from apportion.core.decide.scale import (
    Scaled,
    filled,
    least_missed,
    missed_by,
    possible_in,
    searched_from,
)
from apportion.core.decide.sift_nash import Balanced, sift_nash
from apportion.core.decide.weigh import Stakes, hopeless_by_limit
from apportion.core.decide.welfare import EVEN_PART, NATS, nats, nats_above
from apportion.core.decide.worth import MICROPOINTS
from apportion.core.faults import InvariantBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A slate of a large round and the tangents that bound it. Units: 1e-12 nats; micropoints."""

    scaled: Scaled
    touching: tuple[int, ...]  # where each area's tangent touches its logarithm
    bound: int


def settle_nash_large(problem: Problem) -> Settled:
    """Least missed floors, then the largest product over areas, then the draw among those alike."""
    columns, gap = columns_of(problem), problem.policy.gap
    aim = Balance(problem)
    area = _areas(problem, aim.areas)
    phases: list[Phase] = []
    missed = Fraction(0)
    found = largest_product(columns, area, missed=missed, gap=gap)
    if found is None:
        least = least_missed(columns)
        phases.append(phase_of(problem, columns, "floors", least, None))
        missed = least.missed
        found = largest_product(columns, area, missed=missed, gap=gap, start=least.taken)
    if found is None:
        raise InvariantBroken("a slate that was feasible is not")
    given = filled(columns, found.scaled.taken)
    drawn = in_order_drawn(columns, given)
    taken = tuple(drawn.tolist())
    left, moved = missed_by(columns, drawn), int((drawn != given).sum()) // 2
    phases = [retold(p, missed_score(left), floor_slack(problem, taken)) for p in phases]
    phases += [
        _welfare_phase(problem, columns, aim, found, taken, missed=missed),
        Phase(name="draw", value=moved, bound=moved, slack=0, solves=0, proof=None),
    ]
    prices = zip(columns.bounds, found.scaled.prices.tolist(), strict=False)
    held = tuple((bound.about, price) for bound, price in prices if price)
    return Settled(taken=taken, missed=left, phases=tuple(phases), prices=held)


def largest_product(
    columns: Columns,
    area: Ints,
    *,
    missed: Fraction,
    gap: Fraction,
    start: Ints | None = None,
) -> Product | None:
    """The largest sum over areas of ln(1 + points) at no more than these missed shares.

    The core is grown until the gap, a part of that sum, is proved; tangents bring less than they
    are worth, so the same gap is a larger part of what they bring.

    Shape: area names, per request, the area among whom the round is shared out.
    """
    budget = _budget(missed)
    possible = possible_in(columns, hopeless_by_limit(columns))
    relaxed = sift_nash(columns, area, budget=budget, possible=possible)
    if relaxed is None:
        return None
    touching = tuple(round(points) for points in relaxed.points.tolist())
    above = np.array([MICROPOINTS + at for at in touching], object)
    gains = -(-NATS * columns.worth.astype(object) // above[area])
    along = replace(columns, worth=whole_numbers(gains.tolist()))
    stakes = Stakes(gains=along.worth, budget=budget)
    near = (
        (gap + Fraction(1, EVEN_PART)) * sum(map(nats, touching)) / max(1, _along(gains, relaxed))
    )
    scaled = searched_from(along, stakes, relaxed.sifted, missed, gap=near, start=start)
    if scaled is None:
        return None
    bound = scaled.weighed.bound + sum(_height(at) for at in touching)
    return Product(scaled=scaled, touching=touching, bound=bound)


def _along(gains: Ints, relaxed: Balanced) -> int:
    """What the relaxation's fractions bring along the tangents."""
    return int(gains.astype(float) @ relaxed.sifted.fractions)


def _height(at: int) -> int:
    """A tangent's value at nothing, rounded up."""
    return nats_above(at) - NATS * at // (MICROPOINTS + at)


def _budget(missed: Fraction) -> int | None:
    return -(-missed.numerator * MISS_SCALE // missed.denominator) if missed else None


def _areas(problem: Problem, areas: Sequence[str]) -> Ints:
    """The position of each request's area; who asks for nothing of worth may stand anywhere."""
    seats = {area: place for place, area in enumerate(areas)}
    return np.array([seats.get(ask.area, 0) for ask in problem.asks], np.int64)


def _welfare_phase(
    problem: Problem,
    columns: Columns,
    aim: Balance,
    found: Product,
    taken: tuple[int, ...],
    *,
    missed: Fraction,
) -> Phase:
    score = aim.score(problem, taken)
    proof = one_box(
        problem,
        columns,
        found.scaled.weighed,
        _budget(missed),
        may_miss=bool(missed),
        added=[
            (aim.tangent(place, at), PRICE_SCALE)
            for place, at in enumerate(found.touching)
            if place < len(aim.areas)
        ],
    )
    slack = aim.slack(problem, taken, score)
    return Phase(
        name=aim.name,
        value=score,
        bound=max(found.bound, score),
        slack=slack,
        solves=found.scaled.programs,
        proof=replace(proof, bound=found.bound),
    )
