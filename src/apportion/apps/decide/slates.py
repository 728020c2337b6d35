"""`apportion slate`: propose, look at and adopt the slates of a round in the office."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Layout, Row, render_rows
from apportion.apps.decide.actions import adopt_slate, move_slate, preview_move, propose_slate
from apportion.apps.decide.comparing import (
    COMPARED,
    TREATED,
    compared_rows,
    comparison_told,
    fairness_told,
    points,
    treated_rows,
    units_of,
)
from apportion.apps.decide.moving import PIN, SET, WHY, read_overrides
from apportion.apps.decide.queries import document_of, find_slate, list_slates
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.decide.compare import compare
from apportion.core.decide.fairness import fairness_of
from apportion.core.units import format_quantity

slates = typer.Typer(help="Slates of a round in the office.", no_args_is_help=True)
ROUND = typer.Argument(..., help="The round.")
NUMBER = typer.Argument(..., help="Number of the slate.")
KEEP = typer.Option(False, "--keep", help="Keep it as a new slate.")
BY = typer.Option(..., "--as", help="A board member.")
HOLD = typer.Option(False, "--hold", help="Tell nobody before it is published.")
REASON = typer.Option("", help="Why these of those too close to tell, where people settle that.")


@slates.command("list")
@listing("number", "state", "proposed_by", "proposed_at", "overrides", "price", "sha256")
def show_slates(round_slug: str = typer.Argument(help="The round.")) -> list[Row]:
    """List the slates of a round, the newest first."""
    return [
        {
            "number": slate.number,
            "state": "adopted" if slate.adopted_at else "proposed",
            "proposed_by": slate.proposed_by.username,
            "proposed_at": slate.proposed_at,
            **_moved_by_hand(document_of(slate)),
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


@slates.command("what-if")
def move(  # noqa: PLR0913, PLR0917  typer reads flags from signatures
    ctx: typer.Context,
    round_slug: str = ROUND,
    number: int = NUMBER,
    pin: list[str] = PIN,
    settings: list[str] = SET,
    why: str = WHY,
    by: str = BY,
    keep: bool = KEEP,  # noqa: FBT001  the same
) -> None:
    """Move something by hand in a slate: who gains, who loses, at what price; --keep proposes it."""
    slate, person = find_slate(round_slug, number), find_person(by)
    before = document_of(slate)
    overrides = read_overrides(pin, settings, why, before)
    if keep:
        moved = move_slate(slate=slate, overrides=overrides, by=person, now=ctx.obj.now())
        comparison = compare(before, document_of(moved))
    else:
        comparison = preview_move(slate=slate, overrides=overrides, by=person).comparison
    units = units_of(before)
    for sentence in comparison_told(comparison, units):
        typer.echo(sentence, err=True)
    typer.echo(render_rows(compared_rows(comparison, units), COMPARED, Layout()))
    if keep:
        typer.echo(f"Kept as slate {moved.number}; look at it, then adopt it.", err=True)


@slates.command("compare")
@listing(*COMPARED)
def compare_slates(round_slug: str = ROUND, number: int = NUMBER, other: int = NUMBER) -> list[Row]:
    """Compare two slates of a round: who gains, who loses, what it is worth, which promises break."""
    before, after = (document_of(find_slate(round_slug, n)) for n in (number, other))
    comparison = compare(before, after)
    for sentence in comparison_told(comparison, units_of(before)):
        typer.echo(sentence, err=True)
    return compared_rows(comparison, units_of(before))


@slates.command("fairness")
@listing(*TREATED)
def show_fairness(round_slug: str = ROUND, number: int = NUMBER) -> list[Row]:
    """Show how a slate treats the areas: approvals and cuts, and whether chance explains them."""
    report = fairness_of(document_of(find_slate(round_slug, number)))
    for sentence in fairness_told(report):
        typer.echo(sentence, err=True)
    return treated_rows(report)


@slates.command("adopt")
def adopt(
    ctx: typer.Context,
    round_slug: str,
    number: int,
    by: str = BY,
    reason: str = REASON,
    hold: bool = HOLD,  # noqa: FBT001  the same
) -> None:
    """Adopt a slate: every request of the round is decided, and hears of it at one instant."""
    slate, now = find_slate(round_slug, number), ctx.obj.now()
    adopt_slate(slate=slate, by=find_person(by), now=now, tie_reason=reason, hold=hold)
    typer.echo(f"Slate {number} of {slate.round.name} is in force.")
    if hold:
        typer.echo(f"Nobody is told yet: apportion slate publish {round_slug} --as {by}")
    else:
        typer.echo(f"Pay its awards: apportion grant round {round_slug} --as {by}")


def _moved_by_hand(document: Mapping[str, Any]) -> Row:
    """What the board moved to come to a slate, and the value that the last move cost."""
    overrides = document.get("overrides", ())
    price = document.get("price_of_override")
    return {
        "overrides": len(overrides),
        "price": points(Fraction(price)) if price is not None else "",
    }
