"""`apportion review`: opinions from the shell."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.queries import find_request
from apportion.apps.people.queries import find_person
from apportion.apps.review.actions import assign_reviewer, declare_conflict, write_opinion
from apportion.apps.review.calibrating import show_model
from apportion.apps.review.queries import opinions_of
from apportion.core.faults import BadInput, Fault
from apportion.core.units import NotAQuantity, parse_decimal

reviews = typer.Typer(help="Opinions of reviewers.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="The reviewer.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(reviews, name="review")
    reviews.command("model")(show_model)


@reviews.command("list")
@listing("reviewer", "score", "minimum_percent", "written_at", "comment")
def show(ref: str) -> list[Row]:
    """List the opinions on a request."""
    return [
        {
            "reviewer": opinion.reviewer.username,
            "score": None
            if opinion.score_hundredths is None
            else f"{opinion.score_hundredths / 100:.2f}",
            "minimum_percent": opinion.minimum_percent,
            "written_at": opinion.written_at,
            "comment": opinion.comment,
        }
        for opinion in opinions_of(find_request(ref))
    ]


@reviews.command("assign")
def assign(ctx: typer.Context, ref: str, reviewer: str) -> None:
    """Ask a reviewer for an opinion."""
    assign_reviewer(request=find_request(ref), reviewer=find_person(reviewer), now=ctx.obj.now())
    typer.echo(f"{ref}: {reviewer} is asked")


@reviews.command("write")
def write(
    ctx: typer.Context,
    ref: str,
    score: str = typer.Option(..., help="1 to 10 points, at most two decimals."),
    comment: str = typer.Option("", help="What the panel should know."),
    by: str = AS,
) -> None:
    """Write an opinion of a request."""
    write_opinion(
        request=find_request(ref),
        by=find_person(by),
        score_hundredths=_hundredths(score),
        comment=comment,
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {score} from {by}")


@reviews.command("conflict")
def conflict(ctx: typer.Context, ref: str, reason: str, by: str = AS) -> None:
    """Declare a stake in a request."""
    declare_conflict(
        request=find_request(ref), by=find_person(by), reason=reason, now=ctx.obj.now()
    )
    typer.echo(f"{ref}: {by} will not judge it")


def _hundredths(text: str) -> int:
    remedy = "Write 1 to 10 with at most two decimals"
    try:
        hundredths = parse_decimal(text) * 100
    except NotAQuantity as error:
        raise BadInput(
            [Fault(file="--score", what=error.what, value=text, remedy=remedy)]
        ) from None
    if hundredths != int(hundredths):
        raise BadInput(
            [Fault(file="--score", what="more than two decimals", value=text, remedy=remedy)]
        )
    return int(hundredths)
