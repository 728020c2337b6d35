"""Posted prices: what a unit of each limit is worth at the margin, and what a minimum costs at them.

They come from the relaxation, where fractions below a minimum count, so what they say about one
request is an estimate. A floor of the request's own area takes off what it is promised there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apportion.core.decide.columns import Columns, Floats, floats
from apportion.core.decide.problem import Problem

WORTH_TELLING = 0.005  # a row with a smaller share of the cost is left out of the sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a minimum costs. Units: micropoints; parts name the row and add up to the total.

    Shape: a part is about (kind, owner, resource) of a limit or (area, resource) of a floor, the
    dearest first; those of floors are less than nothing.
    """

    total: float
    parts: tuple[tuple[tuple[str, ...], float], ...]

    @property
    def shares(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        """The limits with their whole per cents of what is charged, the largest first."""
        charged = sum(cost for _, cost in self.parts if cost > 0)
        found = [(about, cost / charged) for about, cost in self.parts if cost > 0]
        return tuple(
            (about, round(100 * share)) for about, share in found if share >= WORTH_TELLING
        )


def cost_of_minimum(problem: Problem, i: int, prices: Mapping[tuple[str, ...], float]) -> Cost:
    """What the minimum of one request costs, row by row."""
    ask, share = problem.asks[i].ask, problem.least[i] / problem.steps[i]
    parts: list[tuple[tuple[str, ...], float]] = []
    for place in problem.limits_of[i]:
        limit = problem.limits[place]
        parts.append((limit.about, prices.get(limit.about, 0.0) * share * ask[limit.resource]))
    for place in problem.floors_of[i]:
        floor = problem.floors[place]
        about = floor.about
        parts.append((about, -prices.get(about, 0.0) * share * ask[floor.resource]))
    dear = sorted((p for p in parts if p[1]), key=lambda part: (-part[1], part[0]))
    return Cost(total=sum(cost for _, cost in dear), parts=tuple(dear))


def costs_of_minima(columns: Columns, prices: Mapping[tuple[str, ...], float]) -> Floats:
    """What every minimum costs, in one pass over the columns. Units: micropoints."""
    families = int(columns.family.max(initial=-1)) + 1
    per_unit = np.zeros((len(columns.resources), families))
    for sign, bounds in ((1.0, columns.limits), (-1.0, columns.floors)):
        for bound in bounds:
            per_unit[bound.resource] += sign * prices.get(bound.about, 0.0) * bound.families
    costs = np.zeros(columns.count)
    for resource, demand in enumerate(columns.demand):
        costs += floats(demand) * per_unit[resource][columns.family]
    return costs * (floats(columns.least) / floats(columns.steps))
