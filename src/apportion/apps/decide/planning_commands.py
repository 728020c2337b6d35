"""`apportion slate`: the board's plan by hand, its signatures, and telling what was adopted."""

from collections.abc import Callable
from datetime import datetime, time
from fractions import Fraction

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.decide import outcomes, plans, publishing, seats, signing
from apportion.apps.decide.comparing import (
    COMPARED,
    compared_rows,
    comparison_told,
    points,
    units_of,
)
from apportion.apps.decide.letters import preview_letter
from apportion.apps.decide.moving import read_overrides
from apportion.apps.decide.queries import adopted_slate, document_of, find_slate, latest_slate
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import Round, find_round
from apportion.core.decide.overrides import Moved, Override
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Code, Refusal, Refused

ROUND = typer.Argument(..., help="The round.")
NUMBER = typer.Argument(..., help="Number of the slate.")
REF = typer.Argument(..., help="The request.")
BY = typer.Option(..., "--as", help="A board member.")
WHY = typer.Option(..., "--why", help="The reason; it stays with the slate.")
WHERE = typer.Argument(..., help="in, full, minimum or out.")
DRY = typer.Option(False, "--dry-run", help="Show what would change and keep nothing.")
SEEN = typer.Option(0, "--seen", help="The slate you looked at; another one by now is refused.")
DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
UNTIL = typer.Option(..., "--until", help="When it is told by itself, in UTC.", formats=DAY)
NINE = time(9)


def register_planning(slates: typer.Typer) -> None:
    """Adds the verbs."""
    for name, verb in VERBS.items():
        slates.command(name)(verb)


@listing(*COMPARED)
def pin(  # noqa: PLR0913  typer reads flags from signatures
    ctx: typer.Context,
    round_slug: str = ROUND,
    ref: str = REF,
    where: str = WHERE,
    why: str = WHY,
    by: str = BY,
    seen: int = SEEN,
    dry_run: bool = DRY,
) -> list[Row]:
    """Put a request in or out of the board's plan, or hold it to its minimum, with the reason."""
    row = find_round(round_slug)
    if where not in {"in", "full", "minimum", "out"}:
        remedy = "Write in, full, minimum or out"
        raise BadInput([Fault(file="where", what="no such place", remedy=remedy, value=where)])
    override = Override(moved=Moved(where), owner=ref, why=why)
    return _moved(ctx, row, override, by=by, seen=seen, keep=not dry_run)


@listing(*COMPARED)
def move_line(
    ctx: typer.Context,
    round_slug: str = ROUND,
    setting: str = typer.Argument(..., help="pool/RESOURCE=AMOUNT, floor/... or cap/..."),
    why: str = WHY,
    by: str = BY,
    seen: int = SEEN,
    dry_run: bool = DRY,
) -> list[Row]:
    """Move the line, a floor or a cap in the board's plan, with the reason."""
    row = find_round(round_slug)
    document = document_of(_plan(row, seen))
    (override,) = read_overrides((), (setting,), why, document)
    return _moved(ctx, row, override, by=by, seen=seen, keep=not dry_run)


@listing(*COMPARED)
def unpin(
    ctx: typer.Context,
    round_slug: str = ROUND,
    ref: str = REF,
    by: str = BY,
    seen: int = SEEN,
    dry_run: bool = DRY,
) -> list[Row]:
    """Give a request that the board had moved back to the engine."""
    row = find_round(round_slug)
    changed = plans.take_back(
        row=row,
        seen=seen or _plan(row, seen).number,
        about=("pin", ref, ""),
        by=find_person(by),
        now=ctx.obj.now(),
        keep=not dry_run,
    )
    return _told(changed)


def undo(ctx: typer.Context, round_slug: str = ROUND, by: str = BY, seen: int = SEEN) -> None:
    """Put the board's plan back to the slate before the last move."""
    _step(plans.undo_move, ctx, round_slug, by, seen)


def redo(ctx: typer.Context, round_slug: str = ROUND, by: str = BY, seen: int = SEEN) -> None:
    """Put the board's plan forward again to what was undone last."""
    _step(plans.redo_move, ctx, round_slug, by, seen)


@listing("number", "at", "who", "verb", "about", "why", "slate")
def acts(round_slug: str = ROUND) -> list[Row]:
    """List who did what on the board of a round when, and why, the latest first."""
    names = ("number", "at", "who", "verb", "about", "why", "slate")
    found = seats.acts_of(find_round(round_slug))
    return [{name: getattr(act, name) for name in names} for act in found]


@listing("person", "asked_at", "signed_at", "released_at", "released_why")
def ask(
    ctx: typer.Context, round_slug: str = ROUND, number: int = NUMBER, by: str = BY
) -> list[Row]:
    """Ask as many board members to sign a slate as the policy wants."""
    slate, person = find_slate(round_slug, number), find_person(by)
    return _names(signing.ask_signers(slate=slate, by=person, now=ctx.obj.now()))


@listing("person", "asked_at", "signed_at", "released_at", "released_why")
def sign(
    ctx: typer.Context, round_slug: str = ROUND, number: int = NUMBER, by: str = BY
) -> list[Row]:
    """Sign a slate."""
    slate = find_slate(round_slug, number)
    signing.sign_slate(slate=slate, by=find_person(by), now=ctx.obj.now())
    return _names(seats.signatures_of(slate))


