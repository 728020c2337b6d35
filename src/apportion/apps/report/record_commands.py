"""`apportion report`: the public record as a file, and the equity monitor."""

import json
from pathlib import Path

import typer

from apportion.adapters.files.client import write_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import demand, find_person
from apportion.apps.report.equity import COLUMNS, look_at_equity, rows_of
from apportion.apps.report.published import record_document
from apportion.core.verify import verify_record

reports = typer.Typer(help="What the office tells of itself.", no_args_is_help=True)

AS = typer.Option(..., "--as", help="A board member or an auditor.")
OUT = typer.Option(..., "--out", help="Where record.json goes.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(reports, name="report")


@reports.command("record")
def record(ctx: typer.Context, out: Path = OUT) -> int:
    """Write the signed public record; exit 1 where it does not hold, with what is wrong in it."""
    data = (
        json.dumps(record_document(now=ctx.obj.now()), indent=1, sort_keys=True) + "\n"
    ).encode()
    write_whole(out, data)
    verdict = verify_record(data)
    if not verdict.holds:
        typer.echo(f"{out} is written, but it is not true: {verdict.fault}", err=True)
        return 1
    typer.echo(f"{out} is written; anybody can check it: apportion verify {out}", err=True)
    return 0


@reports.command("equity")
@listing(*COLUMNS)
def equity(ctx: typer.Context, by: str = AS) -> list[Row]:
    """List who was granted too little, denied beyond chance, wound down quietly or fell silent."""
    demand(find_person(by), "equity.see")
    findings, _ = look_at_equity(now=ctx.obj.now())
    return list(rows_of(findings))
