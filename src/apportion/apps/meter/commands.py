"""`apportion usage` and `apportion balance`: what was used, and what is left."""

import typer

from apportion.adapters.slurm.parse import COMMAND
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.meter import rate_commands, wording
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.flags import (
    AS_JSON,
    FIELDS_OPTION,
    FILES,
    FORMAT,
    USAGE,
    ZONE,
    bad_flag,
    is_useless,
    read_layout,
    read_window,
    tell_rejects,
)
from apportion.apps.meter.queries import balance_rows, list_imports, use_rows
from apportion.apps.meter.sources import read_source, uncollected
from apportion.apps.people.queries import Person, Role, find_person, list_people
from apportion.core.units import format_credits, format_quantity

usage = typer.Typer(help="Usage: rate accounting files, import them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    rate_commands.register(usage)
    app.add_typer(usage, name="usage")
    app.command("balance")(show_balances)


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
    layout = read_layout(file_format, zone, fields)
    sources = [read_source(path, layout=layout) for path in files]
    if useless := [source.reading for source in sources if is_useless(source.reading)]:
        for reading in useless:
            tell_rejects(reading)
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
    window = read_window(period)
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
    raise bad_flag("--as", None, f"there are {len(operators)} operators", remedy)
