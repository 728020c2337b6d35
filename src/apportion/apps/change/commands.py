"""`apportion change`, `apportion winddown` and `apportion progress`: what comes after an award."""

from datetime import UTC, datetime, time

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.queries import find_project
from apportion.apps.change import actions, reports, winding
from apportion.apps.change.queries import (
    COLUMNS,
    NOTICE_COLUMNS,
    find_change,
    list_changes,
    list_notices,
    reports_filed,
    weigh,
)
from apportion.apps.change.wording import change_rows, notice_rows, tell_change
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import resource_units
from apportion.core.change.asking import What, Wish
from apportion.core.refusals import Refused
from apportion.core.units import DisplayUnit, NotAQuantity, parse_quantity

changes = typer.Typer(help="Changes after an award.", no_args_is_help=True)
windings = typer.Typer(help="Winding projects down, with notice.", no_args_is_help=True)
progress = typer.Typer(help="Progress reports.", no_args_is_help=True)

AS = typer.Option(..., "--as", help="Who does it.")
REF = typer.Argument(help="The change.")
NOTICE = typer.Argument(help="The notice.")
DAY = "%Y-%m-%d"


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(changes, name="change")
    app.add_typer(windings, name="winddown")
    app.add_typer(progress, name="progress")


@changes.command("list")
@listing(*COLUMNS)
def list_all(
    state: str = typer.Option("", help="asked, granted ..., or waiting."),
    project: str = typer.Option("", help="Only this project's."),
) -> list[Row]:
    """List changes that were asked for, the newest first; amounts in display units."""
    return list(change_rows(list_changes(state=state, project=project), resource_units()))


@changes.command("show")
def show(ref: str = REF) -> None:
    """Show a change: what was asked, why, and every step."""
    for line in tell_change(find_change(ref), resource_units()):
        typer.echo(line)


@changes.command("ask")
def ask(  # noqa: PLR0913  every option of a command is an argument
    ctx: typer.Context,
    what: What,
    project: str,
    resource: str = typer.Option(..., help="Which resource."),
    why: str = typer.Option(..., help="Why, in a few words."),
    amount: str = typer.Option("0", help="How much, in display units; none for an extension."),
    to: str = typer.Option("", help="The project that gets a transfer."),
    until: datetime | None = typer.Option(None, formats=[DAY], help="New last day."),
    by: str = AS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would come of it."),
) -> None:
    """Ask for more, longer, elsewhere, earlier, or give back what is not needed."""
    wish = Wish(
        what=what,
        project=project,
        resource=resource,
        amount=_quantity(amount, resource),
        other=to or None,
        until=_instant(until) if until else None,
    )
    now = ctx.obj.now()
    if dry_run:
        weighed = weigh(wish, ref=f"{project}-{what.value}", now=now)
        if weighed.refusals:
            raise Refused(weighed.refusals)
        typer.echo("Nothing stands against it now; nothing was asked.")
        return
    row = actions.ask_change(wish=wish, why=why, by=find_person(by), now=now)
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@changes.command("agree")
def agree(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Agree to a transfer, for the project that gets it."""
    row = actions.agree_change(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@changes.command("decide")
def decide(
    ctx: typer.Context,
    ref: str = REF,
    grant: bool = typer.Option(..., "--grant/--refuse", help="Which."),
    why: str = typer.Option("", help="A refusal says why, and what would make it possible."),
    by: str = AS,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what stands against it now."),
) -> None:
    """Answer an ask; what is granted is posted at once."""
    if dry_run:
        weighed = actions.reweigh(find_change(ref), now=ctx.obj.now())
        if weighed.refusals:
            raise Refused(weighed.refusals)
        typer.echo("Nothing stands against it now; nothing was posted.")
        return
    row = actions.answer_change(
        ref=ref, grant=grant, why=why, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@changes.command("withdraw")
def withdraw(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Take back an ask that was not answered."""
    row = actions.withdraw_change(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@changes.command("undo")
def undo(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Take back a return, for a few days."""
    row = actions.undo_return(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@windings.command("list")
@listing(*NOTICE_COLUMNS)
def list_windings(project: str = typer.Option("", help="Only this project's.")) -> list[Row]:
    """List notices of winding down, the newest first."""
    return list(notice_rows(list_notices(project=project)))


@windings.command("notice")
def notice(
    ctx: typer.Context,
    project: str,
    reason: str = typer.Option(..., help="Why it ends."),
    last: datetime = typer.Option(..., "--last-day", formats=[DAY], help="Its last day."),
    by: str = AS,
) -> None:
    """Announce the end of a project; its lead may reply, and a second person confirms."""
    day = _instant(last)
    row = winding.give_notice(
        project=project, reason=reason, last_at=day, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{row.ref}: its last day is {row.last_at:%Y-%m-%d}")


@windings.command("reply")
def reply(ctx: typer.Context, ref: str = NOTICE, words: str = "", by: str = AS) -> None:
    """Reply to a notice, for the project."""
    row = winding.reply_notice(ref=ref, words=words, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: the reply stands beside the notice")


@windings.command("confirm")
def confirm(ctx: typer.Context, ref: str = NOTICE, by: str = AS) -> None:
    """Confirm a notice, as the second person."""
    row = winding.confirm_notice(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: confirmed; what is left goes back on {row.last_at:%Y-%m-%d}")


@windings.command("hasten")
def hasten(
    ctx: typer.Context,
    ref: str = NOTICE,
    last: datetime = typer.Option(..., "--last-day", formats=[DAY], help="An earlier last day."),
    by: str = AS,
) -> None:
    """Consent, for the project, to an earlier last day."""
    day = _instant(last)
    row = winding.hasten_notice(ref=ref, last_at=day, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: its last day is {row.last_at:%Y-%m-%d}")


@windings.command("withdraw")
def take_back(ctx: typer.Context, ref: str = NOTICE, by: str = AS) -> None:
    """Take a notice back; the project goes on."""
    row = winding.withdraw_notice(ref=ref, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: withdrawn")


@progress.command("list")
@listing("project", "round", "number", "due_at", "filed_at", "filed_by")
def list_progress(project: str) -> list[Row]:
    """List a project's progress reports, the newest first."""
    return [
        {
            "project": project,
            "round": one.round.slug,
            "number": one.number,
            "due_at": one.due_at,
            "filed_at": one.filed_at,
            "filed_by": one.filed_by.username,
        }
        for one in reports_filed(find_project(project))
    ]


@progress.command("file")
def file_progress(
    ctx: typer.Context,
    project: str,
    done: str = typer.Option(..., help="What was found out, or built."),
    outcomes: str = typer.Option("", help="Papers, models, data sets."),
    coming: str = typer.Option("", "--next", help="What comes next."),
    by: str = AS,
) -> None:
    """File the report that a project owes; the figures come from the books."""
    report = reports.file_report(
        project=project,
        done=done,
        outcomes=outcomes,
        coming=coming,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"Report {report.number} of {project} is in.")


def _quantity(text: str, resource: str) -> int:
    unit = resource_units().get(resource, DisplayUnit.HOUR)
    try:
        return parse_quantity(text, unit=unit)
    except NotAQuantity as error:
        raise typer.BadParameter(f"--amount: {error}") from None


def _instant(day: datetime) -> datetime:
    """Takes a day as its first instant in UTC."""
    return datetime.combine(day.date(), time(), tzinfo=UTC)
