"""`apportion review assign|chase|panel`: what the chair of a round does."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.queries import find_request
from apportion.apps.people.queries import Where, demand, find_person
from apportion.apps.review import assigning, chasing, panels
from apportion.apps.review.commands import reviews
from apportion.apps.review.conflicts import conflicts_in, recheck_conflicts, write_ground
from apportion.apps.rounds.queries import find_area, find_round
from apportion.apps.rounds.wording import count_of
from apportion.core.faults import BadInput, Fault

CHAIR = typer.Option(..., "--as", help="A board member.")


def register(app: typer.Typer) -> None:
    """Adds the verbs; they are in the group of the other opinions."""


@reviews.command("assign")
@listing("request", "reviewer", "fit", "stands")
def assign(
    ctx: typer.Context,
    slug: str = typer.Argument(help="The round."),
    by: str = CHAIR,
    add: list[str] = typer.Option([], help="A pair to add, as REF=REVIEWER; repeatable."),
    drop: list[str] = typer.Option([], help="A pair to leave out, as REF=REVIEWER; repeatable."),
    send: bool = typer.Option(False, "--send", help="Ask everybody who is suggested."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show the plan; keep nothing."),
) -> list[Row]:
    """Suggest who reads what; --add and --drop change what is suggested, --send asks them all."""
    row, person, now = find_round(slug), find_person(by), ctx.obj.now()
    demand(person, "review.assign", Where(slug))
    if dry_run:
        plan = assigning.plan_round(row, now=now).plan
        _tell_short(plan)
        return [
            {"request": p.ref, "reviewer": p.reader, "fit": p.fit, "stands": "planned"}
            for p in plan.pairs
        ]
    if not (add or drop or send):
        _tell_short(assigning.suggest_reviewers(row=row, by=person, now=now).plan)
    for pairs, wanted in ((add, True), (drop, False)):
        for pair in pairs:
            ref, reviewer = _pair(pair)
            assigning.edit_suggestion(
                request=find_request(ref),
                reviewer=find_person(reviewer),
                wanted=wanted,
                by=person,
                now=now,
            )
    if send:
        asked = assigning.send_suggestions(row=row, by=person, now=now)
        return [
            {"request": one.request.ref, "reviewer": one.reviewer.username, "stands": "asked"}
            for one in asked
        ]
    return [
        {
            "request": one.request.ref,
            "reviewer": one.reviewer.username,
            "fit": one.fit,
            "stands": "suggested",
        }
        for one in assigning.suggestions_of(row)
    ]


@reviews.command("conflicts")
@listing("request", "reviewer", "ground", "why")
def conflicts(ctx: typer.Context, slug: str, by: str = CHAIR) -> list[Row]:
    """List who may not judge which request of a round, and on what ground."""
    demand(find_person(by), "review.panel", Where(slug))
    return [
        {
            "request": found.request,
            "reviewer": found.person,
            "ground": found.ground.value,
            "why": write_ground(found),
        }
        for found in conflicts_in(find_round(slug), now=ctx.obj.now())
    ]


@reviews.command("recheck")
def recheck(ctx: typer.Context, slug: str, by: str = CHAIR) -> None:
    """Set aside the opinions of those who have become conflicted since."""
    row, person = find_round(slug), find_person(by)
    for line in recheck_conflicts(row=row, by=person, now=ctx.obj.now()) or [
        "Nothing to set aside."
    ]:
        typer.echo(line)


@reviews.command("chase")
@listing("request", "reviewer", "assigned_at")
def chase(
    ctx: typer.Context,
    slug: str = typer.Argument(help="The round."),
    by: str = CHAIR,
    dry_run: bool = typer.Option(False, "--dry-run", help="List who would be; remind nobody."),
) -> list[Row]:
    """Remind everybody who has still to write, at most once a day."""
    row, person = find_round(slug), find_person(by)
    demand(person, "review.assign", Where(slug))
    rows = (
        chasing.overdue_of(row)
        if dry_run
        else chasing.chase_by_hand(row=row, by=person, now=ctx.obj.now())
    )
    return [
        {
            "request": one.request.ref,
            "reviewer": one.reviewer.username,
            "assigned_at": one.assigned_at,
        }
        for one in rows
    ]


@reviews.command("panel")
@listing(*panels.COLUMNS)
def panel(slug: str, by: str = typer.Option(..., "--as", help="Board or auditor.")) -> list[Row]:
    """Show each request's opinions with their interval, how far apart they are and what stands out."""
    demand(find_person(by), "review.panel", Where(slug))
    return list(panels.rows_of(panels.read_panel(find_round(slug))))


@reviews.command("log")
@listing("at", "request", "kind", "person", "by", "words")
def log(slug: str, by: str = typer.Option(..., "--as", help="Board or auditor.")) -> list[Row]:
    """List what was done about the reviews of a round, the latest first."""
    demand(find_person(by), "review.panel", Where(slug))
    return [
        {
            "at": one.at,
            "request": one.request.ref,
            "kind": one.kind,
            "person": one.person.username if one.person else None,
            "by": one.by.username if one.by else None,
            "words": one.words,
        }
        for one in chasing.happenings_of(find_round(slug))
    ]


@reviews.command("expertise")
def expertise(
    reviewer: str = typer.Argument(help="Whose."),
    keywords: str = typer.Option("", help="What they know about, joined by commas."),
    area: list[str] = typer.Option([], help="An area they know; repeatable."),
    most: int | None = typer.Option(None, help="Requests of one round at most."),
    by: str = typer.Option(..., "--as", help="The reviewer, or a board member."),
) -> None:
    """Say what a reviewer knows about and how much they can read."""
    areas = [find_area(slug) for slug in area]
    person = find_person(reviewer)
    assigning.set_expertise(
        person=person, keywords=keywords, areas=areas, most=most, by=find_person(by)
    )
    typer.echo(f"{reviewer}: kept")


def _tell_short(plan: assigning.Plan) -> None:
    for one in plan.short:
        why = ", ".join(f"{reason} {count}" for reason, count in one.barred.items())
        typer.echo(
            f"{one.ref}: {count_of(one.wanted, 'opinion')} wanted, {one.found} can be had; "
            f"{one.eligible} without a conflict, {one.full} of them full"
            + (f"; barred: {why}" if why else ""),
            err=True,
        )


def _pair(text: str) -> tuple[str, str]:
    ref, _, reviewer = text.partition("=")
    if not ref or not reviewer:
        remedy = "Write the request and the reviewer, as r12-3=hana"
        raise BadInput([Fault(file="--add, --drop", what="not a pair", value=text, remedy=remedy)])
    return ref, reviewer
