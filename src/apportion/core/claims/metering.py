"""Months of metering out of days: what was used, and where nobody can tell whether it is all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from apportion.core.claims.facts import Metering
from apportion.core.claims.months import days_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What jobs of one area that ended on a day used of a resource; they ran from `since` on.

    Units: base units, microcredits. Shape: no area is suspense.
    """

    day: date
    since: date
    resource: str
    area: str | None
    used: int
    charged: int


@dataclass(slots=True)
class _Month:
    ran: set[date] = field(default_factory=set)
    used: dict[date, int] = field(default_factory=dict)
    charged: dict[date, int] = field(default_factory=dict)
    suspense: int = 0
    suspense_charged: int = 0


def months_metered(days: Iterable[Day], *, until: date) -> tuple[Metering, ...]:
    """Tells of each month and resource with use how complete its metering can be.

    A day is unmetered where no job ran on it, whichever month that job ended in.
    """
    found: dict[tuple[str, str], _Month] = {}
    ran: dict[str, set[date]] = {}
    for one in days:
        month = found.setdefault((f"{one.day:%Y-%m}", one.resource), _Month())
        month.used[one.day] = month.used.get(one.day, 0) + one.used
        month.charged[one.day] = month.charged.get(one.day, 0) + one.charged
        if one.area is None:
            month.suspense += one.used
            month.suspense_charged += one.charged
        _run(ran.setdefault(one.resource, set()), one)
    for resource, on in ran.items():
        for day in on:
            name = f"{day:%Y-%m}"
            if day <= until:
                found.setdefault((name, resource), _Month()).ran.add(day)
    return tuple(
        Metering(
            month=name,
            resource=resource,
            unmetered_days=max(0, days_in(name, until=until) - len(month.ran)),
            suspense=month.suspense,
            suspense_charged=month.suspense_charged,
            busiest=max(month.used.values(), default=0),
            busiest_charged=max(month.charged.values(), default=0),
        )
        for (name, resource), month in sorted(found.items())
    )


def _run(on: set[date], one: Day) -> None:
    """Marks the days on which a job ran, the last one first: most were marked before."""
    day = one.day
    while day >= one.since:
        on.add(day)
        day -= timedelta(days=1)
