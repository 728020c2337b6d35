"""How one area or person stands beside all the others: approvals, cuts and waits, with intervals.

A rate comes with Wilson's 95 % interval, a median wait with the interval of order statistics that
holds the true median in at least 95 of 100 samples. What is too few for an interval has none.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

COVERED = 0.95
Z = NormalDist().inv_cdf((1 + COVERED) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One decided request of one group."""

    request: str
    group: str
    approved: bool
    cut: bool  # approved, and not in full
    waited_days: int | None  # from submission to the day on which it was told


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


def treat(cases: Sequence[Case]) -> Treated:
    """Sums up how some requests fared; cuts are counted among those approved."""
    approved = [case for case in cases if case.approved]
    waits = [case.waited_days for case in cases if case.waited_days is not None]
    return Treated(
        requests=len(cases),
        approved=rate(len(approved), len(cases)),
        cut=rate(sum(case.cut for case in approved), len(approved)),
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


def middle(values: Sequence[int]) -> Middle:
    """Finds the lower median, and the narrowest pair of order statistics around it that covers.

    Source: the number of values below the true median is binomial with one half.
    """
    held = sorted(values)
    if not held:
        return Middle(median=None, low=None, high=None)
    total = len(held)
    reach, tail = 0, 1 / 2**total
    below = tail
    while below <= (1 - COVERED) / 2:  # so many smallest and largest can be left out
        reach += 1
        tail = comb(total, reach) / 2**total
        below += tail
    if reach == 0:
        return Middle(median=held[(total - 1) // 2], low=None, high=None)
    return Middle(median=held[(total - 1) // 2], low=held[reach - 1], high=held[total - reach])
