"""`apportion grant`: carry decisions out, and look at what was granted."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.decide.publishing import to_tell
from apportion.apps.decide.slates import slates
from apportion.apps.grant.actions import grant_round, publish_round
from apportion.apps.grant.queries import list_grants
from apportion.apps.people.queries import Where, demand, find_person
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.units import format_quantity

grants = typer.Typer(help="Grants.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(grants, name="grant")
    slates.command("publish")(publish)


@grants.command("list")
@listing("project", "request", "resource", "amount", "starts_at", "ends_at")
def show(round_slug: str = typer.Option(..., "--round", help="The round.")) -> list[Row]:
    """List the grants of a round, in display units."""
    units = resource_units()
    return [
        {
            "project": grant.project.slug,
            "request": grant.decision.request.ref,
            "resource": grant.resource.code,
            "amount": format_quantity(grant.amount, units[grant.resource.code]),
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
        }
        for grant in list_grants(find_round(round_slug).slug)
    ]


def publish(
    ctx: typer.Context,
    slug: str,
    by: str = typer.Option(..., "--as", help="A board member."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be told; tell nobody."),
) -> None:
    """Publish what was adopted and is not held back, and pay it, all at one instant."""
    row, person, now = find_round(slug), find_person(by), ctx.obj.now()
    if dry_run:
        demand(person, "slate.adopt", Where(slug))
        telling, held = to_tell(row, now=now)
        typer.echo(f"{len(telling)} decisions would be told; {len(held)} are held back.")
        return
    told, paid = publish_round(row=row, by=person, now=now)
    typer.echo(f"{told} decisions of {row.name} are told; {len(paid)} grants stand in the ledger.")


@grants.command("round")
def carry_out(
    ctx: typer.Context,
    slug: str,
    by: str = typer.Option(..., "--as", help="A board member."),
) -> None:
    """Pay the awards of a round's adopted slate; repeating it changes nothing."""
    person = find_person(by)
    demand(person, "slate.adopt", Where(slug))
    paid = grant_round(row=find_round(slug), by=person, now=ctx.obj.now())
    typer.echo(f"{len(paid)} grants stand in the ledger.")
