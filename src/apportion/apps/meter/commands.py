"""`apportion usage` and `apportion balance`: what was used, and what is left."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from apportion.adapters.slurm.parse import COMMAND, FIELDS
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.meter import wording
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.charges_file import write_charges
from apportion.apps.meter.queries import balance_rows, list_imports, use_rows
from apportion.apps.meter.sources import (
    Format,
    Layout,
    read_source,
    read_sources,
    uncollected,
)
from apportion.apps.people.queries import Person, Role, find_person, list_people
from apportion.core.faults import BadInput, Fault
from apportion.core.meter.cut import read_period
from apportion.core.meter.rate import rate_segments
from apportion.core.meter.ratecard import read_tariff
from apportion.core.meter.segments import Reading, Skip
from apportion.core.meter.tariff import Tariff
from apportion.core.meter.totals import total
from apportion.core.units import format_credits, format_quantity
from apportion.core.windows import Window

NOT_YET = {"focus": "--format", ".parquet": "--out"}
USAGE = 2

usage = typer.Typer(help="Usage: rate accounting files, import them.", no_args_is_help=True)

FILES = typer.Argument(help="Files, plain or gzip; - is standard input.")
FORMAT = typer.Option(..., "--format", help=f"One of {', '.join(Format)}.")
ZONE = typer.Option("", help="Zone of local times, such as Europe/Berlin; Philly's are UTC.")
FIELDS_OPTION = typer.Option(
    "", "--fields", help=f"What sacct's -o was, if not this: {','.join(FIELDS)}"
)
AS_JSON = typer.Option(False, "--json", help="As JSON.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(usage, name="usage")
    app.command("balance")(show_balances)


@usage.command("rate", epilog=f"Ask Slurm with: {COMMAND}")
@uncollected()
def rate_files(  # noqa: PLR0913  one argument a flag
    files: list[str] = FILES,
    *,
    file_format: str = FORMAT,
    rates: Path | None = typer.Option(None, help="rates.toml; without it nothing costs."),
    period: str = typer.Option("", help="START/END or a month: only use inside it."),
    out: Path | None = typer.Option(None, help="Write the charges here, as .csv."),
    zone: str = ZONE,
    fields: str = FIELDS_OPTION,
    as_json: bool = AS_JSON,
) -> int:
    """Rate accounting files; needs no office."""
    layout, tariff, window = _settle_flags(file_format, zone, fields, rates, period, out)
    reading = read_sources(files, layout=layout)
    charges = list(rate_segments(reading.segments, tariff=tariff, window=window))
    totals = total(charges)
    if as_json:
        facts = wording.reading_facts(reading) | wording.totals_facts(totals)
        typer.echo(wording.as_json(facts))
    else:
        for line in (*wording.tell_reading(reading), "", *wording.tell_totals(totals)):
            typer.echo(line)
    _tell_faults(reading)
    if _is_useless(reading):
        return USAGE
    if out is not None:
        write_charges(out, charges)
    return 0


@usage.command("import", epilog=f"Ask Slurm with: {COMMAND}")
@uncollected()
def import_files(  # noqa: PLR0913  one argument a flag
    ctx: typer.Context,
    files: list[str] = FILES,
    *,
    file_format: str = FORMAT,
    only: str = typer.Option("", "--round", help="Only use inside this round's credit window."),
    by: str = typer.Option("", "--as", help="An operator; needless where there is one only."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what it would do, and do nothing."),
    zone: str = ZONE,
    fields: str = FIELDS_OPTION,
    as_json: bool = AS_JSON,
) -> int:
    """Book accounting files into the office; importing again changes nothing."""
    layout = _layout(file_format, zone, fields)
    sources = [read_source(path, layout=layout) for path in files]
    if useless := [source.reading for source in sources if _is_useless(source.reading)]:
        for reading in useless:
            _tell_faults(reading)
        typer.echo(
            "apportion: it is cut off or no row could be read; nothing was imported", err=True
        )
        return USAGE
    imported = import_usage(
        sources=sources, by=operator(by), now=ctx.obj.now(), only=only or None, dry_run=dry_run
    )
    if as_json:
        typer.echo(wording.as_json([wording.import_facts_of(one) for one in imported]))
    for one in imported:
        for line in () if as_json else wording.tell_import(one):
            typer.echo(line)
        for line in wording.tell_faults((*one.rejects, *one.source.reading.notes)):
            typer.echo(line, err=True)
    if dry_run:
        typer.echo("Nothing was written: this was a dry run.", err=True)
    return 0


@usage.command("list")
@listing("project", "account", "resource", "charges", "used", "overrun", "unit", "credits")
def show_usage(period: str = typer.Option("", help="Charges that ended in it.")) -> list[Row]:
    """List what was used, by project; without one it stands in suspense."""
    window = _period(period) if period else None
    return [
        {
            "project": row.project or None,
            "account": row.account,
            "resource": row.resource,
            "charges": row.charges,
            "used": format_quantity(row.unit_seconds, row.unit),
            "overrun": format_quantity(row.overrun_seconds, row.unit),
            "unit": row.unit.value,
            "credits": format_credits(row.microcredits),
        }
        for row in use_rows(window=window)
    ]


@usage.command("imports")
@listing("imported_at", "file", "format", "rows", "jobs", "added", "repeats", "rejects", "by")
def show_imports() -> list[Row]:
    """List the latest imports."""
    return [
        {
            "imported_at": row.imported_at,
            "file": row.file,
            "format": row.format,
            "rows": row.rows,
            "jobs": row.jobs,
            "added": row.added,
            "repeats": row.repeats,
            "rejects": row.rejects,
            "by": row.imported_by,
        }
        for row in list_imports()
    ]


@listing("project", "resource", "granted", "used", "overrun", "left", "unit")
def show_balances(project: str = typer.Option("", help="Only this project.")) -> list[Row]:
    """List what each project was granted, used and has left."""
    return [
        {
            "project": row.project,
            "resource": row.resource,
            "granted": format_quantity(row.granted, row.unit),
            "used": format_quantity(row.used, row.unit),
            "overrun": format_quantity(row.overrun, row.unit),
            "left": format_quantity(row.left, row.unit),
            "unit": row.unit.value,
        }
        for row in balance_rows(project or None)
    ]


def _settle_flags(
    file_format: str, zone: str, fields: str, rates: Path | None, period: str, out: Path | None
) -> tuple[Layout, Tariff, Window | None]:
    """Reads every flag before any file, so that a slip costs no waiting."""
    if out is not None and out.suffix == ".parquet":
        raise _not_yet(".parquet", "Write .csv")
    layout = _layout(file_format, zone, fields)
    window = _period(period) if period else None
    if rates is None:
        return layout, Tariff(), window
    try:
        text = rates.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {error}"
        raise BadInput([Fault(file=str(rates), what=what, remedy="Name a rates.toml")]) from None
    return layout, read_tariff(text, file=str(rates), find_zone=ZoneInfo), window


def _layout(file_format: str, zone: str, fields: str) -> Layout:
    if file_format in NOT_YET:
        raise _not_yet(file_format, f"Use {', '.join(Format)}")
    if file_format not in set(Format):
        raise _bad_flag("--format", file_format, "no such format", f"Use {', '.join(Format)}")
    names = tuple(name.strip().lower() for name in fields.split(",") if name.strip())
    try:
        tz = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "Write one such as Europe/Berlin or UTC"
        raise _bad_flag("--zone", zone, "no such zone", remedy) from None
    return Layout(format=Format(file_format), zone=tz, fields=names or FIELDS)


def _period(text: str) -> Window:
    try:
        return read_period(text)
    except ValueError as error:
        remedy = "Write one such as 2017-11-01/2017-12-01"
        raise _bad_flag("--period", text, str(error), remedy) from None


def operator(username: str) -> Person:
    """Finds who imports: the person named, or the only operator that there is.

    Raises: BadInput, when nobody is named and the choice is not clear.
    """
    if username:
        return find_person(username)
    operators = [
        person
        for person in list_people()
        if any(role.kind == Role.Kind.OPERATOR for role in person.roles.all())
    ]
    if len(operators) == 1:
        return operators[0]
    names = ", ".join(person.username for person in operators)
    remedy = (
        f"Name one of them: {names}"
        if names
        else "Add one: apportion people add NAME --role operator"
    )
    raise _bad_flag("--as", None, f"there are {len(operators)} operators", remedy)


def _is_useless(reading: Reading) -> bool:
    """A bad row stops nothing, but a file that is cut off lacks rows that nobody can name."""
    if reading.is_cut_off:
        return True
    jobs = reading.jobs + sum(n for skip, n in reading.skipped if skip is not Skip.STEP)
    return bool(reading.rejects) and not jobs


def _tell_faults(reading: Reading) -> None:
    for line in wording.tell_faults((*reading.rejects, *reading.notes)):
        typer.echo(line, err=True)


def _not_yet(value: str, remedy: str) -> BadInput:
    return _bad_flag(NOT_YET[value], value, "not there yet", remedy)


def _bad_flag(flag: str, value: str | None, what: str, remedy: str) -> BadInput:
    return BadInput([Fault(file=flag, value=value, what=what, remedy=remedy)])
