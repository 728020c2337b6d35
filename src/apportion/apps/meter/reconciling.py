"""What was posted against what the scheduler says, per cluster, UTC day and account.

A difference stands in suspense until somebody explains it, or until it is no more.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Case, F, QuerySet, When

from apportion.adapters.slurm.parse import FIELDS
from apportion.apps.meter.collecting import Accounting
from apportion.apps.meter.models import Charge, Collector, DayTotal, Reject
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import resource_units
from apportion.core.meter.cut import Span
from apportion.core.meter.daysums import sum_rows
from apportion.core.meter.plan import NO_ACCOUNT
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import from_epoch

DAY = timedelta(days=1)
EVERY = timedelta(hours=6)
USUAL_DAYS = 3
LONGEST_OWNER = 120
LONGEST_REASON = 280
Sums = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in suspense under one account of the scheduler. Units: unit_seconds."""

    account: str
    resource: str
    charges: int
    unit_seconds: int


def reconcile_usage(
    *, accounting: Accounting, by: Person | None, now: datetime, since: date | None = None
) -> list[DayTotal]:
    """Compares each UTC day, up to where the accounting was read; nobody is the office itself.

    Refuses: NOT_ALLOWED, WRONG_STATE where the cluster was never synced.
    Raises: WorldError where the scheduler does not answer to the end.
    """
    if by is not None:
        demand(by, "usage.import")
    reached = _reached(accounting.name)
    first = since or (reached - USUAL_DAYS * DAY).date()
    days = list(_days(first, reached))
    found: list[DayTotal] = []
    with tempfile.TemporaryDirectory(prefix="apportion-reconcile-") as name:
        folder = Path(name)
        for day, span in days:
            path = accounting.ask(span, folder=folder).wait()
            with path.open("rb") as stream:
                said = _known(sum_rows(stream, columns=FIELDS, day=span))
            path.unlink(missing_ok=True)
            posted = _posted(accounting.name, span)
            found += _record(accounting.name, day, posted=posted, said=said, now=now)
    return found


def explain_difference(
    *, cluster: str, day: date, account: str, reason: str, by: Person, now: datetime
) -> int:
    """Explains what differs on a day for an account; a later change of it asks again.

    Refuses: NOT_ALLOWED, NOT_FOUND, REASON_MISSING.
    """
    demand(by, "usage.import")
    if not reason.strip():
        remedy = "Say what the difference comes from."
        raise Refused([Refusal(code=Code.REASON_MISSING, subject=account, remedy=remedy)])
    with transaction.atomic():
        rows = DayTotal.objects.select_for_update().filter(
            cluster=cluster, day=day, account=account
        )
        changed = rows.exclude(posted=F("scheduler")).update(
            explained_difference=F("scheduler") - F("posted"),
            reason=reason.strip()[:LONGEST_REASON],
            explained_by=by.username,
            explained_at=now,
        )
    if not changed:
        subject = f"{cluster} {day} {account}"
        remedy = "List them with: apportion usage reconcile"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
    return changed


def is_reconciled(cluster: str, *, now: datetime) -> bool:
    """Says whether a cluster was compared within the last six hours."""
    last = DayTotal.objects.filter(cluster=cluster).order_by("-checked_at").first()
    return last is not None and timedelta(0) <= now - last.checked_at < EVERY


def find_totals() -> QuerySet[DayTotal]:
    """Finds all days, the latest first."""
    return DayTotal.objects.order_by("-day", "cluster", "account", "resource")


def find_differences() -> QuerySet[DayTotal]:
    """Finds what differs and nobody has explained."""
    return find_totals().exclude(scheduler=F("posted") + F("explained_difference"))


def find_totals_differing_first() -> QuerySet[DayTotal]:
    """Finds all days, those in suspense first."""
    differs = Case(When(scheduler=F("posted") + F("explained_difference"), then=1), default=0)
    return find_totals().order_by(differs, "-day", "cluster", "account", "resource")


def hint_at(row: DayTotal) -> str:
    """Says what is known of where a difference comes from."""
    if not row.in_suspense:
        return ""
    open_rows = Reject.objects.filter(
        cluster=row.cluster,
        state=Reject.State.OPEN,
        starts_at__date__lte=row.day,
        ends_at__date__gte=row.day,
    )
    rejected = sum(f"|{row.account}|" in reject.text for reject in open_rows[:1000])
    if rejected:
        return f"{rejected} of its rows were rejected"
    return "not asked for yet: sync since that day" if row.difference > 0 else ""


def _reached(cluster: str) -> datetime:
    row = Collector.objects.filter(cluster=cluster).first()
    if row is None:
        remedy = f"Read it first: apportion usage sync --cluster {cluster}"
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=cluster, remedy=remedy)])
    return row.covered_until


def _days(first: date, reached: datetime) -> Iterator[tuple[date, Span]]:
    at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    while at < reached:
        until = min(at + DAY, reached)
        yield at.date(), (int(at.timestamp()), int(until.timestamp()))
        at += DAY


def _known(sums: Sums) -> Sums:
    """Leaves out what no round gives, and names accounts as the books do."""
    counted = resource_units()
    found: dict[tuple[str, str], int] = {}
    for (account, resource), seconds in sums.items():
        if resource in counted:
            key = account[:LONGEST_OWNER] or NO_ACCOUNT, resource
            found[key] = found.get(key, 0) + seconds
    return found


def _posted(cluster: str, span: Span) -> Sums:
    low, high = (from_epoch(at) for at in span)
    rows = Charge.objects.filter(source__cluster=cluster, started_at__lt=high, ended_at__gt=low)
    columns = ("account", "resource", "size", "started_at", "ended_at")
    found: dict[tuple[str, str], int] = {}
    for account, resource, size, start, end in (
        rows.order_by().values_list(*columns).iterator(chunk_size=10_000)
    ):
        seconds = int((min(end, high) - max(start, low)).total_seconds())
        found[account, resource] = found.get((account, resource), 0) + size * seconds
    return found


def _record(
    cluster: str, day: date, *, posted: Sums, said: Sums, now: datetime
) -> Iterable[DayTotal]:
    with transaction.atomic():
        rows = DayTotal.objects.select_for_update().filter(cluster=cluster, day=day)
        keys = {*posted, *said, *rows.values_list("account", "resource")}
        totals = [
            DayTotal(
                cluster=cluster,
                day=day,
                account=account,
                resource=resource,
                posted=posted.get((account, resource), 0),
                scheduler=said.get((account, resource), 0),
                checked_at=now,
            )
            for account, resource in sorted(keys)
        ]
        DayTotal.objects.bulk_create(
            totals,
            update_conflicts=True,
            unique_fields=["cluster", "day", "account", "resource"],
            update_fields=["posted", "scheduler", "checked_at"],
            batch_size=500,
        )
    return list(rows.all().order_by("account", "resource"))
