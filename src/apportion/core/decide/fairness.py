"""How a slate treats the areas: shares asked, promised and awarded, approvals and cuts, with tests.

Approval rates are held against everybody else's by Fisher's exact test, mean cuts by a permutation
test whose draws come from the snapshot's own hash, so that the same slate gives the same report.
With many areas some look unlucky by chance: the p values are Holm's, which allow for that.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from apportion.core.decide.problem import pose
from apportion.core.decide.rules.round_audit import PassedOver, audit_round
from apportion.core.decide.snapshot import asks_from, policy_from
from apportion.core.policy import Voters

PERMUTATIONS = 9_999
MOST_DRAWS = 20_000_000  # permutations times requests: a larger round gets fewer permutations
FEWEST_PERMUTATIONS = 199
EXACT_UP_TO = 2_000  # requests up to which Fisher's test is counted in integers
NEARLY = 1e-7  # tables this close in likelihood are as extreme as each other
PLACES = 6

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShare:
    """One area's part of one resource. Units: base units."""

    area: str
    resource: str
    asked: int
    awarded: int
    promised: int  # 0: nothing
    of_all_asked: Fraction
    of_all_awarded: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTreatment:
    """How one area's requests fared. The p values are Holm's over all areas; None: nothing to test."""

    area: str
    requests: int
    approved: int
    mean_cut: Fraction  # of the ask, over all its requests: 1 is a denial
    approval_p: float | None = None
    cut_p: float | None = None

    @property
    def rate(self) -> Fraction:
        """The share of its requests that get anything."""
        return Fraction(self.approved, self.requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """The fairness report of a slate."""

    shares: tuple[AreaShare, ...]
    areas: tuple[AreaTreatment, ...]
    gini: Fraction | None  # of awards over asks: 0 all alike, towards 1 all to few; None: no awards
    permutations: int
    passed_over: tuple[PassedOver, ...]  # whom equal shares would have owed what got nothing
    voters: Voters  # who would hold those shares


def fairness_of(document: Document) -> Fairness:
    """Reads the fairness report off a decision document."""
    requests = {r["id"]: r for r in document["snapshot"]["requests"]}
    awards = [award for award in document["awards"] if award["request"] in requests]
    fractions = [Fraction(award["fraction"]) for award in awards]
    parents = {a["id"]: a["parent"] for a in document["snapshot"]["policy"]["areas"]}
    areas = [home_of(requests[award["request"]]["area"], parents) for award in awards]
    seed = int(document["snapshot_sha256"], 16)
    treated, permutations = treat_areas(areas, fractions, seed=seed)
    return Fairness(
        shares=_shares(document, requests, parents),
        areas=treated,
        gini=gini(fractions),
        permutations=permutations,
        passed_over=_passed_over(document),
        voters=policy_from(document["snapshot"]).equal_shares.voters,
    )


def _passed_over(document: Document) -> tuple[PassedOver, ...]:
    """Audits the slate for EJR+ up to one request, whatever its objective."""
    snapshot = document["snapshot"]
    problem = pose(policy_from(snapshot), asks_from(snapshot))
    parts = {award["request"]: Fraction(award["fraction"]) for award in document["awards"]}
    taken = [
        int(parts[ask.id] * steps) for ask, steps in zip(problem.asks, problem.steps, strict=True)
    ]
    return audit_round(problem, taken)


def home_of(area: str, parents: Mapping[str, str | None]) -> str:
    """The area that people know: one that an override made for a single request is its parent."""
    while area.startswith("pin ") and parents.get(area):
        area = str(parents[area])
    return area


def gini(values: Sequence[Fraction]) -> Fraction | None:
    """The Gini coefficient, exactly; None where everything is nothing."""
    total = sum(values, Fraction(0))
    if not total:
        return None
    count = len(values)
    ranked = sum(
        ((2 * place - count - 1) * value for place, value in enumerate(sorted(values), 1)),
        Fraction(0),
    )
    return ranked / (count * total)


def fisher(*, inside: tuple[int, int], all_: tuple[int, int]) -> float:
    """Two-sided p of a group's approvals among everybody's: (approved, requests) of each.

    Source: Fisher's exact test; tables no likelier than the one seen count as extreme.
    """
    (approved, size), (total, count) = inside, all_
    low, high = max(0, size + total - count), min(size, total)
    weight = _exact_weight if count <= EXACT_UP_TO else _float_weight
    weights = [weight(k, size, total, count) for k in range(low, high + 1)]
    seen = weights[approved - low]
    limit = seen if count <= EXACT_UP_TO else seen * (1 + NEARLY)
    return float(Fraction(sum(w for w in weights if w <= limit)) / Fraction(sum(weights)))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's step-down p values, in the order given."""
    order = sorted(range(len(ps)), key=lambda k: ps[k])
    adjusted, worst = [0.0] * len(ps), 0.0
    for place, k in enumerate(order):
        worst = max(worst, min(1.0, (len(ps) - place) * ps[k]))
        adjusted[k] = worst
    return adjusted


def treat_areas(
    areas: Sequence[str], fractions: Sequence[Fraction], *, seed: int
) -> tuple[tuple[AreaTreatment, ...], int]:
    """Holds each area against all others, with as many permutations as the size allows.

    Shape: an area and a granted fraction for each request; gives the permutations with the areas.
    """
    cuts = {area: Fraction(0) for area in sorted(set(areas))}
    count, approved = dict.fromkeys(cuts, 0), dict.fromkeys(cuts, 0)
    for area, fraction in zip(areas, fractions, strict=True):
        cuts[area] += 1 - fraction
        count[area] += 1
        approved[area] += fraction > 0
    found = [
        AreaTreatment(
            area=area, requests=count[area], approved=approved[area], mean_cut=cut / count[area]
        )
        for area, cut in cuts.items()
    ]
    if len(found) < 2:
        return tuple(found), 0
    total = sum(approved.values()), len(areas)
    by_rate = holm([fisher(inside=(a.approved, a.requests), all_=total) for a in found])
    permutations = max(FEWEST_PERMUTATIONS, min(PERMUTATIONS, MOST_DRAWS // len(areas)))
    by_cut = holm(_permuted(areas, fractions, seed, permutations))
    tested = (
        replace(a, approval_p=p, cut_p=q) for a, p, q in zip(found, by_rate, by_cut, strict=True)
    )
    return tuple(tested), permutations


def _permuted(
    areas: Sequence[str], fractions: Sequence[Fraction], seed: int, permutations: int
) -> list[float]:
    """How often areas drawn by lot lie as far from the mean as each area does."""
    names = sorted(set(areas))
    of = np.array([names.index(area) for area in areas])
    order = np.argsort(of, kind="stable")
    sizes = np.bincount(of, minlength=len(names))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    cuts = np.array([round((1 - fraction) * 10**PLACES) for fraction in fractions], np.int64)
    expected = cuts.sum() * sizes  # times the count: what each area's sum would be, all alike
    seen = np.abs(_sums(cuts[order], starts) * len(cuts) - expected)
    rng = np.random.Generator(np.random.Philox(key=seed % 2**128))
    further = np.zeros(len(names), np.int64)
    for _ in range(permutations):
        drawn = np.abs(_sums(rng.permutation(cuts), starts) * len(cuts) - expected)
        further += drawn >= seen
    return [(int(n) + 1) / (permutations + 1) for n in further]


def _sums(values: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.add.reduceat(values, starts)


def _exact_weight(k: int, size: int, total: int, count: int) -> int:
    return math.comb(total, k) * math.comb(count - total, size - k)


def _float_weight(k: int, size: int, total: int, count: int) -> float:
    def log_choose(n: int, m: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(m + 1) - math.lgamma(n - m + 1)

    whole = log_choose(count, size)
    return math.exp(log_choose(total, k) + log_choose(count - total, size - k) - whole)


def _shares(
    document: Document, requests: Mapping[str, Document], parents: Mapping[str, str | None]
) -> tuple[AreaShare, ...]:
    """Per area and resource what was asked and awarded, those below it counted in."""
    asked: dict[tuple[str, str], int] = {}
    awarded: dict[tuple[str, str], int] = {}
    totals: dict[str, list[int]] = {}
    for award in document["awards"]:
        request = requests[award["request"]]
        for resource, amount in request["ask"].items():
            given = award["amounts"].get(resource, 0)
            whole = totals.setdefault(resource, [0, 0])
            whole[0], whole[1] = whole[0] + amount, whole[1] + given
            for area in _upwards(request["area"], parents):
                asked[area, resource] = asked.get((area, resource), 0) + amount
                awarded[area, resource] = awarded.get((area, resource), 0) + given
    promised = {(f["area"], f["resource"]): f["promised"] for f in document["floors"]}
    return tuple(
        AreaShare(
            area=area,
            resource=resource,
            asked=asked.get((area, resource), 0),
            awarded=awarded.get((area, resource), 0),
            promised=promised.get((area, resource), 0),
            of_all_asked=_part(asked.get((area, resource), 0), totals.get(resource, [0, 0])[0]),
            of_all_awarded=_part(awarded.get((area, resource), 0), totals.get(resource, [0, 0])[1]),
        )
        for area, resource in sorted(set(asked) | set(promised))
        if not area.startswith("pin ")
    )


def _upwards(area: str, parents: Mapping[str, str | None]) -> list[str]:
    found = [area]
    while (above := parents.get(found[-1])) is not None:
        found.append(above)
    return found


def _part(amount: int, whole: int) -> Fraction:
    return Fraction(amount, whole) if whole else Fraction(0)