def hold(
    ctx: typer.Context,
    round_slug: str = ROUND,
    ref: str = REF,
    why: str = WHY,
    until: datetime = UNTIL,
    by: str = BY,
) -> None:
    """Hold one adopted outcome back from the batch until a day, with the reason."""
    row, person, now = find_round(round_slug), find_person(by), ctx.obj.now()
    at = _instant(until, now)
    publishing.hold_back(row=row, ref=ref, reason=why, until_at=at, by=person, now=now)
    typer.echo(f"{ref} is held back until {at:%Y-%m-%d %H:%M} UTC.")


def release(ctx: typer.Context, round_slug: str = ROUND, ref: str = REF, by: str = BY) -> None:
    """Let an outcome that is held back go with the next batch."""
    person, now = find_person(by), ctx.obj.now()
    publishing.release_held(row=find_round(round_slug), ref=ref, by=person, now=now)
    typer.echo(f"{ref} goes with the next batch.")


def embargo(
    ctx: typer.Context, round_slug: str = ROUND, until: datetime = UNTIL, by: str = BY
) -> None:
    """Set the instant at which what was adopted is published by itself."""
    now = ctx.obj.now()
    at = _instant(until, now)
    row, person = find_round(round_slug), find_person(by)
    publishing.plan_publication(row=row, at=at, by=person, now=now)
    typer.echo(f"{row.name} publishes by itself on {at:%Y-%m-%d %H:%M} UTC.")


@listing("request", "person", "kind", "subject", "written_at", "sent_at", "body")
def letters(
    round_slug: str = ROUND,
    ref: str = typer.Option("", "--request", help="Only the letters about this request."),
) -> list[Row]:
    """List the letters of a round as they were written; before it is published, as they would be."""
    row = find_round(round_slug)
    written: list[Row] = [
        {
            "request": one.decision.request.ref,
            "person": one.person.username,
            "kind": one.kind,
            "subject": one.subject,
            "written_at": one.written_at,
            "sent_at": one.sent_at,
            "body": one.body,
        }
        for one in outcomes.letters_of_round(row.slug)
        if ref in {"", one.decision.request.ref}
    ]
    return written or _previews(row, ref)


def _previews(row: Round, ref: str) -> list[Row]:
    slate = adopted_slate(row) or latest_slate(row)
    if slate is None:
        return []
    document = document_of(slate)
    awards = {award["request"]: award for award in document["awards"]}
    rows: list[Row] = []
    for request in outcomes.written_to(row):
        award = awards.get(request.ref)
        if award is None or ref not in {"", request.ref}:
            continue
        told = preview_letter(row, request, award, document)
        rows.append(
            {
                "request": request.ref,
                "person": request.author.username,
                "kind": f"preview of {award['outcome']}",
                "subject": told.subject,
                "body": told.body,
            }
        )
    return rows


def _moved(
    ctx: typer.Context, row: Round, override: Override, *, by: str, seen: int, keep: bool
) -> list[Row]:
    changed = plans.move_plan(
        row=row,
        seen=seen or _plan(row, seen).number,
        override=override,
        by=find_person(by),
        now=ctx.obj.now(),
        keep=keep,
    )
    return _told(changed)


def _told(changed: plans.Changed) -> list[Row]:
    units = units_of(changed.document)
    for sentence in comparison_told(changed.comparison, units):
        typer.echo(sentence, err=True)
    price = changed.document.get("price_of_override")
    if changed.slate is not None:
        words = f"The plan is slate {changed.slate.number} now."
        typer.echo(words, err=True)
    if price is not None and changed.comparison.lost is not None:
        typer.echo(f"Against the engine's plan: {_cost_told(price)} points.", err=True)
    return compared_rows(changed.comparison, units)


def _cost_told(price: str) -> str:
    """Writes what the board's moves cost in all; less than nothing cannot be saved."""
    return points(-Fraction(price))


def _step(
    step: Callable[..., plans.Slate], ctx: typer.Context, round_slug: str, by: str, seen: int
) -> None:
    row = find_round(round_slug)
    number = seen or _plan(row, seen).number
    slate = step(row=row, seen=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"The plan is slate {slate.number} again.")


def _plan(row: Round, seen: int) -> plans.Slate:
    """The slate that a move starts from: the one that was seen, or the plan as it is."""
    if seen:
        return find_slate(row.slug, seen)
    number = seats.plan_number(row)
    if number is None:
        remedy = f"Let the engine propose first: apportion slate propose {row.slug} --as NAME"
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.name, remedy=remedy)])
    return find_slate(row.slug, number)


def _names(signatures: list[signing.Signature]) -> list[Row]:
    return [
        {
            "person": one.person.username,
            "asked_at": one.asked_at,
            "signed_at": one.signed_at,
            "released_at": one.released_at,
            "released_why": one.released_why,
        }
        for one in signatures
    ]


def _instant(given: datetime, now: datetime) -> datetime:
    """A day without an hour means nine in the morning, in UTC."""
    at = given if given.time() != time() else datetime.combine(given.date(), NINE)
    return at.replace(tzinfo=now.tzinfo)


VERBS: dict[str, Callable[..., None]] = {
    "pin": pin,
    "unpin": unpin,
    "move": move_line,
    "undo": undo,
    "redo": redo,
    "acts": acts,
    "ask": ask,
    "sign": sign,
    "hold": hold,
    "release": release,
    "embargo": embargo,
    "letters": letters,
}
