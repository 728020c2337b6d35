"""A round as numpy columns: what the scale path sees, exact in integers.

Requests of the same area and groups stand under the same limits, so that a round of any size has
few *families*. What a request costs at some prices is then its demand times its family's prices:
one pass per resource over the whole round, with no matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apportion.core.decide.links import needed_through, rivals
from apportion.core.decide.problem import Problem
from apportion.core.faults import InvariantBroken

Ints = npt.NDArray[np.int64]  # or of Python integers, where those of 64 bits are too short
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EXACT_IN_FLOAT = 2**53  # sums of whole numbers below this are exact in floats too
LIMB_BITS = 24  # a number below 2**53 in two limbs: sums of 16 million of either stay exact
LONGEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One limit or floor on one resource. Units: base units of the resource."""

    about: tuple[str, ...]
    resource: int  # a position in `Columns.resources`
    families: Flags  # whom it is about
    amount: int  # the most of a limit, what a floor promises


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """A round's requests, one position each.

    Shape: demand is (resources, requests); labels and needs name positions; needs is (pairs, 2), a
    request and one that it requires, itself or through others.
    Units: as in `Problem`; draw is the place in the draw of the tie seed.
    """

    resources: tuple[str, ...]
    worth: Ints
    steps: Ints
    least: Ints
    draw: Ints
    demand: Ints
    family: npt.NDArray[np.int32]
    limits: tuple[Bound, ...]
    floors: tuple[Bound, ...]
    labels: tuple[Ints, ...]
    needs: Ints
    rivals: tuple[Ints, ...] = ()  # at most one of each is funded, as follows from labels and needs

    @property
    def count(self) -> int:
        """How many requests there are."""
        return len(self.steps)

    @property
    def exclusive(self) -> tuple[Ints, ...]:
        """Those of which at most one is funded: labels, then rivals."""
        return self.labels + self.rivals

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Limits, then floors."""
        return self.limits + self.floors


def columns_of(problem: Problem) -> Columns:
    """Lays a problem out in columns; rows keep the order of its limits and floors."""
    asks, resources = problem.asks, tuple(problem.policy.pool)
    signatures = [(ask.area, frozenset(ask.groups)) for ask in asks]
    families = {signature: place for place, signature in enumerate(dict.fromkeys(signatures))}
    seats = {r: place for place, r in enumerate(resources)}
    owners: dict[tuple[str, str], Flags] = {("pool", ""): np.ones(len(families), bool)}
    for area in problem.policy.areas:
        below = problem.policy.subtree(area.id)
        owners["area", area.id] = np.array([a in below for a, _ in families], bool)
    for group in problem.policy.groups:
        owners["group", group.id] = np.array([group.id in held for _, held in families], bool)
    return Columns(
        resources=resources,
        worth=whole_numbers(problem.worth),
        steps=whole_numbers(problem.steps),
        least=whole_numbers(problem.least),
        draw=np.array(problem.draw, np.int64),
        demand=whole_numbers([[ask.ask.get(r, 0) for ask in asks] for r in resources]),
        family=np.array([families[signature] for signature in signatures], np.int32),
        limits=tuple(
            Bound(
                about=limit.about,
                resource=seats[limit.resource],
                families=owners[limit.kind, limit.owner],
                amount=limit.bound,
            )
            for limit in problem.limits
        ),
        floors=tuple(
            Bound(
                about=floor.about,
                resource=seats[floor.resource],
                families=owners["area", floor.area],
                amount=floor.promised,
            )
            for floor in problem.floors
        ),
        labels=tuple(np.array(members, np.int64) for _, members in problem.labels),
        needs=np.array(needed_through(problem.needs), np.int64).reshape(-1, 2),
        rivals=tuple(
            np.array(group, np.int64) for _, group in rivals(problem.labels, problem.needs)
        ),
    )


def whole_numbers(values: Sequence[object]) -> Ints:
    """Keeps integers in 64 bits where sums of millions of them stay exact, else as Python's own."""
    found: Ints = np.array(values, object)
    if found.size and max(map(abs, found.flat)) >= EXACT_IN_FLOAT:
        return found
    return found.astype(np.int64)


def floats(values: Ints) -> Floats:
    """The nearest floats."""
    return values.astype(np.float64)


def greatest(values: Ints) -> int:
    """The largest magnitude, 0 where there is none."""
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


def exact_sum(values: Ints) -> int:
    """Adds up exactly, whatever the size of the sum."""
    if values.dtype == object:
        return sum(values.tolist())
    low = values & ((1 << LIMB_BITS) - 1)
    return (int((values >> LIMB_BITS).sum()) << LIMB_BITS) + int(low.sum())


def family_sums(columns: Columns, resource: int, chosen: Flags) -> list[int]:
    """Adds up, per family and exactly, what the chosen requests ask of a resource."""
    amounts, family = columns.demand[resource][chosen], columns.family[chosen]
    count = int(columns.family.max(initial=-1)) + 1
    if amounts.dtype == object:
        found = [0] * count
        for place, amount in zip(family.tolist(), amounts.tolist(), strict=True):
            found[place] += amount
        return found
    if len(amounts) >= 1 << LIMB_BITS:
        raise InvariantBroken("a round has more requests than its sums are proved for")
    low = np.bincount(family, amounts & ((1 << LIMB_BITS) - 1), count)
    high = np.bincount(family, amounts >> LIMB_BITS, count)
    return [
        (int(h) << LIMB_BITS) + int(x) for h, x in zip(high.tolist(), low.tolist(), strict=True)
    ]


def used_in_full(columns: Columns, chosen: Flags) -> list[int]:
    """What the chosen use of each bound when each of them gets its whole ask."""
    sums = [family_sums(columns, r, chosen) for r in range(len(columns.resources))]
    return [
        sum(n for n, inside in zip(sums[b.resource], b.families.tolist(), strict=True) if inside)
        for b in columns.bounds
    ]
