"""`apportion standing`: who was granted what, used what, ran dry when; and beside the others."""

import inspect
from typing import Any

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import demand, find_person
from apportion.apps.report.queries import standing_of_areas, standing_of_projects
from apportion.apps.report.standings import COLUMNS, read_standings, row_of
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.faults import BadInput, Fault
from apportion.core.units import BASE_UNITS, DisplayUnit, format_quantity

RESOURCE = typer.Option("gpu:h100", help="The resource.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.command("standing")(show)


@listing("name", "asked", "awarded", "used", "overrun", "left", "ran_dry_at")
def in_round(slug: str, resource: str = RESOURCE, *, areas: bool = False) -> list[Row]:
    """Show what each project of a round asked, was awarded, used and has left."""
    unit = _unit(resource)
    row = find_round(slug)
    standings = (standing_of_areas if areas else standing_of_projects)(row, resource)
    return [
        {
            "name": s.name,
            "asked": format_quantity(s.asked, unit),
            "awarded": format_quantity(s.awarded, unit),
            "used": format_quantity(s.used, unit),
            "overrun": format_quantity(s.overrun, unit),
            "left": format_quantity(s.left, unit),
            "ran_dry_at": s.ran_dry_at,
        }
        for s in standings
    ]


@listing(*COLUMNS)
def beside(ctx: typer.Context, by: str, resource: str = RESOURCE) -> list[Row]:
    """Show how each area, and a person, fared over all rounds beside the others."""
    person = find_person(by)
    demand(person, "standing.see")
    _unit(resource)
    read = read_standings(person, resource=resource, now=ctx.obj.now())
    base = BASE_UNITS[_unit(resource)]
    lines = [*([read.own] if read.own else []), *read.areas]
    return [row_of(one, hours=base) for one in lines]


def _unit(resource: str) -> DisplayUnit:
    units = resource_units()
    if resource not in units:
        what, remedy = "unknown resource", f"There are {', '.join(sorted(units)) or 'none yet'}"
        raise BadInput([Fault(file="--resource", what=what, value=resource, remedy=remedy)])
    return units[resource]


def show(ctx: typer.Context, **given: Any) -> None:
    """Show standing in a round; without one, over all rounds beside the others, as somebody may know it.

    Rates stand with Wilson's 95 % interval, median waits with order statistics.
    """
    slug, areas, by = given.pop("slug"), given.pop("areas"), given.pop("by")
    if bool(slug) is bool(by):
        raise typer.BadParameter("name a round, or with --as who wants to know of all rounds")
    if slug:
        in_round(slug=slug, areas=areas, **given)
    else:
        beside(ctx=ctx, by=by, **given)


def _signature() -> inspect.Signature:
    """Puts the options of both together; each then takes its own."""
    flags = list(inspect.signature(in_round).parameters.values())[3:]
    own = {
        "slug": (str, typer.Argument("", help="The round.")),
        "resource": (str, RESOURCE),
        "areas": (bool, typer.Option(False, "--areas", help="Sum over areas.")),
        "by": (str, typer.Option("", "--as", help="Who wants to know, over all rounds.")),
    }
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter("ctx", kind, annotation=typer.Context),
            *(
                inspect.Parameter(name, kind, default=default, annotation=annotation)
                for name, (annotation, default) in own.items()
            ),
            *flags,
        ]
    )


show.__signature__ = _signature()  # type: ignore[attr-defined]  # what typer reads
show.__annotations__ = {
    name: parameter.annotation for name, parameter in _signature().parameters.items()
}
