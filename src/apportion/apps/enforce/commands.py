"""`apportion limits`: what the scheduler should allow, what it does allow, and mending it."""

from pathlib import Path

import typer
from django.conf import settings

from apportion.adapters.slurm.client import SlurmCluster
from apportion.adapters.slurm.parse_dump import parse_dump
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.enforce.actions import Scheduler, apply_limits, check_limits, check_setup
from apportion.apps.enforce.queries import (
    cluster_states,
    last_generation,
    list_alarms,
    list_levers,
    list_limits,
    list_orders,
)
from apportion.apps.enforce.taking_over import plan_takeover, take_over
from apportion.apps.enforce.watching import acknowledge_alarm
from apportion.apps.people.queries import find_person
from apportion.core.enforce.plan import Plan
from apportion.core.enforce.preflight import refusals_of
from apportion.core.faults import BadInput, Fault

limits = typer.Typer(help="Limits on the cluster.", no_args_is_help=True)
CLUSTER = typer.Option("", "--cluster", help="The cluster, as sacctmgr names it.")
OPERATOR = typer.Option(..., "--as", help="An operator.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(limits, name="limits")


@limits.command("list")
@listing("project", "resource", "cluster", "desired_minutes", "read_minutes", "applied", "read_at")
def show() -> list[Row]:
    """List the limits last ordered and what the scheduler said of them, in minutes of one unit."""
    return [
        {
            "project": limit.project.slug,
            "resource": limit.resource.code,
            "cluster": limit.cluster,
            "desired_minutes": limit.desired_minutes,
            "read_minutes": limit.read_minutes,
            "applied": limit.applied,
            "read_at": limit.read_at,
        }
        for limit in list_limits()
    ]


@limits.command("show")
@listing("cluster", "subject", "what", "mend")
def show_found() -> list[Row]:
    """List what the newest look at each cluster found, alarms and levers too, with the mend."""
    rows: list[Row] = []
    for state in cluster_states():
        if state.error:
            mend = "Look at slurmctld and slurmdbd; jobs go on under the limits that stand."
            rows.append({"cluster": state.name, "what": state.error, "mend": mend})
        rows.extend({"cluster": state.name, **found} for found in state.found)
    rows.extend(
        {
            "cluster": alarm.cluster,
            "subject": alarm.project.slug,
            "what": f"{alarm.get_cause_display().lower()} without us: {alarm.resource} from"
            f" {alarm.was_minutes} to {alarm.now_minutes} minutes; the limit is lower by"
            f" {alarm.lost_minutes}",
            "mend": f"Look into it, then: apportion limits acknowledge {alarm.pk}",
        }
        for alarm in list_alarms(waiting=True)
    )
    rows.extend(
        {
            "subject": lever.project.slug,
            "what": f"{lever.get_kind_display().lower()}: {lever.reason}",
            "mend": f"It ends with {lever.source}.",
        }
        for lever in list_levers()
    )
    return rows


@limits.command("alarms")
@listing(
    "alarm", "cluster", "project", "resource", "cause", "was", "now", "lost", "raised", "read_by"
)
def alarms() -> list[Row]:
    """List counters that fell or stayed behind the books without us, in minutes."""
    return [
        {
            "alarm": row.pk,
            "cluster": row.cluster,
            "project": row.project.slug,
            "resource": row.resource.code,
            "cause": row.cause,
            "was": row.was_minutes,
            "now": row.now_minutes,
            "lost": row.lost_minutes,
            "raised": row.raised_at,
            "read_by": row.acknowledged_by.username if row.acknowledged_by else "",
        }
        for row in list_alarms()
    ]


@limits.command("acknowledge")
def acknowledge(ctx: typer.Context, number: int, by: str = OPERATOR) -> None:
    """Note that an alarm was looked into; where the site fails closed, the project goes on."""
    row = acknowledge_alarm(number=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"Alarm {row.pk} of {row.project.slug} is acknowledged.")


@limits.command("orders")
@listing("cluster", "generation", "by", "at", "steps", "failures", "in_force_at")
def orders() -> list[Row]:
    """List the newest batches of orders: who gave them and what came of them."""
    return [
        {
            "cluster": row.cluster,
            "generation": row.generation,
            "by": row.by.username if row.by else "",
            "at": row.at,
            "steps": len(row.steps),
            "failures": len(row.failures),
            "in_force_at": row.in_force_at,
        }
        for row in list_orders()
    ]


@limits.command("preflight")
def preflight(cluster: str = CLUSTER) -> int:
    """Look whether the cluster's configuration can be trusted with limits."""
    checks = check_setup(scheduler=_scheduler(cluster))
    for check in checks:
        mend = f" {check.mend}" if check.mend else ""
        typer.echo(f"{check.level.value:>8}  {check.subject}: {check.what}.{mend}")
    return 1 if refusals_of(checks) else 0


@limits.command("plan")
def plan(ctx: typer.Context, cluster: str = CLUSTER) -> None:
    """Print what differs and the commands that would mend it; nothing is changed."""
    scheduler = _scheduler(cluster)
    planned = check_limits(scheduler=scheduler, now=ctx.obj.now())
    for step in planned.steps:
        typer.echo(scheduler.describe(step))
    _tell(planned)
    if planned.steps:
        generation = last_generation(scheduler.name) + 1
        typer.echo(f"Apply just this with: --generation {generation}", err=True)


@limits.command("apply")
def apply(
    ctx: typer.Context,
    cluster: str = CLUSTER,
    by: str = OPERATOR,
    generation: int | None = typer.Option(None, help="The plan that was read; no newer one."),
) -> int:
    """Make the limits what the books hold, and read them back; repeating it changes nothing."""
    outcome = apply_limits(
        scheduler=_scheduler(cluster), by=find_person(by), now=ctx.obj.now(), expected=generation
    )
    projects = {step.association for step in outcome.before.steps}
    typer.echo(f"{len(projects)} accounts differed: {len(outcome.before.steps)} orders.")
    for failure in outcome.failures:
        typer.echo(f"failed: {failure}", err=True)
    return _tell(outcome.after)


@limits.command("check")
def check(ctx: typer.Context, cluster: str = CLUSTER) -> int:
    """Ask the scheduler which limits hold, and say what differs from the books."""
    return _tell(check_limits(scheduler=_scheduler(cluster), now=ctx.obj.now()))


@limits.command("import")
def import_tree(
    ctx: typer.Context,
    by: str = OPERATOR,
    cluster: str = CLUSTER,
    dump: Path | None = typer.Option(None, help="A file of `sacctmgr dump`; else the live tree."),
    area: str = typer.Option("", help="The area of new projects; needed with --go."),
    under: str = typer.Option("", help="Take over only accounts under this one."),
    going: bool = typer.Option(False, "--go", help="Do it; without, it is only shown."),
) -> None:
    """Take over an existing sacctmgr tree: accounts become projects, users become members."""
    tree = parse_dump(_read(dump), file=str(dump)) if dump else _scheduler(cluster).read_tree()
    taken = plan_takeover(tree=tree, under=under)
    for one in taken:
        members = ", ".join(one.members) or "nobody"
        held = ", ".join(f"{code} {count} min" for code, count in one.minutes.items()) or "no limit"
        typer.echo(f"{one.account}: {one.fate}; members {members}; {held}")
    if not going:
        typer.echo("Nothing was changed; do it with --go.", err=True)
        return
    named = cluster or (settings.APPORTION_SLURM or ("imported",))[0]
    made = take_over(taken=taken, cluster=named, area=area, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{made} projects were made. Next: apportion limits plan")


def _scheduler(name: str) -> Scheduler:
    chosen = name or (settings.APPORTION_SLURM or ("",))[0]
    if not chosen:
        remedy = "Name one with --cluster, or set APPORTION_SLURM"
        raise BadInput([Fault(file="limits", field="cluster", what="none named", remedy=remedy)])
    return SlurmCluster(chosen)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Write it with: sacctmgr dump CLUSTER file=FILE"
        raise BadInput([Fault(file=str(path), what=str(error), remedy=remedy)]) from None


def _tell(planned: Plan) -> int:
    """Tells every difference; 0 where there is none, else 1."""
    for step in planned.steps:
        typer.echo(f"{step.association}: {step.verb.value}: {step.reason}", err=True)
    for finding in planned.findings:
        typer.echo(f"{finding.subject}: {finding.what}. {finding.mend}", err=True)
    if planned.matches:
        typer.echo("The scheduler's limits match the books.")
    return 0 if planned.matches else 1
