"""`apportion limits`: what the scheduler should allow, what it does allow, and mending it."""

import typer

from apportion.adapters.slurm.client import SlurmCluster
from apportion.adapters.slurm.render import render_line, render_step
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.enforce.actions import apply_limits, check_limits
from apportion.apps.enforce.queries import gather_desired, last_generation, list_limits
from apportion.apps.people.queries import find_person
from apportion.core.enforce.plan import Plan, plan_limits

limits = typer.Typer(help="Limits on the cluster.", no_args_is_help=True)
CLUSTER = typer.Option(..., "--cluster", help="The cluster, as sacctmgr names it.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(limits, name="limits")


@limits.command("list")
@listing("project", "resource", "desired_minutes", "read_minutes", "applied", "read_at")
def show() -> list[Row]:
    """List the limits last ordered and what the scheduler said of them, in minutes of one unit."""
    return [
        {
            "project": limit.project.slug,
            "resource": limit.resource.code,
            "desired_minutes": limit.desired_minutes,
            "read_minutes": limit.read_minutes,
            "applied": limit.applied,
            "read_at": limit.read_at,
        }
        for limit in list_limits()
    ]


@limits.command("plan")
def plan(ctx: typer.Context, cluster: str = CLUSTER) -> None:
    """Print what differs and the commands that would mend it; nothing is changed."""
    slurm = SlurmCluster(cluster)
    planned = plan_limits(
        desired=gather_desired(now=ctx.obj.now()),
        actual=slurm.read_limits(),
        generation=last_generation() + 1,
    )
    for step in planned.steps:
        typer.echo(render_line(render_step(step, cluster=cluster)))
    _tell(planned)


@limits.command("apply")
def apply(
    ctx: typer.Context,
    cluster: str = CLUSTER,
    by: str = typer.Option(..., "--as", help="An operator."),
) -> int:
    """Make the limits what the books hold, and read them back; repeating it changes nothing."""
    outcome = apply_limits(scheduler=SlurmCluster(cluster), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{len(outcome.before.steps)} projects differed.")
    for failure in outcome.failures:
        typer.echo(f"failed: {failure}", err=True)
    return _tell(outcome.after)


@limits.command("check")
def check(ctx: typer.Context, cluster: str = CLUSTER) -> int:
    """Ask the scheduler which limits hold, and say what differs from the books."""
    return _tell(check_limits(scheduler=SlurmCluster(cluster), now=ctx.obj.now()))


def _tell(planned: Plan) -> int:
    """Tells every difference; 0 where there is none, else 1."""
    for drift in planned.drifts:
        holds = "no limit" if drift.actual is None else f"{drift.actual} minutes"
        typer.echo(
            f"{drift.project}: {drift.resource} should be {drift.desired} minutes and is {holds}",
            err=True,
        )
    for project in planned.absent:
        typer.echo(
            f"{project}: the scheduler knows no such account; add it with sacctmgr", err=True
        )
    for project in planned.ambiguous:
        typer.echo(f"{project}: another project differs from it in case only; rename one", err=True)
    if planned.matches:
        typer.echo("The scheduler's limits match the books.")
    return 0 if planned.matches else 1
