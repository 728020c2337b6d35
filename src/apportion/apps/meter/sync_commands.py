"""`apportion usage sync` and what it could not take: reading a cluster's accounting into the books."""

import sys
from dataclasses import asdict
from datetime import datetime

import typer

from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.meter import wording
from apportion.apps.meter.admission import Held
from apportion.apps.meter.collecting import Step, Synced, list_collectors, sync_usage
from apportion.apps.meter.commands import operator, usage
from apportion.apps.meter.holding import hold_for_cluster
from apportion.apps.meter.rejects import list_rejects, replay_rejects
from apportion.core.faults import BadInput, Fault
from apportion.core.windows import parse_instant

HOUR = 3600
CLUSTER = typer.Option(..., "--cluster", help="The cluster, as sacctmgr names it.")
ANY_CLUSTER = typer.Option("", "--cluster", help="Only this cluster.")
BY = typer.Option("", "--as", help="An operator; needless where there is one only.")
DRY_RUN = typer.Option(False, "--dry-run", help="Show what it would do, and do nothing.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")


def register(app: typer.Typer) -> None:
    """Adds the verbs, which hang on `apportion usage`."""


@usage.command("sync")
def sync(
    ctx: typer.Context,
    cluster: str = CLUSTER,
    *,
    since: str = typer.Option("", help="Read again from this date or instant on."),
    overlap_hours: int = typer.Option(
        0, "--overlap", min=0, help="Hours to read again; without it, the longest job allowed."
    ),
    by: str = BY,
    dry_run: bool = DRY_RUN,
    as_json: bool = AS_JSON,
) -> int:
    """Read a Slurm cluster's accounting into the books; repeating it adds only what is new."""
    told = sync_usage(
        accounting=SlurmAccounting(cluster),
        by=operator(by),
        now=ctx.obj.now(),
        since=_since(since),
        overlap=overlap_hours * HOUR or None,
        dry_run=dry_run,
        progress=_show_progress if sys.stderr.isatty() else None,
    )
    held = None if dry_run else hold_for_cluster(SlurmAccounting(cluster), now=ctx.obj.now())
    if as_json:
        typer.echo(wording.as_json(_facts(told, held)))
    else:
        for line in (*wording.tell_sync(told), *wording.tell_held(held)):
            typer.echo(line)
    if dry_run:
        typer.echo("Nothing was written: this was a dry run.", err=True)
    return 0


@usage.command("collectors")
@listing("cluster", "covered_until", "synced_at", "overlap_hours", "trouble")
def show_collectors() -> list[Row]:
    """List how far the accounting of each cluster was read."""
    return [
        {
            "cluster": row.cluster,
            "covered_until": row.covered_until,
            "synced_at": row.synced_at,
            "overlap_hours": row.overlap_seconds // HOUR,
            "trouble": row.trouble or None,
        }
        for row in list_collectors()
    ]


@usage.command("rejects")
@listing("seen_at", "cluster", "state", "field", "what", "text")
def show_rejects(
    cluster: str = ANY_CLUSTER,
    every: bool = typer.Option(False, "--all", help="Also those that were booked or are gone."),
) -> list[Row]:
    """List the rows of accounting that a sync could not take, word for word."""
    return [
        {
            "seen_at": row.seen_at,
            "cluster": row.cluster,
            "state": row.state,
            "field": row.field or None,
            "what": row.what,
            "text": row.text,
        }
        for row in list_rejects(cluster=cluster, every=every)
    ]


@usage.command("replay")
def replay(
    ctx: typer.Context, cluster: str = CLUSTER, *, by: str = BY, dry_run: bool = DRY_RUN
) -> int:
    """Read the rejected rows again, after a mend of the office, and book what it now can."""
    taken, imported = replay_rejects(
        cluster=cluster, by=operator(by), now=ctx.obj.now(), dry_run=dry_run
    )
    added = sum(one.added for one in imported)
    typer.echo(f"{taken} rows are no longer rejected; {added} charges added.")
    for one in imported:
        for line in wording.tell_faults(one.rejects):
            typer.echo(line, err=True)
    return 0


def _since(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        what, remedy = "not an instant", str(error)
        raise BadInput([Fault(file="--since", value=text, what=what, remedy=remedy)]) from None


def _show_progress(step: Step) -> None:
    typer.echo(wording.tell_step(step), err=True)


def _facts(told: Synced, held: Held | None) -> dict[str, object]:
    return {
        "held": None if held is None else asdict(held),
        "cluster": told.cluster,
        "from": told.span[0],
        "until": told.span[1],
        "overlap_seconds": told.overlap,
        "clock_stepped_back_seconds": told.stepped_back,
        "windows": told.windows,
        "rows": told.rows,
        "added": told.added,
        "suspended": told.suspended,
        "uncounted": told.uncounted,
        "rejects": told.rejects,
        "contradictions": told.contradictions,
        "added_seconds": dict(told.added_seconds),
        "refunded_seconds": dict(told.refunded_seconds),
    }
