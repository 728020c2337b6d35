"""Reads of charges, imports and balances: rows to facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from apportion.apps.apply.queries import find_project, projects_by_slug
from apportion.apps.ledger.periods import list_periods, period_of
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.models import Charge, PayingProject, UsageImport
from apportion.apps.rounds.queries import (
    Round,
    find_round,
    list_rounds,
    resource_units,
)
from apportion.apps.tariffs.queries import prices
from apportion.core.enforce.names import association_of
from apportion.core.ids import ProjectId
from apportion.core.ledger import Key, Kind
from apportion.core.meter.cut import Span
from apportion.core.meter.plan import SUSPENDED, Facts, Standing, ids_of
from apportion.core.meter.rate import epoch_span
from apportion.core.meter.segments import Segment
from apportion.core.units import DisplayUnit
from apportion.core.windows import Window

BATCH = 5_000  # ids asked for in one statement; below the variable limits of both databases


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a project was granted of a resource, used and has left. Units: base units."""

    project: str
    resource: str
    unit: DisplayUnit
    granted: int
    used: int
    overrun: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one account used of one resource. Units: unit_seconds, microcredits."""

    project: str  # empty where the charge stands in suspense
    account: str
    resource: str
    unit: DisplayUnit
    charges: int
    unit_seconds: int
    overrun_seconds: int
    microcredits: int
    ran_dry_at: datetime | None  # end of the first job that the account could not pay whole


def import_facts(*, only: str | None = None, needs_user: bool = False) -> Facts:
    """Collects what an import depends on; `only` is the slug of a round.

    A project's name on the scheduler is its own in small letters, or what an account was
    attributed to it as.

    Refuses: NOT_FOUND.
    """
    window = None if only is None else _credit_span(find_round(only))
    projects = frozenset(projects_by_slug())
    named = PayingProject.objects.values_list("account", "project__slug")
    return Facts(
        windows=tuple(_credit_span(row) for row in list_rounds()),
        projects=projects,
        resources=frozenset(resource_units()),
        prices=prices(),
        only=window,
        periods=tuple(epoch_span(period_of(row).window) for row in list_periods()),
        payers={association_of(ProjectId(slug)): slug for slug in projects} | dict(named),
        needs_user=needs_user,
    )


def standing_charges(segments: Sequence[Segment], *, facts: Facts) -> dict[bytes, Standing]:
    """Finds which pieces of segments stand in the books already, and what they say."""
    found: dict[bytes, Standing] = {}
    asked: set[bytes] = set()
    while True:  # a piece that was charged while its job ran tells where the next one starts
        wanted = [i for i in ids_of(segments, facts=facts, standing=found) if i not in asked]
        asked.update(wanted)
        more = find_standing(wanted)
        found |= more
        if not any(piece.is_open for piece in more.values()):
            return found


def find_standing(wanted: Sequence[bytes]) -> dict[bytes, Standing]:
    """Finds charges by their keys, and what they say."""
    found: dict[bytes, Standing] = {}
    if not wanted or not Charge.objects.exists():
        return found
    columns = ("key", "started_at", "ended_at", "account", "size", "is_open")
    for at in range(0, len(wanted), BATCH):
        rows = Charge.objects.order_by().filter(key__in=wanted[at : at + BATCH])
        for key, started, ended, account, size, is_open in rows.values_list(*columns):
            span = int(started.timestamp()), int(ended.timestamp())
            found[bytes(key)] = Standing(*span, account, size, is_open)
    return found


def balance_rows(project: str | None = None) -> list[Balance]:
    """Lists what each project was granted, used and has left, per resource.

    Refuses: NOT_FOUND.
    """
    units = resource_units()
    owner = None if project is None else find_project(project).slug
    held = balances(owner=owner)
    keys = sorted({(k.owner, k.unit) for k in held if k.kind in {Kind.PROJECT, Kind.OVERRUN}})
    return [_balance(held, slug, code, units.get(code, DisplayUnit.HOUR)) for slug, code in keys]


def used_by_members(project: str) -> dict[str, dict[str, int]]:
    """Sums what the jobs of each user ran on a project; what was given back to it counts too.

    Units: base units, by user and resource.
    """
    rows = Charge.objects.filter(project__slug=project).order_by("user", "resource")
    sums = rows.values_list("user", "resource").annotate(Sum("unit_seconds"))
    used: dict[str, dict[str, int]] = {}
    for user, resource, seconds in sums:
        used.setdefault(user, {})[resource] = int(seconds)
    return used


def use_rows(*, window: Window | None = None) -> list[Use]:
    """Sums charges by project, account and resource; inside a window by when they ended."""
    units = resource_units()
    rows = Charge.objects.order_by("project__slug", "account", "resource")
    if window is not None:
        rows = rows.filter(ended_at__gt=window.starts_at, ended_at__lte=window.ends_at)
    sums = rows.values_list("project__slug", "account", "resource").annotate(
        Count("id"),
        Sum("unit_seconds"),
        Sum("overrun_seconds"),
        Sum("microcredits"),
        dry=Min("ended_at", filter=Q(overrun_seconds__gt=0)),
    )
    return [
        Use(
            project=slug or "",
            account=account,
            resource=resource,
            unit=units.get(resource, DisplayUnit.HOUR),
            charges=count,
            unit_seconds=int(used),
            overrun_seconds=int(over),
            microcredits=int(cost),
            ran_dry_at=dry,
        )
        for slug, account, resource, count, used, over, cost, dry in sums
    ]


def accounted_usage() -> dict[tuple[str, str], int]:
    """Sums all usage ever imported by project and resource, suspense apart. Units: base units."""
    rows = Charge.objects.order_by().values_list("project__slug", "resource")
    sums = rows.annotate(Sum("unit_seconds"))
    return {(slug or SUSPENDED, resource): int(used) for slug, resource, used in sums if used}


def list_imports(*, limit: int = 100) -> list[UsageImport]:
    """Lists the latest imports, newest first."""
    return list(UsageImport.objects.all()[:limit])


def _credit_span(row: Round) -> Span:
    window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
    return epoch_span(window)


def _balance(held: dict[Key, int], slug: str, code: str, unit: DisplayUnit) -> Balance:
    left = held.get(Key(Kind.PROJECT, slug, code), 0)
    used = held.get(Key(Kind.CONSUMED, slug, code), 0)
    overrun = -held.get(Key(Kind.OVERRUN, slug, code), 0)
    return Balance(
        project=slug,
        resource=code,
        unit=unit,
        granted=left + used - overrun,
        used=used,
        overrun=overrun,
        left=left,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaUse:
    """What an area's projects used of a resource in a month, by when jobs ended. Units: unit_seconds."""

    month: date
    area: str
    resource: str
    unit_seconds: int


