"""`apportion project members` and `project member`: who works on a project, and their caps."""

from datetime import UTC, datetime

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.commands import AS, projects
from apportion.apps.apply.queries import find_project
from apportion.apps.members.actions import bring_in, let_go, set_cap
from apportion.apps.people.queries import find_person
from apportion.apps.report.members import COLUMNS, cap_words, member_rows, row_of
from apportion.apps.rounds.queries import resource_units
from apportion.core.faults import BadInput, Fault
from apportion.core.units import DisplayUnit, NotAQuantity, format_quantity, parse_quantity

member = typer.Typer(help="Who works on a project, and their caps.", no_args_is_help=True)
PROJECT = typer.Argument(help="The project.")
USER = typer.Argument(help="Sign-in name of the member.")
NONE = "none"


def register(_: typer.Typer) -> None:
    """Adds the verbs to those of projects."""
    projects.add_typer(member, name="member")


@projects.command("members")
@listing(*COLUMNS)
def show(ctx: typer.Context, slug: str = PROJECT) -> list[Row]:
    """List who works on a project, what each used of it and may use."""
    units = resource_units()

    def told(amount: int | None, code: str) -> str | None:
        unit = units.get(code, DisplayUnit.HOUR)
        return None if amount is None else format_quantity(amount, unit)

    return [
        {
            **{name: getattr(one, name) for name in COLUMNS},
            **{name: told(getattr(one, name), one.resource) for name in ("used", "cap", "left")},
        }
        for one in member_rows(find_project(slug), now=ctx.obj.now())
    ]


@member.command("add")
def add(ctx: typer.Context, slug: str = PROJECT, username: str = USER, by: str = AS) -> None:
    """Let somebody work on a project."""
    person = find_person(username)
    bring_in(project=find_project(slug), person=person, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{person} works on {slug}")


@member.command("remove")
def remove(ctx: typer.Context, slug: str = PROJECT, username: str = USER, by: str = AS) -> None:
    """End somebody's work on a project; what they used stays."""
    person = find_person(username)
    let_go(project=find_project(slug), person=person, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{person} no longer works on {slug}")


@member.command("cap")
def cap(
    ctx: typer.Context,
    slug: str = PROJECT,
    username: str = USER,
    hours: str = typer.Argument(help="At most so much, in the resource's unit; none lifts it."),
    resource: str = typer.Option("gpu:h100", help="Of what."),
    until: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="From this day on there is no cap."
    ),
    by: str = AS,
) -> None:
    """Cap what a member may ever use of a project's credits."""
    project, person, now = find_project(slug), find_person(username), ctx.obj.now()
    unit = resource_units().get(resource, DisplayUnit.HOUR)
    amount = None if hours == NONE else _amount(hours, unit)
    set_cap(
        project=project,
        person=person,
        resource=resource,
        amount=amount,
        ends_at=until.replace(tzinfo=UTC) if until else None,
        by=find_person(by),
        now=now,
    )
    if amount is None:
        typer.echo(f"{person} has no cap of {resource} on {slug}")
        return
    told = f"{format_quantity(amount, unit)} {unit}s of {resource}"
    typer.echo(cap_words(row_of(project, username, resource, now=now), told=told))


def _amount(text: str, unit: DisplayUnit) -> int:
    try:
        return parse_quantity(text, unit=unit)
    except NotAQuantity as error:
        fault = Fault(file="HOURS", value=text, what=error.what, remedy=error.remedy)
        raise BadInput([fault]) from None
