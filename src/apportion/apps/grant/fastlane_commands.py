"""`apportion fastlane`: small asks that are granted at once, and the look at some of them afterwards."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.fast_checks import checks_to_do
from apportion.apps.grant.fastlane import advance_fast_lanes, look_at_award
from apportion.apps.people.queries import Where, demand, find_person

fastlane = typer.Typer(help="Small asks, granted at once.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="Who does it.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(fastlane, name="fastlane")


@fastlane.command("run")
def run(ctx: typer.Context, by: str = AS) -> None:
    """Grant the small asks that wait now; the office does it by itself every minute."""
    demand(find_person(by), "slate.adopt", Where())
    told = advance_fast_lanes(now=ctx.obj.now(), seed=ctx.obj.entropy(16).hex())
    typer.echo("\n".join(told) or "No small ask waits.")


@fastlane.command("list")
@listing("request", "project", "drawn_at", "finding", "checked_by", "note")
def show() -> list[Row]:
    """List the awards that the draw chose to be looked at."""
    return [
        {
            "request": row.request.ref,
            "project": row.request.project.slug,
            "drawn_at": row.drawn_at,
            "finding": row.finding,
            "checked_by": row.checked_by.username if row.checked_by else "",
            "note": row.note,
        }
        for row in checks_to_do()
    ]


@fastlane.command("check")
def check(
    ctx: typer.Context,
    ref: str,
    wrong: bool = typer.Option(False, "--wrong", help="It should have been reviewed."),
    note: str = typer.Option("", help="What was found; needed where it was wrong."),
    by: str = AS,
) -> None:
    """Say of an award that was drawn whether it was rightly granted at once."""
    row = look_at_award(
        ref=ref, is_fine=not wrong, note=note, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{ref}: {row.get_finding_display().lower()}")
