"""Reads of metering by day: what was used, by whom, and on which days anything ran at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Max, Min, Q, Sum
from django.db.models.functions import TruncDay

from apportion.apps.meter.models import Charge, UsageImport

BATCH = 5_000  # projects named in one statement; below the variable limits of both databases


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUse:
    """What an area's jobs that ended on a day used. Units: unit_seconds, microcredits.

    Shape: the area is None where the usage stands in suspense; jobs ran from `since` on.
    """

    day: date
    area: str | None
    resource: str
    unit_seconds: int
    microcredits: int
    since: date


def daily_use() -> list[DayUse]:
    """Sums all that was metered by the day on which it ended, area and resource, oldest first."""
    rows = Charge.objects.order_by().values_list(
        TruncDay("ended_at", tzinfo=UTC), "project__area__slug", "resource"
    )
    found = [
        DayUse(
            day=day.date(),
            area=area,
            resource=resource,
            unit_seconds=int(used),
            microcredits=int(cost),
            since=since.astimezone(UTC).date(),
        )
        for day, area, resource, used, cost, since in rows.annotate(
            Sum("unit_seconds"), Sum("microcredits"), Min("started_at")
        )
    ]
    return sorted(found, key=lambda use: (use.day, use.area or "", use.resource))


def rejected_rows() -> int:
    """Counts the lines of accounting that could not be read, over all imports.

    A file that is imported again counts once.
    """
    files = UsageImport.objects.order_by().values_list("sha256", "rejects").distinct()
    return sum(dict(files).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When a project's last job on a resource ended, and what it used lately. Units: unit_seconds."""

    project: str
    resource: str
    lately: int
    last_ended_at: datetime


def paces(*, since: datetime) -> list[Pace]:
    """Sums of each project what it used in jobs that ended after an instant."""
    rows = Charge.objects.filter(project__isnull=False).order_by()
    sums = rows.values_list("project__slug", "resource").annotate(
        lately=Sum("unit_seconds", filter=Q(ended_at__gt=since), default=0), last=Max("ended_at")
    )
    return [
        Pace(project=slug, resource=resource, lately=int(used), last_ended_at=ended)
        for slug, resource, used, ended in sums
    ]


def use_of_areas(resource: str) -> dict[str, int]:
    """Sums what each area's projects ever used of a resource. Units: unit_seconds."""
    rows = Charge.objects.filter(resource=resource, project__isnull=False).order_by()
    sums = rows.values_list("project__area__slug").annotate(Sum("unit_seconds"))
    return {area: int(used) for area, used in sums}


def use_of_projects(projects: Collection[str], *, resource: str) -> int:
    """Sums what some projects together ever used of a resource. Units: unit_seconds."""
    held = sorted(projects)
    rows = Charge.objects.filter(resource=resource)
    parts = (
        rows.filter(project__slug__in=held[at : at + BATCH]).aggregate(used=Sum("unit_seconds"))
        for at in range(0, len(held), BATCH)
    )
    return sum(int(part["used"] or 0) for part in parts)
