"""`apportion slate`: propose, look at and adopt the slates of a round in the office."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.decide.queries import document_of, find_slate, list_slates
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.units import format_quantity

slates = typer.Typer(help="Slates of a round in the office.", no_args_is_help=True)
BY = typer.Option(..., "--as", help="A board member.")


@slates.command("list")
@listing("number", "state", "proposed_by", "proposed_at", "sha256")
def show_slates(round_slug: str = typer.Argument(help="The round.")) -> list[Row]:
    """List the slates of a round, the newest first."""
    return [
        {
            "number": slate.number,
            "state": "adopted" if slate.adopted_at else "proposed",
            "proposed_by": slate.proposed_by.username,
            "proposed_at": slate.proposed_at,
            "sha256": slate.sha256[:16],
        }
        for slate in list_slates(find_round(round_slug).slug)
    ]


@slates.command("show")
@listing("request", "outcome", "resource", "amount", "reason", "nearest_way_in")
def show_slate(
    round_slug: str = typer.Argument(help="The round."),
    number: int = typer.Argument(help="Number of the slate."),
) -> list[Row]:
    """List the awards of a slate in display units, each no with its reason and nearest way in."""
    units = resource_units()
    document = document_of(find_slate(round_slug, number))
    return [
        {
            "request": award["request"],
            "outcome": award["outcome"],
            "resource": resource,
            "amount": format_quantity(int(amount), units[resource]),
            "reason": award["reasons"][0]["text"] if award["reasons"] else "",
            "nearest_way_in": award["counterfactuals"][0]["text"]
            if award["counterfactuals"]
            else "",
        }
        for award in document["awards"]
        for resource, amount in sorted(award["amounts"].items())
    ]


@slates.command("export")
def export_slate(
    round_slug: str = typer.Argument(help="The round."),
    number: int = typer.Argument(help="Number of the slate."),
) -> None:
    """Print the decision file of a slate, byte for byte, for `apportion verify`."""
    typer.echo(find_slate(round_slug, number).document, nl=False)


@slates.command("propose")
def propose(ctx: typer.Context, round_slug: str, by: str = BY) -> None:
    """Run the engine on a round as it stands and keep the result as a slate."""
    slate = propose_slate(row=find_round(round_slug), by=find_person(by), now=ctx.obj.now())
    typer.echo(
        f"Slate {slate.number} of {slate.round.name} is proposed; look at it, then adopt it:"
    )
    typer.echo(f"  apportion slate show {round_slug} {slate.number}")


@slates.command("adopt")
def adopt(ctx: typer.Context, round_slug: str, number: int, by: str = BY) -> None:
    """Adopt a slate: every request of the round is decided and its grant paid, at one instant."""
    slate = find_slate(round_slug, number)
    adopt_slate(slate=slate, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"Slate {number} of {slate.round.name} is in force.")
    typer.echo(f"Pay its awards: apportion grant round {round_slug} --as {by}")
