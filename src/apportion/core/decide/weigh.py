"""What prices prove about a whole round, in integers: the bound that no slate can exceed.

Weak duality over the box of everything: the rows' bounds at the prices, and of each request what it
is worth beyond its price where that is above nothing. Prices are rounded to integers so coarse that
64 bits provably hold every product; where no such rounding is fine enough, Python's integers do it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from apportion.core.decide.certificate import PRICE_SCALE
from apportion.core.decide.columns import (
    LONGEST,
    Bound,
    Columns,
    Flags,
    Ints,
    exact_sum,
    greatest,
)
from apportion.core.decide.model import MISS_SCALE
from apportion.core.decide.sift import Sifted

COARSEST = 10**4  # prices in fewer steps than this per gain unit could cost the bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """What is maximised, in integers. Units: gain units; budget in units of 1e-12 shares."""

    gains: Ints
    miss: int = 0  # what missing a whole promise brings: nothing, or less
    budget: int | None = None

    @property
    def may_miss(self) -> bool:
        """Says whether the bound counts slates that miss floors."""
        return bool(self.miss) or self.budget is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Integer prices and the bound that they prove. Units: 1e-12 gain units per unit of a row.

    Shape: limits, floors, labels (in `exclusive`) and needs map positions in `Columns`; hopeless maps the position
    of a limit to the price of "none of those whose minimum exceeds it is funded".
    """

    limits: Mapping[int, int]
    floors: Mapping[int, int]
    budget: int
    labels: Mapping[int, int]
    needs: Mapping[int, int]
    hopeless: Mapping[int, int] = field(default_factory=dict)
    bound: int = 0
    total: int = 0  # the bound before it is rounded, in units of 1 / scale
    scale: int = 1
    reduced: Ints  # what each request is worth beyond its price, in units of 1 / scale


def weigh(
    columns: Columns, stakes: Stakes, sifted: Sifted, hopeless: Mapping[int, Ints]
) -> Weighed:
    """Rounds prices to integers and counts what they prove, rounded up."""
    scale = PRICE_SCALE
    while scale > COARSEST and not _fits(columns, stakes, sifted, scale):
        scale //= 10
    if not _fits(columns, stakes, sifted, scale):
        scale = PRICE_SCALE
        return _weighed(columns, stakes, sifted, hopeless, scale, exact=object)
    return _weighed(columns, stakes, sifted, hopeless, scale, exact=np.int64)


def _weighed(
    columns: Columns,
    stakes: Stakes,
    sifted: Sifted,
    hopeless: Mapping[int, Ints],
    scale: int,
    *,
    exact: type,
) -> Weighed:
    prices = _rounded(sifted, scale)
    cut = len(columns.limits)
    reduced: Ints = stakes.gains.astype(exact) * scale
    table = _family_prices(columns, prices)
    for r in range(len(columns.resources)):
        reduced -= columns.demand[r].astype(exact) * np.array(table[r], exact)[columns.family]
    labels, needs = _whole(sifted.labels, scale), _whole(sifted.needs, scale)
    for label, price in labels.items():
        reduced[columns.exclusive[label]] -= price
    for place, price in needs.items():
        i, j = columns.needs[place]
        reduced[i] -= price * int(columns.least[j])
        reduced[j] += price * int(columns.steps[j])
    total = sum(p * b.amount for p, b in zip(prices, columns.limits, strict=False))
    total -= sum(p * b.amount for p, b in zip(prices[cut:], columns.floors, strict=False))
    total += sum(labels.values())
    closed = {}
    for limit, members in hopeless.items():
        closed[limit] = max(0, int(reduced[members].max()))
        reduced[members] -= closed[limit]
    total += exact_sum(np.maximum(reduced, 0) if exact is np.int64 else reduced[reduced > 0])
    if stakes.may_miss:
        total += _missing(columns.floors, stakes, prices[cut:], scale)
        total += prices[-1] * (stakes.budget or 0)
    finer = PRICE_SCALE // scale
    return Weighed(
        limits={k: p * finer for k, p in enumerate(prices[:cut]) if p},
        floors={k: p * finer for k, p in enumerate(prices[cut:-1]) if p},
        budget=prices[-1] * finer,
        labels={k: p * finer for k, p in labels.items()},
        needs={k: p * finer for k, p in needs.items()},
        hopeless={k: p * finer for k, p in closed.items() if p},
        bound=-(-total // scale),
        total=total,
        scale=scale,
        reduced=reduced,
    )


def _missing(floors: tuple[Bound, ...], stakes: Stakes, prices: list[int], scale: int) -> int:
    """What missing promises brings at best: a floor's price for all of it, less what a miss costs."""
    return sum(
        max(0, stakes.miss * scale + price * floor.amount - prices[-1] * MISS_SCALE)
        for floor, price in zip(floors, prices, strict=False)
    )


def _rounded(sifted: Sifted, scale: int) -> list[int]:
    return [max(0, round(price * scale)) for price in sifted.prices.tolist()]


def _whole(prices: Mapping[int, float], scale: int) -> dict[int, int]:
    rounded = ((place, round(price * scale)) for place, price in prices.items())
    return {place: price for place, price in rounded if price > 0}


def _family_prices(columns: Columns, prices: list[int]) -> list[list[int]]:
    """Per resource, what a unit costs each family."""
    families = len(columns.bounds[0].families) if columns.bounds else 0
    families = max(families, int(columns.family.max(initial=-1)) + 1)
    table = [[0] * families for _ in columns.resources]
    for place, (bound, price) in enumerate(zip(columns.bounds, prices, strict=False)):
        sign = 1 if place < len(columns.limits) else -1
        if price:
            for family in np.flatnonzero(bound.families).tolist():
                table[bound.resource][family] += sign * price
    return table


def _fits(columns: Columns, stakes: Stakes, sifted: Sifted, scale: int) -> bool:
    """Says whether 64 bits hold what every request is worth and costs, whatever the signs."""
    held = (stakes.gains, columns.demand, columns.steps, columns.least)
    if any(values.dtype == object for values in held):
        return False
    prices = _rounded(sifted, scale)
    most = greatest(stakes.gains) * scale
    for r, row in enumerate(columns.demand):
        costs = sum(p for p, b in zip(prices, columns.bounds, strict=False) if b.resource == r)
        most += greatest(row) * costs
    links = [*_whole(sifted.labels, scale).values()]
    reach = max(greatest(columns.steps), greatest(columns.least))
    links += [p * reach for p in _whole(sifted.needs, scale).values()]
    return most + sum(links) < LONGEST


def hopeless_by_limit(columns: Columns) -> dict[int, Ints]:
    """Requests whose minimum alone exceeds a limit, each under the first such limit."""
    found: dict[int, Ints] = {}
    seen: Flags = np.zeros(columns.count, bool)
    for k, limit in enumerate(columns.limits):
        asked = columns.demand[limit.resource]
        large = np.flatnonzero((asked > limit.amount) & limit.families[columns.family] & ~seen)
        never = [
            i
            for i in large.tolist()
            if int(columns.least[i]) * int(asked[i]) > limit.amount * int(columns.steps[i])
        ]
        if never:
            found[k] = np.array(never, np.int64)
            seen[found[k]] = True
    return found
