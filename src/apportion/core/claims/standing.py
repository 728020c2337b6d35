"""How one area or person stands beside all the others: approvals, cuts and waits, with intervals.

A rate comes with Wilson's 95 % interval, a median wait with the interval of order statistics that
holds the true median in at least 95 of 100 samples. What is too few for an interval has none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, isqrt, lgamma, log, sqrt
from statistics import NormalDist

COVERED = 0.95
Z = NormalDist().inv_cdf((1 + COVERED) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Decided requests of one group that fared alike."""

    group: str
    approved: bool
    cut: bool  # approved, and not in full
    waited_days: int | None  # from submission to the day on which it was told
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of some requests, and where the true one lies. Units: shares from 0 to 1."""

    count: int
    of: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """The share itself; None of nothing."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """A median and its interval. Units: days."""

    median: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """How some requests fared."""

    requests: int
    approved: Rate
    cut: Rate
    waited: Middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One group and all the others together."""

    name: str
    own: Treated
    others: Treated


def stand_beside(cases: Sequence[Case]) -> tuple[Beside, ...]:
    """Compares each group with everybody else, by name."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.group].append(case)
    return tuple(
        Beside(
            name=name,
            own=treat(held),
            others=treat([case for case in cases if case.group != name]),
        )
        for name, held in sorted(groups.items())
    )


def treat(cases: Iterable[Case]) -> Treated:
    """Sums up how some requests fared; cuts are counted among those approved."""
    total = approved = cut = 0
    waits: Counter[int] = Counter()
    for case in cases:
        total += case.count
        if case.approved:
            approved += case.count
            cut += case.count * case.cut
        if case.waited_days is not None:
            waits[case.waited_days] += case.count
    return Treated(
        requests=total,
        approved=rate(approved, total),
        cut=rate(cut, approved),
        waited=middle(waits),
    )


def rate(count: int, of: int) -> Rate:
    """Bounds a share by Wilson's score interval. Source: Wilson (1927)."""
    if not of:
        return Rate(count=0, of=0, low=None, high=None)
    share = count / of
    centre = share + Z * Z / (2 * of)
    reach = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return Rate(
        count=count,
        of=of,
        # At the ends the bound is exact, and arithmetic would leave a trace.
        low=0.0 if count == 0 else (centre - reach) / whole,
        high=1.0 if count == of else (centre + reach) / whole,
    )


def middle(counts: Mapping[int, int]) -> Middle:
    """Finds the lower median, and the narrowest pair of order statistics around it that covers.

    Shape: how often each value was seen.
    Source: the number of values below the true median is binomial with one half.
    """
    total = sum(counts.values())
    if not total:
        return Middle(median=None, low=None, high=None)
    reach = _left_out(total)
    places = ((total - 1) // 2, reach - 1, total - reach)
    median, low, high = (_value_at(counts, place) for place in places)
    if reach == 0:
        return Middle(median=median, low=None, high=None)
    return Middle(median=median, low=low, high=high)


def _value_at(counts: Mapping[int, int], place: int) -> int | None:
    """Finds the value at a place, counted from zero, of all of them in order."""
    before = 0
    for value in sorted(counts):
        before += counts[value]
        if place < before:
            return value
    return None


@lru_cache(maxsize=1024)
def _left_out(total: int) -> int:
    """Says of how many values, from one end on, the last one bounds the interval of the median.

    The sum starts twelve standard deviations below the middle, where nothing is left to add.
    """
    at = max(0, total // 2 - 6 * isqrt(total))
    chance = exp(lgamma(total + 1) - lgamma(at + 1) - lgamma(total - at + 1) - total * log(2))
    below = chance
    while below <= (1 - COVERED) / 2:
        chance *= (total - at) / (at + 1)
        at += 1
        below += chance
    return at
