"""Tests a claim: the share, as an interval where metering is incomplete, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from apportion.core.claims.claim import ALL, Claim, Definition, Measure
from apportion.core.claims.facts import Area, Facts, Metering, Use
from apportion.core.claims.months import days_in, is_over, months_of, span_before

TREND_SPANS = 8  # with the claimed one: two years of quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, and what could belong to either. Units: those of the measure."""

    counted: int
    whole: int
    unknown: int

    @property
    def value(self) -> Fraction:
        """The share of what is known."""
        return Fraction(self.counted, self.whole)

    @property
    def low(self) -> Fraction:
        """The share where all that is unknown belongs to others."""
        return Fraction(self.counted, self.whole + self.unknown)

    @property
    def high(self) -> Fraction:
        """The share where all that is unknown counts."""
        return Fraction(self.counted + self.unknown, self.whole + self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one definition comes to; without a share there was nothing to divide."""

    definition: Definition
    share: Share | None
    holds: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a claim comes to. `holds` is None where the numbers do not say."""

    main: Counted
    alternatives: tuple[Counted, ...]
    trend: tuple[tuple[str, Share], ...]  # earlier spans, the oldest first
    missing: tuple[str, ...]


def check_claim(claim: Claim, facts: Facts) -> Answer:
    """Answers a claim from the facts alone; what cannot be known is said, never filled in."""
    faults = _unanswerable(claim, facts)
    definitions = (claim.counts, *claim.alternatives)
    if faults:
        empty = [Counted(definition=one, share=None, holds=None) for one in definitions]
        return Answer(main=empty[0], alternatives=tuple(empty[1:]), trend=(), missing=faults)
    counted = [_count(claim, one, facts) for one in definitions]
    missing = _incomplete(claim, facts)
    if counted[0].share is None:
        missing = (f"nothing was {claim.measure} in {claim.period} that could be divided", *missing)
    return Answer(
        main=counted[0],
        alternatives=tuple(counted[1:]),
        trend=_trend(claim, facts),
        missing=missing,
    )


def resources_of(claim: Claim, facts: Facts) -> tuple[str, ...]:
    """Lists the resources that a claim is about, of those in the facts."""
    wanted = claim.resource
    return tuple(r for r in _known_resources(facts) if wanted in {ALL, r, r.partition(":")[0]})


def share_of(claim: Claim, definition: Definition, facts: Facts, *, span: str) -> Share | None:
    """Adds up what counts and the whole in a span; None where there was nothing."""
    months, resources = set(months_of(span)), set(resources_of(claim, facts))
    counted = _with_below(definition.counted, facts.areas)
    left_out = _with_below(definition.left_out, facts.areas)
    rows = [
        (use.area, _amount(use, claim.measure))
        for use in facts.uses
        if use.month in months and use.resource in resources and use.area not in left_out
    ]
    whole = sum(amount for _, amount in rows)
    if not whole:
        return None
    part = sum(amount for area, amount in rows if area in counted)
    return Share(counted=part, whole=whole, unknown=_unknown(claim, facts, span))


def _count(claim: Claim, definition: Definition, facts: Facts) -> Counted:
    share = share_of(claim, definition, facts, span=claim.period)
    return Counted(definition=definition, share=share, holds=_holds(claim, share))


def _holds(claim: Claim, share: Share | None) -> bool | None:
    """Says what both ends of the interval say; nothing where they differ."""
    if share is None:
        return None
    ends = {claim.comparison.holds(end, claim.limit) for end in (share.low, share.high)}
    return ends.pop() if len(ends) == 1 else None


def _trend(claim: Claim, facts: Facts) -> tuple[tuple[str, Share], ...]:
    """Goes back span by span as far as there is something to divide."""
    found: list[tuple[str, Share]] = []
    span = span_before(claim.period)
    while len(found) < TREND_SPANS - 1 and months_of(span):
        share = share_of(claim, claim.counts, facts, span=span)
        if share is None:
            break
        found.insert(0, (span, share))
        span = span_before(span)
    return tuple(found)


def _unknown(claim: Claim, facts: Facts, span: str) -> int:
    """Bounds what nobody can place: suspense, and unmetered days at the busiest day's use."""
    if claim.measure is Measure.AWARDED:
        return 0
    total = 0
    for rows, gaps in _gaps(claim, facts, span).values():
        total += sum(_suspended(row, claim.measure) for row in rows)
        total += gaps * max(_busiest(row, claim.measure) for row in rows)
    return total


def _gaps(claim: Claim, facts: Facts, span: str) -> dict[str, tuple[list[Metering], int]]:
    """Gives of each resource metered in a span its rows and its days without a job."""
    months = months_of(span)
    found: dict[str, tuple[list[Metering], int]] = {}
    for resource in resources_of(claim, facts):
        rows = [row for row in facts.metering if row.resource == resource and row.month in months]
        if rows:
            absent = set(months) - {row.month for row in rows}
            days = sum(days_in(month, until=facts.until) for month in absent)
            found[resource] = rows, days + sum(row.unmetered_days for row in rows)
    return found


def _incomplete(claim: Claim, facts: Facts) -> tuple[str, ...]:
    """Says what keeps the number from being exact."""
    months = months_of(claim.period)
    told = []
    if not is_over(months[-1], until=facts.until):
        told.append(f"{claim.period} is not over: the facts end on {facts.until:%Y-%m-%d}")
    if claim.measure is Measure.AWARDED:
        return tuple(told)
    for resource, (rows, gaps) in sorted(_gaps(claim, facts, claim.period).items()):
        if gaps:
            told.append(f"{resource}: no job ran on {gaps} days; each may be a gap in the metering")
        suspense = sum(_suspended(row, claim.measure) for row in rows)
        if suspense:
            unit = "microcredits" if claim.measure is Measure.CHARGED else "base units"
            told.append(f"{resource}: {suspense} {unit} stand in suspense, used by nobody known")
    if facts.rejected_rows:
        told.append(f"{facts.rejected_rows} lines of accounting could not be read, of any period")
    return tuple(told)


def _unanswerable(claim: Claim, facts: Facts) -> tuple[str, ...]:
    """Says why there can be no number at all."""
    known = {area.id for area in facts.areas}
    names = (
        name
        for one in (claim.counts, *claim.alternatives)
        for name in (*one.counted, *one.left_out)
    )
    faults = [
        f"there is no area {name!r}; there are {', '.join(sorted(known)) or 'none'}"
        for name in dict.fromkeys(names)
        if name not in known
    ]
    resources = resources_of(claim, facts)
    if not resources:
        kinds = _known_resources(facts)
        there = f"there are {', '.join(kinds)}" if kinds else "nothing at all is in the books"
        faults.append(f"no resource {claim.resource!r} was metered or awarded; {there}")
    months = set(months_of(claim.period))
    metered = {row.month for row in facts.metering if row.resource in resources}
    if claim.measure is not Measure.AWARDED and resources and not months & metered:
        span = f"{min(metered)} to {max(metered)}" if metered else "no month"
        faults.append(f"{claim.period} was not metered; metering covers {span}")
    return tuple(faults)


def _known_resources(facts: Facts) -> list[str]:
    return sorted({use.resource for use in facts.uses} | {row.resource for row in facts.metering})


def _with_below(names: Iterable[str], areas: Iterable[Area]) -> set[str]:
    """Adds the areas below those named."""
    below: dict[str, list[str]] = {}
    for area in areas:
        if area.parent is not None:
            below.setdefault(area.parent, []).append(area.id)
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(below.get(name, ()))
    return found


def _amount(use: Use, measure: Measure) -> int:
    amounts = {
        Measure.DELIVERED: use.delivered,
        Measure.AWARDED: use.awarded,
        Measure.CHARGED: use.charged,
    }
    return amounts[measure]


def _suspended(row: Metering, measure: Measure) -> int:
    return row.suspense_charged if measure is Measure.CHARGED else row.suspense


def _busiest(row: Metering, measure: Measure) -> int:
    return row.busiest_charged if measure is Measure.CHARGED else row.busiest
