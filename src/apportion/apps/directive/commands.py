"""`apportion codered`: directives, from the draft to the last payment."""

import json
import sys
from pathlib import Path
from typing import Any

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.directive.actions import (
    adopt_directive,
    draft_directive,
    end_directive,
    make_preview,
    sign_directive,
    withdraw_directive,
)
from apportion.apps.directive.queries import (
    COLUMNS,
    document_of,
    find_directive,
    latest_preview,
)
from apportion.apps.directive.queries import (
    register as read_register,
)
from apportion.apps.directive.wording import register_rows, tell_preview
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import resource_units
from apportion.core.faults import BadInput, Fault

codered = typer.Typer(help="Code red: lend credits, for a time.", no_args_is_help=True)

BOARD = typer.Option(..., "--as", help="A board member.")
DRAFTER = typer.Option(..., "--as", help="A board member or an operator.")
REF = typer.Argument(help="The directive.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(codered, name="codered")


@codered.command("list")
@listing(*COLUMNS)
def show_all() -> list[Row]:
    """List every directive: kept or broken, lent, paid back; in display units."""
    units = resource_units()
    return [dict(row) for row in register_rows(read_register(), units)]


@codered.command("draft")
def draft(ctx: typer.Context, terms: Path, by: str = DRAFTER) -> None:
    """Keep the terms of a directive.toml; nothing is lent yet."""
    text = _read(terms)
    row = draft_directive(toml=text, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref} is a draft. Next: apportion codered preview {row.ref}")


@codered.command("preview")
def preview(
    ctx: typer.Context,
    ref: str = REF,
    by: str = DRAFTER,
    replay: Path | None = typer.Option(None, help="A replay's JSON, attached beside our own."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> None:
    """Work out what a directive would do to whom, and keep it for the signers."""
    attached = _read_replay(replay) if replay else None
    person, now = find_person(by), ctx.obj.now()
    made = make_preview(ref=ref, by=person, now=now, replay=attached, tell=_step)
    if as_json:
        typer.echo(made.document)
        return
    for line in tell_preview(document_of(made), resource_units()):
        typer.echo(line)
    typer.echo(f"Preview {made.number} waits for {made.signers} signatures.")


@codered.command("show")
def show(ref: str = REF, as_json: bool = typer.Option(False, "--json", help="As JSON.")) -> None:
    """Show a directive: its steps, signatures and newest preview."""
    row = find_directive(ref)
    newest = latest_preview(row)
    told: dict[str, Any] = {
        "directive": row.ref,
        "state": row.state,
        "purpose": row.purpose,
        "steps": [
            {"step": one.verb, "after": one.after, "at": one.at.isoformat()}
            for one in row.steps.all()
        ],
        "signatures": len(newest.signatures.all()) if newest else 0,
        "signers": newest.signers if newest else None,
        "preview": document_of(newest) if newest else None,
    }
    if as_json:
        typer.echo(json.dumps(told, indent=1))
        return
    typer.echo(f"{row.ref}: {row.get_state_display()}. {row.purpose}")
    for one in told["steps"]:
        typer.echo(f"  {one['at']}  {one['step']}")
    if newest:
        typer.echo(f"Signed by {told['signatures']} of {newest.signers}.")
        for line in tell_preview(told["preview"], resource_units()):
            typer.echo(line)


@codered.command("sign")
def sign(
    ctx: typer.Context,
    ref: str = REF,
    number: int = typer.Option(..., "--preview", help="The number of the preview you read."),
    by: str = BOARD,
) -> None:
    """Sign a preview; whoever drafted the directive or gains by it may not."""
    row = sign_directive(ref=ref, number=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@codered.command("adopt")
def adopt(ctx: typer.Context, ref: str = REF, by: str = BOARD) -> None:
    """Put a signed directive in force: its loans are posted, all or none."""
    row = adopt_directive(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref} is in force until {row.ends_at:%Y-%m-%d %H:%M}.")
    typer.echo("The scheduler's limits follow with: apportion limits apply")


@codered.command("end")
def end(ctx: typer.Context, ref: str = REF, by: str = BOARD) -> None:
    """End a directive before its time; what is left of the loans goes back at once."""
    row = end_directive(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@codered.command("withdraw")
def withdraw(ctx: typer.Context, ref: str = REF, by: str = DRAFTER) -> None:
    """Take back a directive that was never adopted."""
    row = withdraw_directive(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


def _step(name: str) -> None:
    """Tells what was replayed, on a terminal only."""
    if sys.stderr.isatty():
        typer.echo(f"replayed {name}", err=True)


def _read(path: Path) -> str:
    data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fault = Fault(file=str(path), what="not UTF-8 text", remedy="Save the file as UTF-8")
        raise BadInput([fault]) from None


def _read_replay(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(_read(path))
    except (json.JSONDecodeError, RecursionError) as error:
        held = str(error)
    if not isinstance(held, dict):
        remedy = "Attach the JSON object that a replay printed"
        raise BadInput([Fault(file=str(path), what="not a JSON object", remedy=remedy)])
    return held
