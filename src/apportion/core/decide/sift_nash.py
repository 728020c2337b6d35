"""The relaxation of Nash welfare for a large round: sifted like a sum, with a logarithm per area.

The program of the working set has one column more per area, which stands for its logarithm and is
held down by tangents; they are added where the last solution shows a logarithm too high, and the
program goes on from there. The prices of the tangents tell what a point is worth in each area, and
with that requests outside the working set are looked at as in any sum.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from apportion.core.decide.columns import Columns, Flags, Floats, Ints, floats
from apportion.core.decide.components import Links, links_of
from apportion.core.decide.programs import check_solved
from apportion.core.decide.sift import (
    Aimed,
    Level,
    Sifted,
    samples_of,
)
from apportion.core.decide.welfare import NATS
from apportion.core.decide.worth import MICROPOINTS
from apportion.core.faults import InvariantBroken

CLOSE = 3e-9  # a logarithm stated this part of the largest too high is close enough
MOST_TANGENTS = 60
SPREAD = 3.0  # before anything is known, an area is taken to get one part in three of what it asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """A relaxation solved. Units: points per area in micropoints, the value in 1e-12 nats."""

    sifted: Sifted
    points: Floats
    value: float


def sift_nash(
    columns: Columns, area: Ints, *, budget: int | None, possible: Flags
) -> Balanced | None:
    """Solves the relaxation of Nash welfare; None where the floors cannot hold.

    Shape: area names, per request, the area among whom the round is shared out.
    """
    whole = np.bincount(area, floats(columns.worth))
    weights = NATS / (MICROPOINTS + whole / SPREAD)
    prices = np.zeros(len(columns.bounds) + 1)
    samples = samples_of(columns, possible)
    programs = 0
    for place, members in enumerate(samples):
        last = place == len(samples) - 1
        links = links_of(columns) if last else None
        level = NashLevel(columns, area, weights, members, budget=budget, links=links)
        prices = level.run(prices / level.share) * level.share
        weights = level.weights
        programs += level.programs
    if level.overflows:
        return None
    sifted = level.sifted(programs - level.programs)
    points = floats(np.bincount(area, floats(columns.worth) * sifted.fractions, len(whole)))
    value = NATS * float(np.log1p(points / MICROPOINTS).sum())
    return Balanced(sifted=sifted, points=points, value=value)


class NashLevel(Level):
    """One round, or a sample of it in which every request stands for several like it."""

    def __init__(
        self,
        columns: Columns,
        area: Ints,
        weights: Floats,
        members: Ints,
        *,
        budget: int | None,
        links: Links | None,
    ) -> None:
        worth = floats(columns.worth)
        asked = np.bincount(area, worth)
        present = np.bincount(area[members], worth[members], len(asked))
        self.area = area[members]
        self.worth = worth[members] * (asked / np.maximum(present, 1e-300))[self.area]
        self.weights = weights
        self.largest = NATS * np.log1p(asked / MICROPOINTS)
        gains = np.zeros(columns.count)
        gains[members] = self.worth * weights[self.area]
        super().__init__(columns, Aimed(gains=gains, budget=budget), members, links=links)
        self.gain = max(1.0, float(self.largest.max(initial=0.0)))
        self.share = np.append(self._share(), 1.0)

    def _share(self) -> Floats:
        """The part of each row's bound that a sample has."""
        whole = np.array([float(b.amount) for b in self.columns.bounds])
        share: Floats = np.where(whole > 0, self.amounts / np.maximum(whole, 1.0), 1.0)
        return np.maximum(share, 1e-300)

    def _run(self, highs: highspy.Highs, chosen: Ints) -> None:
        """Adds the logarithms, and tangents until the solution lies on them."""
        area, worth = self.area[chosen], self.worth[chosen]
        first, rows = highs.getNumCol(), highs.getNumRow()
        spots = np.arange(len(chosen), dtype=np.int32)
        highs.changeColsCost(len(chosen), spots, np.zeros(len(chosen)))
        outside = self.whole & ~self.working
        sure = np.bincount(self.area[outside], self.worth[outside], len(self.largest))
        present = np.flatnonzero(self.largest)
        for place in present.tolist():
            highs.addCol(-self.largest[place] / self.gain, 0.0, 1.0, 0, [], [])
        inside = [np.flatnonzero(area == place).astype(np.int32) for place in present.tolist()]
        steep: list[tuple[int, float]] = []

        def touch(k: int, at: float) -> None:
            """Adds the tangent of an area's logarithm where it has so many micropoints."""
            place = int(present[k])
            slope = NATS / (MICROPOINTS + at) / self.largest[place]
            height = NATS * np.log1p(at / MICROPOINTS) / self.largest[place]
            places = np.append(inside[k], first + k).astype(np.int32)
            values = np.append(-slope * worth[inside[k]], 1.0)
            upper = height + slope * (sure[place] - at)
            highs.addRow(-highspy.kHighsInf, upper, len(places), places, values)
            steep.append((place, slope * self.largest[place]))

        for k, place in enumerate(present.tolist()):
            near = max(0.0, NATS / self.weights[place] - MICROPOINTS)
            for at in (near / 2, near, 2 * near):
                touch(k, at)
        for _ in range(MOST_TANGENTS):
            highs.run()
            check_solved(highs)
            values = np.array(highs.getSolution().col_value)
            points = sure + np.bincount(area, worth * values[: len(chosen)], len(sure))
            stated = values[first:] * self.largest[present]
            over = stated - NATS * np.log1p(points[present] / MICROPOINTS)
            wrong = np.flatnonzero(over > CLOSE * self.largest[present])
            if not wrong.size:
                break
            for k in wrong.tolist():
                touch(k, float(points[present[k]]))
        else:
            raise InvariantBroken("the tangents did not come to an end")
        self._learn(np.array(highs.getSolution().row_dual)[rows:], steep)

    def _learn(self, duals: Floats, steep: list[tuple[int, float]]) -> None:
        """What a point is worth in each area: the slopes of its tangents by their prices."""
        weights = np.zeros(len(self.largest))
        for (place, slope), dual in zip(steep, duals.tolist(), strict=True):
            if self.largest[place]:
                weights[place] += max(0.0, -dual) * slope * self.gain / self.largest[place]
        self.weights = np.where(weights > 0, weights, self.weights)
        self.gains = self.worth * self.weights[self.area]
