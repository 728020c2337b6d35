"""`apportion can-run` and `apportion holds`: may a job be sent, and what is held for those that were."""

import sys
from dataclasses import replace
from pathlib import Path

import typer
from django.conf import settings

from apportion.adapters.slurm.collect.parse_script import parse_options, parse_script, read_ask
from apportion.adapters.slurm.collect.parse_submission import render_submit_script
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.meter import wording
from apportion.apps.meter.admission import list_holds, weigh_job
from apportion.apps.meter.sync_commands import AS_JSON
from apportion.core.faults import BadInput, Fault
from apportion.core.units import DisplayUnit, format_quantity

LARGEST_SCRIPT = 4_000_000  # bytes, what sbatch itself takes


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("can-run", context_settings=settings)(can_run)
    app.command("holds")(show_holds)
    app.command("admission-script")(write_script)


def can_run(
    ctx: typer.Context,
    script: str = typer.Argument(help="A batch script; - is standard input."),
    user: str = typer.Option("", envvar="USER", help="Whose job it is: a member's cap counts."),
    as_json: bool = AS_JSON,
) -> int:
    """Say whether a project's credits suffice for a batch script; options after it are sbatch's own."""
    options = parse_script(_read(script), file=script)
    try:
        options |= parse_options(ctx.args)
    except ValueError as error:
        remedy = "Write options as sbatch takes them"
        raise BadInput([Fault(file="options", what=str(error), remedy=remedy)]) from None
    ask = replace(read_ask(options, file=script), user=user)
    bill = weigh_job(ask, now=ctx.obj.now())
    if as_json:
        typer.echo(wording.as_json({"project": bill.project, "needs": dict(bill.amounts)}))
        return 0
    needs = ", ".join(
        f"{format_quantity(amount, DisplayUnit.HOUR)} hours of {resource}"
        for resource, amount in sorted(bill.amounts.items())
    )
    typer.echo(f"{bill.project} can run it: at most {needs or 'nothing that is counted'}.")
    return 0


@listing("cluster", "job", "project", "resource", "hours", "unit_seconds", "placed_at", "until")
def show_holds(project: str = typer.Option("", help="Only this project.")) -> list[Row]:
    """List what is held of projects' credits for jobs that wait or run."""
    return [
        {
            "cluster": row.cluster,
            "job": row.job,
            "project": row.owner,
            "resource": row.resource,
            "hours": format_quantity(row.amount, DisplayUnit.HOUR),
            "unit_seconds": row.amount,
            "placed_at": row.placed_at,
            "until": row.until_at,
        }
        for row in list_holds(owner=project)
    ]


def write_script(
    *,
    cluster: str = typer.Option(..., "--cluster", help="The cluster, as sacctmgr names it."),
    host: str = typer.Option("127.0.0.1", help="Where the office listens."),
    port: int = typer.Option(8000, min=1, max=65535, help="Its port."),
    patience: float = typer.Option(1.0, min=0.1, max=10, help="Seconds to wait for an answer."),
    fail_open: bool = typer.Option(
        ..., "--fail-open/--fail-closed", help="Take jobs, or none, while the office is silent."
    ),
) -> None:
    """Print job_submit.lua, with which slurmctld asks the office before it takes a job."""
    token: str = settings.APPORTION_ADMISSION_TOKEN
    if not token:
        remedy = "Set it to a long random word, for the office and this command alike"
        what = "there is none"
        raise BadInput([Fault(file="APPORTION_ADMISSION_TOKEN", what=what, remedy=remedy)])
    script = render_submit_script(
        host=host, port=port, token=token, cluster=cluster, patience=patience, fail_open=fail_open
    )
    typer.echo(script, nl=False)


def _read(script: str) -> str:
    try:
        if script == "-":
            raw = sys.stdin.buffer.read(LARGEST_SCRIPT + 1)
        else:
            with Path(script).open("rb") as stream:
                raw = stream.read(LARGEST_SCRIPT + 1)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        fault = Fault(file=script, what=what, remedy="Name a batch script")
        raise BadInput([fault]) from None
    return raw[:LARGEST_SCRIPT].decode(errors="replace")
