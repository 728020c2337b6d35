"""The public record: a claim about shares, answered from metered use alone. No tables here."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from apportion.adapters.svg.marks import Svg
from apportion.adapters.svg.stacked import Layer, Stacked, draw_stacked
from apportion.apps.decide.queries import Tally
from apportion.apps.meter.queries import AreaUse
from apportion.core.report import shares

MONTHS_SHOWN = 12  # a longer record is told in quarters
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An area as the record needs it."""

    slug: str
    name: str
    position: int
    flagship: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What each area used in one period. Units: unit_seconds."""

    name: str
    used: dict[str, int]
    whole: bool  # metered from its first month on


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The question and its answer in a sentence."""

    question: str
    answer: str
    note: str
    latest: Fraction | None


def gather_periods(uses: Sequence[AreaUse]) -> tuple[Period, ...]:
    """Adds GPU use up over months, or over quarters where the record is long.

    Hours of different GPUs are added as they are; other resources are left out.
    """
    gpu = [use for use in uses if use.unit_seconds and use.resource.partition(":")[0] == "gpu"]
    months = sorted({use.month for use in gpu})
    by_quarter = len(months) > MONTHS_SHOWN
    found: dict[str, dict[str, int]] = {}
    begun: dict[str, date] = {}
    for use in sorted(gpu, key=lambda use: use.month):
        name = _period(use.month, by_quarter=by_quarter)
        used = found.setdefault(name, {})
        used[use.area] = used.get(use.area, 0) + use.unit_seconds
        begun.setdefault(name, use.month)
    return tuple(
        Period(name=name, used=used, whole=not by_quarter or begun[name].month % 3 == 1)
        for name, used in found.items()
    )


def comparable(periods: Sequence[Period]) -> Sequence[Period]:
    """Leaves out the first quarter where metering began in the middle of it."""
    return periods[1:] if len(periods) > 1 and not periods[0].whole else periods


def answer_claim(periods: Sequence[Period], fields: Sequence[Field]) -> Claim:
    """Tests whether research outside the flagship gets more than half."""
    flagship = {field.slug for field in fields if field.flagship}
    names = [field.name for field in fields if field.flagship]
    question = "Does research outside the flagship get most of the compute?"
    if not periods:
        return Claim(
            question=question,
            answer="Nothing has been metered yet.",
            note="The answer appears with the first imported accounting.",
            latest=None,
        )
    if not flagship:
        return Claim(
            question=question,
            answer="This lab has named no flagship.",
            note="Shares of every area stand below.",
            latest=None,
        )
    compared = comparable(periods)
    first, last = (_outside(period, flagship) for period in (compared[0], compared[-1]))
    word = "Yes" if last > HALF else "No"
    return Claim(
        question=question,
        answer=f"{word}. It gets {_percent(last)}{_since(first, last, compared)}.",
        note=f"Everything outside {' and '.join(names)} counts as research outside the flagship, "
        f"by metered GPU-hours in {periods[-1].name}.",
        latest=last,
    )


def draw_record(periods: Sequence[Period], fields: Sequence[Field]) -> Svg:
    """Draws the shares of all areas, the flagship on top."""
    periods = comparable(periods)
    order = sorted(fields, key=lambda field: (field.flagship, field.position))
    by_period = [shares(period.used) for period in periods]
    layers = tuple(
        Layer(
            name=field.name,
            area=field.position,
            shares=tuple(float(found.get(field.slug, 0)) for found in by_period),
        )
        for field in order
        if any(field.slug in period.used for period in periods)
    )
    names = tuple(period.name for period in periods)
    label = f"Share of GPU-hours by area over {len(names)} periods"
    return draw_stacked(Stacked(label=label, periods=names, layers=layers))


def write_record(  # the whole public record as plain values
    *,
    lab: str,
    at: datetime,
    claim: Claim,
    periods: Sequence[Period],
    fields: Sequence[Field],
    tally: Tally,
    journal: dict[str, object],
) -> dict[str, object]:
    """Gives what the page shows as plain values, for a file."""
    return {
        "schema": "apportion.record/1",
        "lab": lab,
        "at": at.isoformat(timespec="seconds"),
        "claim": {
            "question": claim.question,
            "answer": claim.answer,
            "note": claim.note,
            "outside_flagship": None if claim.latest is None else str(claim.latest),
            "holds": None if claim.latest is None else claim.latest > HALF,
        },
        "areas": [
            {"id": field.slug, "name": field.name, "flagship": field.flagship} for field in fields
        ],
        "gpu_seconds": [{"period": period.name, "used": period.used} for period in periods],
        "decisions": {
            **tally.outcomes,
            "below_minimum": tally.below_minimum,
            "denied_with_reason": tally.denied_with_reason,
            "median_days": tally.median_days,
        },
        "journal": journal,
    }


def write_shares(periods: Sequence[Period], fields: Sequence[Field]) -> str:
    """Writes use by period and area as CSV."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["period", "area", "gpu_seconds"])
    for period in periods:
        for field in fields:
            rows.writerow([period.name, field.slug, period.used.get(field.slug, 0)])
    return out.getvalue()


def _period(month: date, *, by_quarter: bool) -> str:
    if by_quarter:
        return f"Q{(month.month + 2) // 3} {month.year}"
    return f"{month:%b} {month.year}"


def _outside(period: Period, flagship: set[str]) -> Fraction:
    found = shares(period.used)
    return sum((share for area, share in found.items() if area not in flagship), Fraction(0))


def _since(first: Fraction, last: Fraction, periods: Sequence[Period]) -> str:
    if len(periods) < 2 or _percent(first) == _percent(last):
        return ""
    return f", {'down' if last < first else 'up'} from {_percent(first)} in {periods[0].name}"


def _percent(share: Fraction) -> str:
    """Writes a share; one that is not a half is not written as one."""
    whole = f"{float(share):.0%}"
    return f"{float(share):.1%}" if whole == "50%" and share != HALF else whole
