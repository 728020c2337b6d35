"""`apportion rates`: what use costs, from which day on."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import find_person
from apportion.apps.tariffs.actions import set_tariff
from apportion.apps.tariffs.queries import version_on, versions

rates = typer.Typer(help="What use costs, from which day on.", no_args_is_help=True)
DAY = ["%Y-%m-%d"]
FILE = typer.Argument(help="rates.toml: rates, classes of use, refunds.")
FROM = typer.Option(..., "--from", help="The first UTC day that it prices.", formats=DAY)
AS = typer.Option(..., "--as", help="Who sets it: a board member or operator.")
DRY = typer.Option(False, "--dry-run", help="Read it, say what would hold, and do nothing.")
ON = typer.Option(None, "--on", help="As it holds on that UTC day; without it today.", formats=DAY)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(rates, name="rates")


@rates.command("set")
def set_rates(
    ctx: typer.Context,
    file: Path = FILE,
    starts: datetime = FROM,
    by: str = AS,
    *,
    dry_run: bool = DRY,
) -> None:
    """Price what is used from a day on by a rates.toml; what is charged already stays."""
    row = set_tariff(
        toml=read_whole(file),
        file=str(file),
        starts_on=starts.date(),
        by=find_person(by),
        now=ctx.obj.now(),
        dry_run=dry_run,
    )
    typer.echo(f"Rates {row.number} price what is used from {row.starts_on} on, UTC.")
    if dry_run:
        typer.echo("Nothing was written: this was a dry run.", err=True)


@rates.command("show")
def show_rates(ctx: typer.Context, on: datetime | None = ON) -> None:
    """Print the rates.toml that holds."""
    now: datetime = ctx.obj.now()
    day = on.date() if on else now.astimezone(UTC).date()
    typer.echo(version_on(day).toml, nl=False)


@rates.command("list")
@listing("number", "from", "sha256", "set_at", "by")
def list_rates() -> list[Row]:
    """List what was set, oldest first; of one day, the last counts."""
    return [
        {
            "number": row.number,
            "from": row.starts_on.isoformat(),
            "sha256": row.sha256,
            "set_at": row.set_at,
            "by": row.set_by,
        }
        for row in versions()
    ]
