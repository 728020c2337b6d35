"""`apportion export`: files for other programs of a site."""

from pathlib import Path

import typer

from apportion.adapters.files.client import write_whole
from apportion.adapters.ondemand.render import render_balances
from apportion.apps.formats.queries import user_balances

exports = typer.Typer(help="Files for other programs of a site.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(exports, name="export")


@exports.command("ondemand")
def ondemand(
    ctx: typer.Context,
    out: Path = typer.Option(..., "--out", help="Where Open OnDemand finds it; replaced whole."),
    resource: str = typer.Option("", help="In units of this resource; without, in credits."),
) -> None:
    """Write the balances file of Open OnDemand: what each user may still spend of each project."""
    now = ctx.obj.now()
    unit, rows = user_balances(resource=resource, now=now)
    write_whole(out, render_balances(rows, unit=unit, now=now))
    typer.echo(f"{out}: {len(rows)} balances of users, in units of {unit}.", err=True)
