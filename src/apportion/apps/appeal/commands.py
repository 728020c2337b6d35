"""`apportion appeal`: filed, decided by others, carried out."""

from fractions import Fraction
from pathlib import Path

import typer

from apportion.adapters.attachments.parse import kind_of, safe_name
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.appeal import actions
from apportion.apps.appeal.queries import (
    COLUMNS,
    area_stats,
    changed_of,
    deciders_of,
    find_appeal,
    list_appeals,
    reserves_for,
    steps_of,
)
from apportion.apps.appeal.rulings import weigh_ruling
from apportion.apps.appeal.wording import appeal_rows
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import resource_units
from apportion.core.appeal.life import RULINGS, Changed, Ground, Verb
from apportion.core.faults import BadInput, Fault
from apportion.core.units import (
    DisplayUnit,
    NotAQuantity,
    format_quantity,
    parse_decimal,
    parse_quantity,
)

appeals = typer.Typer(help="Appeals of decisions.", no_args_is_help=True)

AS = typer.Option(..., "--as", help="Who does it.")
REF = typer.Argument(help="The appeal.")
MINIMUM = typer.Option([], help="RESOURCE=AMOUNT that was the useful minimum in truth.")
ASK = typer.Option([], help="RESOURCE=AMOUNT that was the ask in truth.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(appeals, name="appeal")


@appeals.command("list")
@listing(*COLUMNS)
def list_all(
    state: str = typer.Option("", help="open, upheld, partly, dismissed ..."),
) -> list[Row]:
    """List appeals, the newest first."""
    return list(appeal_rows(list_appeals(state=state)))


@appeals.command("stats")
@listing("area", "ruled", "overturned", "rate", "low", "high")
def stats() -> list[Row]:
    """Show how often appeals succeed, by area, with exact 95 % intervals."""
    return [
        {
            "area": one.area,
            "ruled": one.ruled,
            "overturned": one.overturned,
            "rate": _share(one.rate),
            "low": _share(one.low),
            "high": _share(one.high),
        }
        for one in area_stats()
    ]


@appeals.command("show")
def show(ref: str = REF) -> None:
    """Show an appeal: who decides it, what is left of the reserve, every step."""
    row = find_appeal(ref)
    typer.echo(f"{row.ref}: {row.get_state_display()}. {row.get_ground_display()}")
    for one in deciders_of(row):
        stood = f"stepped down: {one.recused_why}" if one.recused_at else "decides"
        typer.echo(f"  {one.person.username} {'signed' if one.signed_at else stood}")
    units = resource_units()
    for code, reserve in reserves_for(row.request.round).items():
        left = format_quantity(reserve.left, units.get(code, DisplayUnit.HOUR))
        typer.echo(f"  {left} {code} left in the appeals reserve")
    for step in steps_of(row):
        typer.echo(f"  {step.at:%Y-%m-%d %H:%M}  {step.verb}: {step.after}")
    if row.reasons:
        typer.echo(f"Ruling: {row.get_ruling_display()}. {row.reasons}")


@appeals.command("file")
def file(  # noqa: PLR0913  every option of a command is an argument
    ctx: typer.Context,
    request: str,
    ground: Ground = typer.Option(..., help="On which ground."),
    words: str = typer.Option(..., help="What was not right."),
    minimum: list[str] = MINIMUM,
    ask: list[str] = ASK,
    evidence: list[Path] = typer.Option([], help="A file to attach."),
    by: str = AS,
) -> None:
    """Appeal a decision, while its window is open."""
    person, now = find_person(by), ctx.obj.now()
    row = actions.file_appeal(
        request=request,
        ground=ground,
        words=words,
        changed=Changed(minimum=_amounts(minimum), ask=_amounts(ask)),
        by=person,
        now=now,
    )
    for path in evidence:
        body = path.read_bytes()
        kind = kind_of(body)
        if kind is None:
            remedy = "Attach a PDF, a picture or text"
            raise BadInput([Fault(file=str(path), what="of no known kind", remedy=remedy)])
        actions.attach_evidence(
            ref=row.ref, name=safe_name(path.name, kind), kind=kind, body=body, by=person, now=now
        )
    people = ", ".join(one.person.username for one in deciders_of(row)) or "nobody yet"
    typer.echo(f"{row.ref} is filed; {people} decides it by {row.answer_by_at:%Y-%m-%d}")


@appeals.command("decide")
def decide(  # noqa: PLR0913  every option of a command is an argument
    ctx: typer.Context,
    ref: str = REF,
    ruling: str = typer.Option(..., help="uphold, part, dismiss or send_back."),
    reasons: str = typer.Option(..., help="Why."),
    percent: str = typer.Option("100", help="Of the ask, where it is upheld in part."),
    score: str = typer.Option("", help="The panel score that counts now."),
    minimum: list[str] = MINIMUM,
    ask: list[str] = ASK,
    by: str = AS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what it would add, and to whom."),
) -> None:
    """Write the ruling, as one of those who decide; with the last signature it is carried out."""
    if ruling not in {verb.value for verb in RULINGS}:
        raise typer.BadParameter(f"--ruling: one of {', '.join(verb.value for verb in RULINGS)}")
    changed = Changed(minimum=_amounts(minimum), ask=_amounts(ask), score=_number(score, "--score"))
    verb, share = Verb(ruling), (_number(percent, "--percent") or Fraction(100)) / 100
    if dry_run:
        row = find_appeal(ref)
        facts = changed_of(row.changed) if changed.is_empty else changed
        whole = Fraction(1) if verb is Verb.UPHOLD else share
        extra = weigh_ruling(row, verb, whole, facts)
        units = resource_units()
        for code, amount in sorted(extra.items()):
            size = format_quantity(amount, units.get(code, DisplayUnit.HOUR))
            typer.echo(f"It would add {size} {code} to {row.request.project.slug}.")
        typer.echo("Nothing was ruled.")
        return
    row = actions.propose_ruling(
        ref=ref,
        ruling=verb,
        reasons=reasons,
        share=share,
        changed=None if changed.is_empty else changed,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@appeals.command("sign")
def sign(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Sign the ruling."""
    row = actions.sign_ruling(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@appeals.command("recuse")
def recuse(
    ctx: typer.Context, ref: str = REF, why: str = typer.Option(..., help="Why."), by: str = AS
) -> None:
    """Step down as a decider; the next of the draw takes the chair."""
    row = actions.recuse(ref=ref, why=why, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@appeals.command("name")
def name(ctx: typer.Context, person: str, ref: str = REF, by: str = AS) -> None:
    """Name a decider where the draw found too few."""
    actions.name_decider(ref=ref, person=person, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{ref}: {person} decides")


@appeals.command("withdraw")
def withdraw(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Take an appeal back before it is ruled on."""
    row = actions.withdraw_appeal(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


def _amounts(pairs: list[str]) -> dict[str, int]:
    """Reads RESOURCE=AMOUNT, in display units."""
    units, found = resource_units(), {}
    for pair in pairs:
        code, _, text = pair.rpartition("=")
        if code not in units:
            raise typer.BadParameter(f"{pair}: write RESOURCE=AMOUNT of {', '.join(units)}")
        try:
            found[code] = parse_quantity(text, unit=units[code])
        except NotAQuantity as error:
            raise typer.BadParameter(f"{pair}: {error}") from None
    return found


def _number(text: str, option: str) -> Fraction | None:
    if not text:
        return None
    try:
        return Fraction(parse_decimal(text))
    except NotAQuantity as error:
        raise typer.BadParameter(f"{option}: {error}") from None


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.3f}"
