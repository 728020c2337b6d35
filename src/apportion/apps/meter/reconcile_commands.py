"""`apportion usage reconcile`, `explain`, `attribute`, `suspense`: does the accounting agree."""

from datetime import date

import typer

from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.meter.attributing import attribute_account, waiting_accounts
from apportion.apps.meter.commands import operator, usage
from apportion.apps.meter.reconciling import explain_difference, hint_at, reconcile_usage
from apportion.apps.meter.sync_commands import BY, CLUSTER, DRY_RUN
from apportion.core.faults import BadInput, Fault
from apportion.core.units import DisplayUnit, format_quantity


def register(app: typer.Typer) -> None:
    """Adds the verbs, which hang on `apportion usage`."""


@usage.command("reconcile")
@listing(
    *("day", "cluster", "account", "resource", "posted", "scheduler", "difference"),
    *("in_suspense", "reason", "hint"),
)
def reconcile(
    ctx: typer.Context,
    cluster: str = CLUSTER,
    since: str = typer.Option("", help="First day; without it, the last three."),
    by: str = BY,
) -> list[Row]:
    """Compare what was posted with the scheduler's own totals, by UTC day and account, in seconds."""
    rows = reconcile_usage(
        accounting=SlurmAccounting(cluster),
        by=operator(by),
        now=ctx.obj.now(),
        since=_day(since, "--since") if since else None,
    )
    return [
        {
            "day": row.day.isoformat(),
            "cluster": row.cluster,
            "account": row.account,
            "resource": row.resource,
            "posted": row.posted,
            "scheduler": row.scheduler,
            "difference": row.difference,
            "in_suspense": row.in_suspense,
            "reason": row.reason or None,
            "hint": hint_at(row) or None,
        }
        for row in rows
    ]


@usage.command("explain")
def explain(
    ctx: typer.Context,
    account: str = typer.Argument(help="The scheduler's account."),
    *,
    cluster: str = CLUSTER,
    day: str = typer.Option(..., help="The UTC day."),
    because: str = typer.Option(..., help="Where the difference comes from."),
    by: str = BY,
) -> None:
    """Explain a difference; if it changes later, it stands in suspense again."""
    explain_difference(
        cluster=cluster,
        day=_day(day, "--day"),
        account=account,
        reason=because,
        by=operator(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{account} on {day}: explained.")


@usage.command("suspense")
@listing("account", "resource", "charges", "hours", "unit_seconds")
def show_suspense() -> list[Row]:
    """List what no project's credits answer for, by the scheduler's account."""
    return [
        {
            "account": row.account,
            "resource": row.resource,
            "charges": row.charges,
            "hours": format_quantity(row.unit_seconds, DisplayUnit.HOUR),
            "unit_seconds": row.unit_seconds,
        }
        for row in waiting_accounts()
    ]


@usage.command("attribute")
def attribute(
    ctx: typer.Context,
    account: str = typer.Argument(help="The scheduler's account."),
    *,
    project: str = typer.Option(..., help="The project whose credits answer for it."),
    by: str = BY,
    dry_run: bool = DRY_RUN,
) -> None:
    """Give an account's usage to a project: what stands in suspense and all to come."""
    told = attribute_account(
        account=account, project=project, by=operator(by), now=ctx.obj.now(), dry_run=dry_run
    )
    hours = format_quantity(told.unit_seconds, DisplayUnit.HOUR)
    beyond = format_quantity(told.overrun_seconds, DisplayUnit.HOUR)
    typer.echo(f"{told.moved} charges of {account} moved to {told.project}: {hours} hours,")
    typer.echo(f"{beyond} of them beyond its credits.")
    if told.left:
        typer.echo(f"{told.left} lie outside every round's credits and stay in suspense.")
    if dry_run:
        typer.echo("Nothing was written: this was a dry run.", err=True)


def _day(text: str, flag: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        what, remedy = "not a day", "Write one such as 2026-11-22"
        raise BadInput([Fault(file=flag, value=text, what=what, remedy=remedy)]) from None
