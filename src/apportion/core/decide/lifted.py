"""Bounds a box of the whole round, in integers, by the prices of a search of its core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apportion.core.decide.certificate import PRICE_SCALE
from apportion.core.decide.columns import LONGEST, Columns, Floats, Ints, exact_sum, greatest
from apportion.core.decide.model import MISS_SCALE, Row
from apportion.core.decide.weigh import Stakes

COARSEST = 10**3
PARTS = tuple(10.0**-power for power in range(1, 9))  # of a ray, added to the prices above


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Prices of a box and the bound that they prove. Shape: prices map a row of the core's model."""

    prices: Mapping[int, int]  # in units of 1e-12
    bound: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A box priced: total and reduced are in units of 1 / scale of a gain unit."""

    prices: Mapping[int, int]  # in units of 1e-12
    total: int
    scale: int
    reduced: Ints


class Lift:
    """Prices rows of a core's model over all requests of the round."""

    def __init__(
        self, columns: Columns, stakes: Stakes, members: Ints, rows: Sequence[Row]
    ) -> None:
        self._columns, self._stakes, self._members, self._rows = columns, stakes, members, rows
        limits = {b.about: k for k, b in enumerate(columns.limits)}
        floors = {b.about: k for k, b in enumerate(columns.floors)}
        self._bounds = {
            place: limits[row.about] if row.kind == "limit" else len(limits) + floors[row.about]
            for place, row in enumerate(rows)
            if row.kind in {"limit", "floor"}
        }
        self._most = [greatest(row) for row in columns.demand]
        self._gain = greatest(stakes.gains)
        held = (stakes.gains, columns.demand, columns.steps, columns.least)
        self._small = all(values.dtype != object for values in held)

    def close(self, prices: Floats, above: Floats, box: tuple[Ints, Ints], target: int) -> Closed:
        """Bounds a box; one in which the core found no room by prices between those above and a ray."""
        closed = self._closed(prices, box)
        if closed.bound <= target or not prices.any():
            return closed
        for part in PARTS:
            tried = self._closed(above + part * prices, box)
            closed = min(closed, tried, key=lambda each: each.bound)
            if closed.bound <= target:
                break
        return closed

    def _closed(self, prices: Floats, box: tuple[Ints, Ints]) -> Closed:
        priced = self.priced(prices, box)
        return Closed(prices=priced.prices, bound=-(-priced.total // priced.scale))

    def priced(self, prices: Floats, box: tuple[Ints, Ints]) -> Priced:
        """Prices a box and says what each request is worth beyond its price."""
        whole, scale = self._rounded(prices)
        total, reduced = self._total(whole, box, scale)
        finer = PRICE_SCALE // scale
        held = {place: price * finer for place, price in whole.items() if price}
        return Priced(prices=held, total=total, scale=scale, reduced=reduced)

    def _rounded(self, prices: Floats) -> tuple[dict[int, int], int]:
        given = [(place, price) for place, price in enumerate(prices.tolist()) if price > 0]
        scale = self._scale(given)
        return {place: round(price * scale) for place, price in given}, scale

    def _scale(self, given: list[tuple[int, float]]) -> int:
        """The finest scale at which 64 bits hold all products; where none is fine enough, the finest."""
        if not self._small:
            return PRICE_SCALE
        cost = float(self._gain)
        for place, price in given:
            row = self._rows[place]
            if place in self._bounds:
                bound = self._columns.bounds[self._bounds[place]]
                cost += price * self._most[bound.resource]
            else:
                cost += price * max(map(abs, row.coefficients))
        scale = PRICE_SCALE
        while scale > COARSEST and cost * scale * 1.01 >= LONGEST:
            scale //= 10
        return scale if cost * scale * 1.01 < LONGEST else PRICE_SCALE

    def _total(
        self, prices: Mapping[int, int], box: tuple[Ints, Ints], scale: int
    ) -> tuple[int, Ints]:
        columns, stakes = self._columns, self._stakes
        exact: type = np.int64 if self._fits(prices, scale) else object
        table = [[0] * len(columns.bounds[0].families) for _ in columns.resources]
        reduced: Ints = stakes.gains.astype(exact) * scale
        total = 0
        missed = [stakes.miss * scale] * len(columns.floors)
        for place, price in prices.items():
            row = self._rows[place]
            if place in self._bounds:
                total += self._price_bound(self._bounds[place], price, table, missed)
                continue
            total += price * row.bound
            if row.kind == "missed":
                missed = [worth - price * MISS_SCALE for worth in missed]
                continue
            at = self._members[list(row.columns)]
            reduced[at] -= np.array([price * c for c in row.coefficients], exact)
        for r, costs in enumerate(table):
            if any(costs):
                each: Ints = np.array(costs, exact)[columns.family]
                reduced -= columns.demand[r].astype(exact) * each
        if stakes.may_miss:
            total += sum(max(0, worth) for worth in missed)
        return total + _best_within(reduced, box, columns.steps), reduced

    def _price_bound(self, k: int, price: int, table: list[list[int]], missed: list[int]) -> int:
        """Adds a limit's or floor's price to what families pay; gives what the bound itself costs."""
        columns = self._columns
        bound, limits = columns.bounds[k], len(columns.limits)
        sign = 1 if k < limits else -1
        for family in np.flatnonzero(bound.families).tolist():
            table[bound.resource][family] += sign * price
        if k >= limits:
            missed[k - limits] += price * bound.amount
        return sign * price * bound.amount

    def _fits(self, prices: Mapping[int, int], scale: int) -> bool:
        if not self._small:
            return False
        cost = self._gain * scale
        for place, price in prices.items():
            if place in self._bounds:
                cost += price * self._most[self._columns.bounds[self._bounds[place]].resource]
            else:
                cost += price * max(map(abs, self._rows[place].coefficients))
        return cost < LONGEST


def _best_within(reduced: Ints, box: tuple[Ints, Ints], steps: Ints) -> int:
    """The most that columns can bring within a box, each rounded up."""
    at = np.where(reduced > 0, box[1], box[0])
    whole = at == steps
    total = exact_sum(reduced[whole])
    for i in np.flatnonzero((at > 0) & ~whole & (reduced != 0)).tolist():
        total -= -(int(reduced[i]) * int(at[i])) // int(steps[i])
    return total