def find_charges(project: str) -> QuerySet[Charge]:
    """Finds a project's charges, newest first."""
    return Charge.objects.filter(project__slug=project)


def use_by_area() -> list[AreaUse]:
    """Sums what was metered by area, resource and month, oldest first."""
    rows = Charge.objects.filter(project__isnull=False).order_by()
    sums = rows.values_list(
        TruncMonth("ended_at", tzinfo=UTC), "project__area__slug", "resource"
    ).annotate(Sum("unit_seconds"))
    found = [
        AreaUse(month=month.date(), area=area, resource=resource, unit_seconds=int(used))
        for month, area, resource, used in sums
    ]
    return sorted(found, key=lambda use: (use.month, use.area, use.resource))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobUse:
    """What one job of a project used. Units: used in base units a resource, microcredits."""

    used: Mapping[str, int]
    microcredits: int
    submitted_at: datetime


def use_of_jobs(project: str, jobs: Iterable[str]) -> dict[str, JobUse]:
    """Sums what jobs used by their ids; a job that is not charged to the project is not there."""
    wanted = sorted(set(jobs))
    found: dict[str, JobUse] = {}
    for at in range(0, len(wanted), BATCH):
        rows = Charge.objects.filter(project__slug=project, job__in=wanted[at : at + BATCH])
        sums = (
            rows.order_by()
            .values_list("job", "resource")
            .annotate(Sum("unit_seconds"), Sum("microcredits"), Min("submitted_at"))
        )
        for job, resource, used, cost, submitted in sums:
            before = found.get(job)
            found[job] = JobUse(
                used={**(before.used if before else {}), resource: int(used)},
                microcredits=int(cost) + (before.microcredits if before else 0),
                submitted_at=min(submitted, before.submitted_at) if before else submitted,
            )
    return found
