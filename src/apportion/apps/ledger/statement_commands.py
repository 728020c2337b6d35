"""`apportion ledger statement`, `asof`, `export`: what moved accounts, and what they held when."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import typer

from apportion.adapters.plaintext.render import Dialect, render_books
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.ledger.commands import ledger
from apportion.apps.ledger.statements import (
    Slice,
    balances_at,
    export_books,
    find_account,
    measure_statement,
    read_statement,
)
from apportion.apps.rounds.queries import resource_units
from apportion.core.ledger import Key, Kind
from apportion.core.statement import Bounds, Statement
from apportion.core.units import DisplayUnit, format_quantity
from apportion.core.windows import parse_instant

COLUMNS = (
    "seq",
    "effective_at",
    "recorded_at",
    "code",
    "amount",
    "balance",
    "other",
    "note",
)
FROM = typer.Option("", "--from", help="First instant: a date or RFC 3339; without it, all before.")
UNTIL = typer.Option("", "--until", help="First instant not included any more.")
RECORDED = typer.Option("", help="Leave out what the books recorded at this instant or later.")
OUT = typer.Option(None, help="Write it here instead of on standard output.")


def register(app: typer.Typer) -> None:
    """Adds the verbs: they join those of the ledger as this module is read."""


@ledger.command("statement")
@listing(*COLUMNS)
def statement(
    owner: str = typer.Argument(help="Project, round or scheduler account."),
    unit: str = typer.Option("gpu:h100", help="The resource."),
    kind: Kind = typer.Option(Kind.PROJECT, help="Kind of account."),
    starts: str = FROM,
    until: str = UNTIL,
    recorded: str = RECORDED,
    limit: int = typer.Option(0, min=0, help="Only the last rows; those before are one."),
) -> list[Row]:
    """List what an account held, what moved it and what it held after, in base units."""
    account = find_account(Key(kind, owner, unit))
    try:
        bounds = Bounds(
            starts_at=_instant(starts, "--from"),
            ends_at=_instant(until, "--until"),
            recorded_before=_instant(recorded, "--recorded"),
        )
    except ValueError as error:
        raise typer.BadParameter(f"--until {until}: {error}") from None
    extent = measure_statement(account, bounds=bounds)
    shown = Slice(offset=max(0, extent.rows - limit) if limit else 0)
    return _statement_rows(read_statement(account, bounds=bounds, shown=shown, extent=extent))


@ledger.command("asof")
@listing("kind", "owner", "unit", "balance", "amount")
def as_of(
    owner: str = typer.Argument("", help="Whose accounts; without it, everybody's."),
    effective: str = typer.Option("", help="Count what took effect before this instant."),
    recorded: str = typer.Option("", help="Count what the books had recorded before it."),
) -> list[Row]:
    """Tell what accounts held as of any two times, recomputed from their transfers."""
    bounds = Bounds(
        ends_at=_instant(effective, "--effective"), recorded_before=_instant(recorded, "--recorded")
    )
    units = resource_units()
    return [
        {
            "kind": key.kind.value,
            "owner": key.owner,
            "unit": key.unit,
            "balance": balance,
            "amount": format_quantity(balance, units.get(key.unit, DisplayUnit.HOUR)),
        }
        for key, balance in sorted(balances_at(bounds=bounds, owner=owner or None).items())
    ]


@ledger.command("export")
def export(
    dialect: Dialect = typer.Option(Dialect.BEANCOUNT, "--format", help="Whose text it is."),
    owner: str = typer.Option("", help="Only what moved this owner's accounts."),
    out: Path | None = OUT,
) -> None:
    """Write the books as a Beancount or hledger journal with balances asserted; base units."""
    title = f"Accounts of {owner}" if owner else "The books, whole"
    outline, entries = export_books(title=title, owner=owner or None)
    _write(render_books(dialect, outline, entries), out)


def _statement_rows(made: Statement) -> list[Row]:
    rows: list[Row] = [{"code": "opening", "balance": made.opening}]
    if made.before:
        balance = made.opening + made.before
        rows.append({"code": "before", "amount": made.before, "balance": balance})
    rows += [
        {
            "seq": row.movement.seq,
            "effective_at": row.movement.effective_at,
            "recorded_at": row.movement.recorded_at,
            "code": row.movement.code.value,
            "amount": row.movement.amount,
            "balance": row.balance,
            "other": str(row.movement.other),
            "note": row.movement.note,
        }
        for row in made.rows
    ]
    return [*rows, {"code": "closing", "balance": made.closing}]


def _write(lines: Iterator[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            sys.stdout.write(f"{line}\n")
        return
    with out.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _instant(text: str, flag: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise typer.BadParameter(f"{flag} {text!r}: {error}") from None
