"""What each phase of a decision maximised, counted anew: score, tolerance, gains and rows.

A gain belongs to a column: a request's fraction, or what an objective over areas adds, namely an
area's logarithm, a threshold of smallest shares, or what an area's share lacks to it. All of these
lie between nought and one for every slate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate
from typing import Any

from apportion.core.verify.awards import Taken, points
from apportion.core.verify.facts import MICRO, Facts, Request, ensure
from apportion.core.verify.terms import Column, points_terms

UNIT = 10**12  # logarithms and shares are counted in 1e-12
EVEN_PART = 10**8
COARSE = 10_000  # awards with fewer steps are proved to the step
DECIMALS = {"points": 6, "welfare": 12, "share": 12}
MEASURES = {"nash": "welfare", "leximin": "share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One phase. Units: score, tolerance and gains as the phase counts them."""

    phase: str
    score: int
    tolerance: int  # what whole numbers may cost, and the gap that the policy allows
    gains: dict[Column, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """A row rebuilt from the snapshot: sum(coefficient * column) <= bound for every slate."""

    terms: tuple[tuple[Column, int], ...]
    bound: int


def measure_of(facts: Facts) -> str:
    """What the value of the decision counts."""
    return MEASURES.get(facts.policy["objective"], "points")


def goals_of(facts: Facts, taken: Taken, stated: Iterable[str]) -> list[Goal]:
    """The phases that the objective must have proved, of which the first gives the value."""
    objective = facts.policy["objective"]
    if objective == "nash":
        return [_balance(facts, taken)]
    if objective == "leximin":
        return _sums(facts, taken, sum(name.startswith("share-") for name in stated))
    value = sum(points(request, taken[name]) for name, request in facts.requests.items())
    allowed = int(Fraction(facts.policy["gap"]) * value)
    tolerance = loose_points(facts.requests.values(), taken) + allowed
    gains = points_terms(facts.requests.values())
    return [Goal(phase="value", score=value, tolerance=tolerance, gains=gains)]


def loose_points(requests: Iterable[Request], taken: Taken) -> int:
    """What whole numbers may cost these requests, in micropoints.

    A micropoint for each cut award, two for each with a curve and two more; two steps of each cut
    award that has many; and one part in 10**7 of the value where there are such, else in 10**9.
    """
    held = list(requests)
    cut = [r for r in held if 0 < taken[r.id] < r.whole]
    fine = [r for r in cut if r.whole >= COARSE]
    curved = sum(r.start is not None and taken[r.id] > 0 for r in held)
    value = sum(points(r, taken[r.id]) for r in held)
    steps = sum(2 * -(-r.worth // r.whole) for r in fine)
    return 2 + len(cut) + 2 * curved + steps + value // (10**7 if fine else 10**9)


def aim_row(facts: Facts, taken: Taken, row: dict[str, Any], phase: str) -> CheckedRow | None:
    """A row of an objective over areas, rebuilt; None where it is of another kind.

    A phase of leximin keeps what the phases before it reached, and nothing else may be kept.
    """
    kind, about = row["kind"], row["about"]
    areas = _areas(facts)
    if kind == "tangent":
        return _tangent(areas[about[0]], about[0], int(about[1]))
    if kind == "lacks":
        return _lacks(areas[about[1]], about[0], about[1])
    if kind == "keeps":
        later = {f"share-{k}" for k in range(int(about[0]) + 1, len(areas) + 1)}
        ensure(phase in later, f"the {phase} phase keeps a sum that no phase before it reached")
        return _keeps(facts, taken, int(about[0]), row["bound"])
    return None


def nats(micropoints: int) -> int:
    """Counts ln(1 + points) in 1e-12, rounded down; Python's decimal logarithm is correctly rounded."""
    if micropoints == 0:
        return 0
    with localcontext(Context(prec=70)):
        return int(UNIT * (Decimal(MICRO + micropoints) / MICRO).ln())


def _areas(facts: Facts) -> dict[str, list[Request]]:
    """The areas in which somebody asks for something of worth, with those requests."""
    found: dict[str, list[Request]] = {}
    for request in facts.requests.values():
        if request.worth:
            found.setdefault(request.area, []).append(request)
    return dict(sorted(found.items()))


def _balance(facts: Facts, taken: Taken) -> Goal:
    """Nash: the sum over areas of ln(1 + points), each area's column scaled to its largest."""
    score, tolerance = 0, 0
    gains: dict[Column, int] = {}
    for area, requests in _areas(facts).items():
        has = sum(points(r, taken[r.id]) for r in requests)
        score += nats(has)
        tolerance += 1 - (-loose_points(requests, taken) * UNIT // (MICRO + has))
        gains["welfare", area] = nats(_whole(requests)) + 1
    tolerance += score // EVEN_PART + int(Fraction(facts.policy["gap"]) * score)
    return Goal(phase="welfare", score=score, tolerance=tolerance, gains=gains)


def _sums(facts: Facts, taken: Taken, count: int) -> list[Goal]:
    """Leximin: the sum of the k smallest shares for k = 1, 2, ... until none can rise."""
    areas = _areas(facts)
    sums = _smallest_sums(facts, taken)
    ensure(
        count == max(1, len(areas)) or (count > 0 and sums[count - 1] >= count * UNIT),
        "not all sums of smallest shares are proved",
    )
    lost = sorted(
        (1 - (-loose_points(held, taken) * UNIT // _whole(held)) for held in areas.values()),
        reverse=True,
    )
    goals = []
    for k in range(1, count + 1):
        score = sums[k - 1] if sums else 0
        tolerance = k * (sum(lost[:k]) + k * UNIT // EVEN_PART)
        tolerance += int(Fraction(facts.policy["gap"]) * score)
        gains: dict[Column, int] = {("threshold", str(k)): k * UNIT} if areas else {}
        gains |= {("lacks", str(k), area): -UNIT for area in areas}
        goals.append(Goal(phase=f"share-{k}", score=score, tolerance=tolerance, gains=gains))
    return goals


def _smallest_sums(facts: Facts, taken: Taken) -> list[int]:
    shares = [
        sum(points(r, taken[r.id]) for r in requests) * UNIT // _whole(requests)
        for requests in _areas(facts).values()
    ]
    return list(accumulate(sorted(shares)))


def _whole(requests: list[Request]) -> int:
    return sum(request.worth for request in requests)


def _tangent(requests: list[Request], area: str, at: int) -> CheckedRow:
    """A logarithm lies below its tangent at any number of micropoints."""
    ensure(at >= 0, "a tangent below nought")
    above = MICRO + at
    terms: dict[Column, int] = {("welfare", area): nats(_whole(requests)) + 1}
    terms |= {name: -UNIT * worth // above for name, worth in points_terms(requests).items()}
    touched = nats(at) + 1 if at else 0
    return CheckedRow(terms=tuple(terms.items()), bound=touched - UNIT * at // above)


def _lacks(requests: list[Request], smallest: str, area: str) -> CheckedRow:
    """A threshold is no more than an area's share and what that lacks."""
    whole = _whole(requests)
    terms: dict[Column, int] = {("threshold", smallest): UNIT, ("lacks", smallest, area): -UNIT}
    terms |= {name: -UNIT * worth // whole for name, worth in points_terms(requests).items()}
    return CheckedRow(terms=tuple(terms.items()), bound=0)


def _keeps(facts: Facts, taken: Taken, smallest: int, bound: int) -> CheckedRow:
    """Slates whose sum of so many smallest shares is as large as is kept; this one is among them."""
    sums = _smallest_sums(facts, taken)
    ensure(
        0 < smallest <= len(sums) and -bound <= sums[smallest - 1],
        f"the proof keeps a larger sum of the {smallest} smallest shares than there is",
    )
    terms: dict[Column, int] = {("threshold", str(smallest)): -smallest * UNIT}
    terms |= {("lacks", str(smallest), area): UNIT for area in _areas(facts)}
    return CheckedRow(terms=tuple(terms.items()), bound=bound)
