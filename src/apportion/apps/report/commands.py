"""`apportion standing`: who was granted what, used what, ran dry when."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.report.queries import standing_of_areas, standing_of_projects
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.units import format_quantity


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.command("standing")(show)


@listing("name", "asked", "awarded", "used", "overrun", "left", "ran_dry_at")
def show(
    slug: str = typer.Argument(help="The round."),
    resource: str = typer.Option("gpu:h100", help="The resource."),
    areas: bool = typer.Option(False, "--areas", help="Sum over areas."),
) -> list[Row]:
    """Show what each project of a round asked, was awarded, used and has left."""
    unit = resource_units()[resource]
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
