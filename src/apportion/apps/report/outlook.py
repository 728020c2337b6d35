"""What lies ahead of a project: when it runs dry, what would make it last, what was wasted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apportion.apps.meter.pace import recent_use
from apportion.apps.rounds.wording import unit_label, write_amount
from apportion.core.forecast import LOOK_BACK_DAYS, Forecast, forecast
from apportion.core.units import BASE_UNITS, DisplayUnit
from apportion.core.ways_to_last import (
    WASTED,
    Ended,
    Lever,
    Way,
    state_of,
    wasted,
    ways_to_last,
)

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWay:
    """One way to last in words."""

    words: str
    days_gained: int
    lasts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What jobs of one end state used for nothing. Units: base units."""

    words: str
    jobs: int
    used: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What lies ahead of a project on one resource, and what the last eight weeks wasted.

    Units: base units; `whole` is all use of the eight weeks.
    """

    forecast: Forecast
    ways: tuple[Way, ...]
    told_ways: tuple[ToldWay, ...]
    lost: tuple[Lost, ...]
    lost_used: int
    lost_percent: int
    whole: int


def look_ahead(
    slug: str, *, resource: str, unit: str, balance: int, ends_at: datetime, now: datetime
) -> Ahead:
    """Foretells from the project's own last eight weeks. One statement."""
    since = now - timedelta(days=LOOK_BACK_DAYS)
    recent = recent_use(slug, resource=resource, since=since)
    told = forecast(recent.by_day, balance=balance, today=now.date(), ends_on=ends_at.date())
    ways = ways_to_last(
        balance=balance,
        foretold=told,
        today=now.date(),
        ends_on=ends_at.date(),
        ended=recent.ended,
        by_name=recent.by_name,
    )
    lost, lost_used, whole = wasted(recent.ended)
    return Ahead(
        forecast=told,
        ways=ways,
        told_ways=tuple(_tell(way, resource, unit) for way in ways),
        lost=_sum_by_words(lost, whole),
        lost_used=lost_used,
        lost_percent=lost_used * PERCENT // whole if whole else 0,
        whole=whole,
    )


def ahead_facts(ahead: Ahead) -> dict[str, Any]:
    """Gives what lies ahead as JSON can hold it. Units: base units."""
    told = ahead.forecast
    return {
        "enough": told.enough,
        "days_known": told.days_known,
        "dry_per_mille": told.dry_mille,
        "runs_dry": {"early": told.early_on, "likely": told.likely_on, "late": told.late_on},
        "needed": dict(zip(("low", "middle", "high"), told.needed, strict=True)),
        "days": [
            {"day": band.on, "low": band.low, "middle": band.middle, "high": band.high}
            for band in told.bands
        ],
        "ways": [
            {"lever": way.lever.value, "amount": way.amount, "days_gained": way.days_gained}
            | {"lasts": way.lasts, "what": way.what, "percent": way.percent}
            for way in ahead.ways
        ],
        "wasted": [
            {"state": one.words, "jobs": one.jobs, "used": one.used, "percent": one.percent}
            for one in ahead.lost
        ],
    }


def _tell(way: Way, resource: str, unit: str) -> ToldWay:
    label = unit_label(resource, unit)
    size = way.amount
    if way.lever is Lever.SUPPLEMENT:  # whole display units, rounded up, so that it suffices
        base = BASE_UNITS[DisplayUnit(unit)]
        size = -(-size // base) * base
    amount = write_amount(size, unit)
    words = {
        Lever.SLOW_DOWN: f"Use at most {amount} {label} a day",
        Lever.SUPPLEMENT: f"Ask for a supplement of {amount} {label}",
        Lever.PAUSE: f"Pause {way.what}, {way.percent}% of the use",
        Lever.FEWER_FAILURES: f"End failures and time-outs, {way.percent}% of the use",
    }
    return ToldWay(words=words[way.lever], days_gained=way.days_gained, lasts=way.lasts)


def _sum_by_words(lost: tuple[Ended, ...], whole: int) -> tuple[Lost, ...]:
    """Puts states of one meaning together, as all that were cancelled by whomever."""
    sums: dict[str, tuple[int, int]] = {}
    for row in lost:
        words = WASTED[state_of(row.state)]
        jobs, used = sums.get(words, (0, 0))
        sums[words] = (jobs + row.jobs, used + row.used)
    return tuple(
        Lost(words=words, jobs=jobs, used=used, percent=used * PERCENT // whole if whole else 0)
        for words, (jobs, used) in sorted(sums.items(), key=lambda one: -one[1][1])
    )
