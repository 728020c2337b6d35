"""Balances, charges and usage, for programs. Units: base units, microcredits."""

from datetime import date
from typing import Any

from django.conf import settings
from pydantic import AwareDatetime, Field

from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.apps.apply.queries import find_project
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, Found, row
from apportion.apps.meter import admission_commands, commands, reconcile_commands, sync_commands
from apportion.apps.meter.attributing import attribute_account
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.meter.holding import hold_for_cluster
from apportion.apps.meter.queries import balance_rows, find_charges, use_rows
from apportion.apps.meter.reconciling import explain_difference, reconcile_usage
from apportion.apps.meter.rejects import replay_rejects
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("usage")
HOUR = 3600


class BalanceRow(Answer):
    """What a project was granted of a resource, used and has left."""

    project: str
    resource: str
    unit: str
    granted: int
    used: int
    overrun: int
    left: int


class UseRow(Answer):
    """What one account used of one resource; without a project it stands in suspense."""

    project: str
    account: str
    resource: str
    unit: str
    charges: int
    unit_seconds: int
    overrun_seconds: int
    microcredits: int
    ran_dry_at: AwareDatetime | None


class ChargeRow(Answer):
    """Rated usage of one job segment."""

    account: str
    user: str
    job: str
    name: str
    state: str
    resource: str
    size: int
    submitted_at: AwareDatetime
    started_at: AwareDatetime
    ended_at: AwareDatetime
    unit_seconds: int
    overrun_seconds: int
    microcredits: int
    refunded_seconds: int
    is_open: bool


class Attribution(Body):
    """Which project's credits answer for an account."""

    account: str = Field(min_length=1, max_length=120)
    project: str = Field(max_length=60)
    dry_run: bool = False


class Explanation(Body):
    """Where a difference comes from."""

    account: str = Field(max_length=120)
    day: date
    because: str = Field(min_length=1, max_length=300)


class Sync(Body):
    """How a cluster is read."""

    since: AwareDatetime | None = None
    overlap_hours: int = Field(default=0, ge=0, le=10_000)
    dry_run: bool = False


class Replay(Body):
    """Whether to say only what would be booked."""

    dry_run: bool = False


class Reconcile(Body):
    """The first day; without it, the last three."""

    since: date | None = None


DIFFERENCE = "day cluster account resource posted:n scheduler:n difference:n in_suspense:yes reason"
calls.listing(
    "/holds",
    "usage.see",
    admission_commands.show_holds,
    "holds",
    row=row("HoldRow", "cluster job project resource hours unit_seconds:n placed_at:at until:at"),
)
calls.listing(
    "/usage/imports",
    "usage.see",
    commands.show_imports,
    "usage imports",
    row=row("ImportRow", "imported_at:at file format rows:n jobs:n added:n repeats:n rejects:n by"),
)
calls.listing(
    "/usage/collectors",
    "usage.see",
    sync_commands.show_collectors,
    "usage collectors",
    row=row("CollectorRow", "cluster covered_until:at synced_at:at overlap_hours:n trouble"),
)
calls.listing(
    "/usage/rejects",
    "usage.see",
    sync_commands.show_rejects,
    "usage rejects",
    row=row("RejectRow", "seen_at:at cluster state field what text"),
)
calls.listing(
    "/usage/suspense",
    "usage.see",
    reconcile_commands.show_suspense,
    "usage suspense",
    row=row("SuspenseRow", "account resource charges:n hours unit_seconds:n"),
)


@calls.rows("/balances", "project.see", "balance", row=BalanceRow)
def balances(_: Caller, project: str = "") -> list[Any]:
    """Lists what each project was granted, used and has left."""
    return list(balance_rows(project or None))


@calls.rows("/usage", "usage.see", "usage list", row=UseRow)
def usage(_: Caller, period: str = "") -> list[Any]:
    """Lists what was used, by project and account; of the charges that ended in a period."""
    return list(use_rows(window=commands.read_window(period)))


@calls.rows("/projects/{slug}/charges", "project.see", row=ChargeRow)
def charges(_: Caller, slug: str) -> Found:
    """Lists a project's charges, the newest first."""
    return Found(rows=find_charges(find_project(slug).slug), newest_first=True)


@calls.act("/usage/attributions", "usage.attribute", "usage attribute")
def attribute(caller: Caller, body: Attribution) -> Done:
    """Gives an account's usage to a project: what stands in suspense and all to come."""
    told = attribute_account(
        account=body.account,
        project=body.project,
        by=caller.user,
        now=caller.now,
        dry_run=body.dry_run,
    )
    words = f"{told.moved} charges, {told.unit_seconds} unit-seconds; {told.left} stay in suspense"
    return Done(ref=body.account, state="unchanged" if body.dry_run else "named", words=words)


@calls.act("/clusters/{cluster}/differences/explain", "usage.import", "usage explain")
def explain(caller: Caller, cluster: str, body: Explanation) -> Done:
    """Explains a difference; if it changes later, it stands in suspense again."""
    explain_difference(
        cluster=cluster,
        day=body.day,
        account=body.account,
        reason=body.because,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=f"{body.account} {body.day}", state="explained")


@calls.act(
    "/clusters/{cluster}/reconcile",
    "usage.import",
    "usage reconcile",
    answer=list[row("DifferenceRow", DIFFERENCE)],  # type: ignore[misc]  # made of its columns
)
def reconcile(caller: Caller, cluster: str, body: Reconcile) -> list[Any]:
    """Compares what was posted with the scheduler's own totals, by UTC day and account."""
    found = reconcile_usage(
        accounting=_accounting(cluster), by=caller.user, now=caller.now, since=body.since
    )
    return list(found)


@calls.act("/clusters/{cluster}/sync", "usage.import", "usage sync")
def sync(caller: Caller, cluster: str, body: Sync) -> Done:
    """Reads a Slurm cluster's accounting into the books; repeating it adds only what is new."""
    accounting = _accounting(cluster)
    told = sync_usage(
        accounting=accounting,
        by=caller.user,
        now=caller.now,
        since=body.since,
        overlap=body.overlap_hours * HOUR or None,
        dry_run=body.dry_run,
    )
    if not body.dry_run:
        hold_for_cluster(accounting, now=caller.now)
    words = f"{told.rows} rows read, {told.added} charges added, {told.rejects} rejected"
    return Done(ref=cluster, state="unchanged" if body.dry_run else "read", words=words)


@calls.act("/clusters/{cluster}/rejects/replay", "usage.import", "usage replay")
def replay(caller: Caller, cluster: str, body: Replay) -> Done:
    """Reads the rejected rows again, after a mend of the office, and books what it now can."""
    taken, imported = replay_rejects(
        cluster=cluster, by=caller.user, now=caller.now, dry_run=body.dry_run
    )
    added = sum(one.added for one in imported)
    words = f"{taken} rows are no longer rejected; {added} charges added."
    return Done(ref=cluster, state="unchanged" if body.dry_run else "read", words=words)


def _accounting(name: str) -> SlurmAccounting:
    """Gives a cluster that the site has named; no other word reaches a program of Slurm.

    Refuses: NOT_FOUND.
    """
    if name not in settings.APPORTION_SLURM:
        remedy = "The site names its clusters in APPORTION_SLURM."
        refusal = Refusal(code=Code.NOT_FOUND, subject=f"cluster {name!r}", remedy=remedy)
        raise Refused([refusal])
    return SlurmAccounting(name)
