"""`apportion queues`: budgets of GPU-hours on Kubernetes with Kueue."""

import json

import typer
from django.conf import settings

from apportion.adapters.kueue.client import KueueCluster
from apportion.adapters.kueue.render import render_manifest
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import find_person
from apportion.apps.queues.actions import apply_queues, check_queues, sync_workloads
from apportion.apps.queues.passing import follow, read_connection
from apportion.apps.queues.queries import gather_queues, last_generation, list_queues
from apportion.core.enforce.kueue_plan import QueuePlan, plan_queues

queues = typer.Typer(help="Queues of Kueue, with a budget of GPU-hours.", no_args_is_help=True)
BY = typer.Option(..., "--as", help="An operator.")
FORCE = typer.Option(False, "--force", help="Take over fields that somebody else set.")
MOST_SECONDS = 86_400


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(queues, name="queues")


@queues.command("list")
@listing("cluster", "kind", "name", "project", "stop", "quotas", "in_force", "read_at", "why")
def show() -> list[Row]:
    """List what was last ordered of Kueue, and whether it was read back."""
    return [
        {
            "cluster": row.cluster,
            "kind": row.kind,
            "name": row.name,
            "project": row.project.slug if row.project else None,
            "stop": row.wanted.get("stop"),
            "quotas": "; ".join(
                f"{name.removeprefix('quota ')} {value}"
                for name, value in sorted(row.wanted.items())
                if name.startswith("quota ")
            ),
            "in_force": row.in_force,
            "read_at": row.read_at,
            "why": row.why,
        }
        for row in list_queues()
    ]


@queues.command("sync")
def sync(
    ctx: typer.Context,
    by: str = BY,
    watch: int = typer.Option(0, "--watch", min=0, max=MOST_SECONDS, help="Follow for so long, s."),
) -> None:
    """Book what Workloads held of their quota; again changes nothing."""
    connection = read_connection(settings.APPORTION_KUEUE)
    person = find_person(by)
    events = list(follow(KueueCluster(connection), seconds=watch))
    done = sync_workloads(events=events, site=connection.site, by=person, now=ctx.obj.now())
    typer.echo(f"{done.source.reading.jobs} runs read, {done.added} charges added.")
    for fault in (*done.rejects, *done.source.reading.notes):
        typer.echo(str(fault), err=True)


@queues.command("plan")
def plan(
    ctx: typer.Context,
    as_yaml: bool = typer.Option(False, "--manifests", help="Print what would be written."),
) -> int:
    """Print what differs and what would mend it; nothing is changed."""
    connection = read_connection(settings.APPORTION_KUEUE)
    cluster = KueueCluster(connection)
    planned = plan_queues(
        desired=gather_queues(site=connection.site, now=ctx.obj.now()),
        actual=cluster.read_queues(),
        generation=last_generation(connection.site.cluster) + 1,
    )
    for step in planned.steps if as_yaml else ():
        manifest = render_manifest(step, version=cluster.version)
        typer.echo(f"---\n{json.dumps(manifest, indent=2)}")
    return _tell(planned)


@queues.command("apply")
def apply(ctx: typer.Context, by: str = BY, force: bool = FORCE) -> int:
    """Book what ran, make the queues what the books hold, and read them back."""
    connection = read_connection(settings.APPORTION_KUEUE)
    person = find_person(by)
    cluster = KueueCluster(connection, force=force)
    events = follow(cluster, seconds=0)
    sync_workloads(events=events, site=connection.site, by=person, now=ctx.obj.now())
    done = apply_queues(cluster=cluster, site=connection.site, by=person, now=ctx.obj.now())
    typer.echo(f"{len(done.before.steps)} objects differed.")
    for failure in done.failures:
        typer.echo(f"failed: {failure}", err=True)
    return _tell(done.after)


@queues.command("check")
def check(ctx: typer.Context) -> int:
    """Ask the cluster which queues stand, and say what differs from the books."""
    connection = read_connection(settings.APPORTION_KUEUE)
    site = connection.site
    return _tell(check_queues(cluster=KueueCluster(connection), site=site, now=ctx.obj.now()))


def _tell(planned: QueuePlan) -> int:
    """Tells every difference; 0 where there is none, else 1."""
    for step in planned.steps:
        for reason in step.reasons:
            typer.echo(str(reason), err=True)
    for project in planned.unnameable:
        what = "Kubernetes takes no such name; use up to 63 letters, digits and hyphens"
        typer.echo(f"{project}: {what}", err=True)
    for project in planned.ambiguous:
        typer.echo(f"{project}: another project differs from it in case only; rename one", err=True)
    for kind, _, name in planned.newer:
        typer.echo(f"{kind} {name}: newer orders stand there than these", err=True)
    for kind, _, name in planned.orphans:
        typer.echo(f"{kind} {name}: no project answers for it now; delete it by hand", err=True)
    if planned.matches:
        typer.echo("Kueue's queues match the books.")
    return 0 if planned.matches else 1
