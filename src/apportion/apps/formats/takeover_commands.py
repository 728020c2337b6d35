"""`apportion coldfront`: taking over what a site had."""

from pathlib import Path

import typer

from apportion.adapters.coldfront.parse import MOST_BYTES, parse_dump
from apportion.adapters.files.client import read_whole
from apportion.apps.formats.actions import plan_coldfront, take_over_coldfront
from apportion.apps.people.queries import find_person
from apportion.core.faults import BadInput, Fault

coldfront = typer.Typer(help="Taking over a ColdFront installation.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(coldfront, name="coldfront")


@coldfront.command("import")
def import_dump(
    ctx: typer.Context,
    file: Path = typer.Argument(
        help="Of `coldfront dumpdata auth user project allocation resource`."
    ),
    by: str = typer.Option(..., "--as", help="An operator."),
    area: str = typer.Option(..., help="The area of new projects."),
    credit: list[str] = typer.Option(
        [], help="ATTRIBUTE=RESOURCE: amounts that become credits; repeatable."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would become of it."),
) -> None:
    """Take over users, projects, members and amounts; rows that cannot be used are listed."""
    if file.is_file() and file.stat().st_size > MOST_BYTES:
        remedy = "Dump less: auth user project allocation resource"
        what = f"more than {MOST_BYTES:,} bytes"
        raise BadInput([Fault(file=str(file), what=what, remedy=remedy)])
    dump = parse_dump(read_whole(file), file=str(file))
    taken, faults = plan_coldfront(dump, credit=_pairs(credit), file=str(file))
    for one in taken:
        fate = "new" if one.is_new else "there already"
        typer.echo(f"{one.slug}: {fate}; {one.project.title}; {', '.join(one.project.people)}")
    for fault in (*dump.faults, *faults):
        typer.echo(str(fault), err=True)
    if dump.left_out:
        typer.echo(f"{dump.left_out} archived projects are left out.", err=True)
    if dry_run:
        typer.echo("Nothing was written: this was a dry run.", err=True)
        return
    made = take_over_coldfront(
        dump=dump, taken=taken, area=area, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{made} projects were made.", err=True)


def _pairs(words: list[str]) -> dict[str, str]:
    pairs = [word.rpartition("=") for word in words]
    for name, _, resource in pairs:
        if not name or not resource:
            raise typer.BadParameter("--credit takes ATTRIBUTE=RESOURCE")
    return {name: resource for name, _, resource in pairs}
