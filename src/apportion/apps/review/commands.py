"""`apportion review`: opinions from the shell."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.queries import find_request
from apportion.apps.people.queries import find_person
from apportion.apps.review.actions import (
    assign_reviewer,
    declare_conflict,
    decline_opinion,
    write_opinion,
)
from apportion.apps.review.calibrating import show_model
from apportion.apps.review.queries import Written, opinions_of, reviews_of, terms_of
from apportion.apps.review.replies import unnamed_opinions, write_reply
from apportion.core.faults import BadInput, Fault
from apportion.core.units import NotAQuantity, parse_decimal

reviews = typer.Typer(help="Opinions of reviewers.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="The reviewer.")
SCORE = "1 to 10 points, at most two decimals; or a mark, as insight=4, repeated for each."


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(reviews, name="review")
    reviews.command("model")(show_model)


@reviews.command("list")
@listing("request", "reviewer", "score", "minimum_percent", "written_at", "comment")
def show(
    ref: str = typer.Argument("", help="The request; or name a reviewer."),
    by: str = typer.Option("", "--as", help="List what this reviewer is asked to read."),
) -> list[Row]:
    """List the opinions on a request that count, or what a reviewer is asked to read."""
    if bool(ref) is bool(by):
        raise typer.BadParameter("name a request, or a reviewer with --as")
    rows = opinions_of(find_request(ref)) if ref else list(reviews_of(find_person(by)))
    return [_row(opinion) for opinion in rows]


@reviews.command("ask")
def ask(
    ctx: typer.Context,
    ref: str,
    reviewer: str,
    by: str = typer.Option(..., "--as", help="A board member."),
) -> None:
    """Ask one reviewer for an opinion."""
    assign_reviewer(
        request=find_request(ref),
        reviewer=find_person(reviewer),
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {reviewer} is asked")


@reviews.command("score")
def score(
    ctx: typer.Context,
    ref: str,
    score: list[str] = typer.Option(..., help=SCORE),
    comment: str = typer.Option("", help="What the panel should know."),
    minimum: int | None = typer.Option(
        None, help="Your estimate of the smallest useful amount, in per cent of the ask."
    ),
    by: str = AS,
) -> None:
    """Give an opinion of a request, or change it."""
    request = find_request(ref)
    rubric = terms_of(request.round).rubric
    opinion = write_opinion(
        request=request,
        by=find_person(by),
        score_hundredths=None if rubric.criteria else _hundredths(score[-1]),
        marks=dict(_mark(one) for one in score) if rubric.criteria else None,
        comment=comment,
        minimum_percent=minimum,
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {(opinion.score_hundredths or 0) / 100:g} from {by}")


@reviews.command("decline")
def decline(ctx: typer.Context, ref: str, reason: str, by: str = AS) -> None:
    """Say that you will not read a request; where you have a stake, declare it instead."""
    decline_opinion(request=find_request(ref), by=find_person(by), reason=reason, now=ctx.obj.now())
    typer.echo(f"{ref}: {by} will not read it")


@reviews.command("declare")
def declare(ctx: typer.Context, ref: str, reason: str, by: str = AS) -> None:
    """Declare a stake in a request; an opinion already given is kept and no longer counts."""
    declare_conflict(
        request=find_request(ref), by=find_person(by), reason=reason, now=ctx.obj.now()
    )
    typer.echo(f"{ref}: {by} will not judge it")


@reviews.command("read")
@listing("name", "score", "minimum_percent", "comment")
def read(ref: str) -> list[Row]:
    """List the opinions on a request as its applicant reads them: in no order, without names."""
    return [
        {
            "name": one.name,
            "score": f"{one.score_hundredths / 100:.2f}",
            "minimum_percent": one.minimum_percent,
            "comment": one.comment,
        }
        for one in unnamed_opinions(find_request(ref))
    ]


@reviews.command("reply")
def reply(
    ctx: typer.Context,
    ref: str,
    text: str,
    by: str = typer.Option(..., "--as", help="Who stands behind the request."),
) -> None:
    """Reply to the opinions of your request, once, before the decision."""
    write_reply(request=find_request(ref), by=find_person(by), text=text, now=ctx.obj.now())
    typer.echo(f"{ref}: {by} replied")


def _row(opinion: Written) -> Row:
    hundredths = opinion.score_hundredths
    return {
        "request": opinion.request.ref,
        "reviewer": opinion.reviewer.username,
        "score": None if hundredths is None else f"{hundredths / 100:.2f}",
        "minimum_percent": opinion.minimum_percent,
        "written_at": opinion.written_at,
        "comment": opinion.comment,
    }


def _mark(text: str) -> tuple[str, int]:
    name, _, mark = text.partition("=")
    if not (mark.isascii() and mark.isdigit() and len(mark) < 4):
        remedy = "Write the criterion and its mark, as insight=4"
        raise BadInput([Fault(file="--score", what="not a mark", value=text, remedy=remedy)])
    return name, int(mark)


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
