"""How areas were treated over all rounds, told so that nobody is found out in a small group."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

from apportion.core.decide.fairness import AreaTreatment, treat_areas

LEAST = 5  # requests: a group of fewer is told only together with others
OTHERS = "(others)"
OUTCOMES = ("full", "partial", "minimum", "not_yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one request: the fraction granted is 0 where it was denied."""

    request: str
    area: str
    outcome: str
    fraction: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """How groups of requests fared, each of `least` or more; the small ones are one group.

    Shape: `withheld` requests are in no group, because all small groups together are too small.
    """

    least: int
    areas: tuple[AreaTreatment, ...]
    outcomes: dict[str, dict[str, int]]  # by group
    permutations: int
    withheld: int


def weigh_equity(outcomes: Sequence[Outcome], *, least: int = LEAST) -> Equity:
    """Compares areas' approvals and cuts with everybody else's, small groups taken together.

    One small group alone could be found by subtracting the others from the whole, so where the
    small ones do not make a group together the smallest large one is told with them.
    """
    ordered = sorted(outcomes, key=lambda one: one.request)
    groups = group_small(Counter(one.area for one in ordered), least)
    told = [(groups[one.area], one) for one in ordered if one.area in groups]
    counts: dict[str, dict[str, int]] = {}
    for group, one in told:
        counts.setdefault(group, dict.fromkeys(OUTCOMES, 0))[one.outcome] += 1
    seed = int(sha256("\n".join(f"{g} {o.request}" for g, o in told).encode()).hexdigest(), 16)
    areas, permutations = _treat(
        tuple(group for group, _ in told), tuple(one.fraction for _, one in told), seed
    )
    return Equity(
        least=least,
        areas=areas,
        outcomes=dict(sorted(counts.items())),
        permutations=permutations,
        withheld=len(ordered) - len(told),
    )


@lru_cache(maxsize=4)  # ten thousand permutations for a public page, and the same until a decision
def _treat(
    groups: tuple[str, ...], fractions: tuple[Fraction, ...], seed: int
) -> tuple[tuple[AreaTreatment, ...], int]:
    return treat_areas(groups, fractions, seed=seed)


def group_small(sizes: Mapping[str, int], least: int) -> dict[str, str]:
    """Names the group in which each area is told, by its number of requests; one in none is left out."""
    by_size = sorted(sizes, key=lambda area: (sizes[area], area))
    small = [area for area in by_size if sizes[area] < least]
    large = by_size[len(small) :]
    while small and large and sum(sizes[area] for area in small) < least:
        small.append(large.pop(0))
    if sum(sizes[area] for area in small) < least:
        small = []
    return {area: area for area in large} | dict.fromkeys(small, OTHERS)
