"""`apportion period`: open a period of the books, see what its close would do, close it."""

from datetime import datetime

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Layout, Row, render_rows
from apportion.apps.ledger.closing import (
    Lapse,
    close_period,
    lapses_of,
    open_period,
    preview_close,
    read_lapses,
)
from apportion.apps.ledger.periods import PeriodRow, find_period, list_periods
from apportion.apps.people.queries import demand, find_person
from apportion.apps.report.period_end import gatherer
from apportion.apps.rounds.queries import Round, find_round, resource_units
from apportion.core.periods import Closing, PeriodState
from apportion.core.units import DisplayUnit, NotAQuantity, format_quantity, parse_quantity
from apportion.core.windows import Window, parse_instant

periods = typer.Typer(help="Periods of the books.", no_args_is_help=True)

LAPSES = ("kind", "owner", "resource", "before", "lapses", "remains")
AS = typer.Option(..., "--as", help="A board member or an operator.")
USED = typer.Option(
    [],
    "--used",
    help="What the scheduler says was used in the period, such as gpu:h100=1200.5; may be repeated.",
)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(periods, name="period")


@periods.command("list")
@listing("name", "starts_at", "ends_at", "state", "round", "closed_at", "closed_by", "journal_size")
def show_all() -> list[Row]:
    """List periods, the latest first."""
    return [
        {
            "name": row.name,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "state": row.state,
            "round": row.round.slug if row.round is not None else "",
            "closed_at": row.closed_at,
            "closed_by": row.closed_by,
            "journal_size": row.journal_size,
        }
        for row in list_periods()
    ]


@periods.command("show")
@listing(*LAPSES)
def show(name: str) -> list[Row]:
    """List who loses how much when the period is closed, or lost it, in display units."""
    return _rows(_lapses(find_period(name)))


@periods.command("open")
def begin(
    ctx: typer.Context,
    name: str,
    round_slug: str = typer.Option("", "--round", help="Round whose policy and dates it follows."),
    starts: str = typer.Option("", "--from", help="First instant; the round's credits by default."),
    until: str = typer.Option("", "--until", help="First instant not in it any more."),
    by: str = AS,
) -> None:
    """Open a period; it begins where the one before it ends."""
    person = find_person(by)
    row = find_round(round_slug) if round_slug else None
    window = _window(starts, until, row)
    made = open_period(name=name, window=window, round_row=row, by=person, now=ctx.obj.now())
    typer.echo(f"{made.name} is open from {made.starts_at:%Y-%m-%d} until {made.ends_at:%Y-%m-%d}.")


@periods.command("close")
def finish(
    ctx: typer.Context,
    name: str,
    by: str = AS,
    used: list[str] = USED,
    *,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what it would do; change nothing."),
) -> int:
    """Pay back loans that are due, let lapse what is unused, seal and sign; for ever."""
    person, gather = find_person(by), gatherer(_told(used), final=not dry_run)
    if dry_run:
        demand(person, "period.close")
        closing = preview_close(name=name, gather=gather)
    else:
        closing = close_period(name=name, gather=gather, by=person, now=ctx.obj.now())
    _tell(closing)
    if not dry_run:
        row = find_period(name)
        typer.echo(f"{name} is closed; a checkpoint of {row.journal_size} leaves is signed.")
    return 1 if closing.differences else 0


def _tell(closing: Closing) -> None:
    typer.echo(render_rows(_rows(lapses_of(closing)), LAPSES, Layout()))
    for one in closing.returns:
        loan = one.debt.loan
        paid, overdue = (_amount(loan.lender.unit, n) for n in (one.paid, one.overdue))
        typer.echo(f"loan {loan.ref}: {paid} comes back, {overdue} stays overdue")
    for tally in closing.differences:
        booked, said = (_amount(tally.unit, n) for n in (tally.booked, tally.accounted))
        who = tally.owner or "the scheduler"
        typer.echo(f"{who} ({tally.unit}): booked {booked}, accounting says {said}")


def _lapses(row: PeriodRow) -> list[Lapse]:
    if row.state == PeriodState.CLOSED:
        return read_lapses(row)
    return lapses_of(preview_close(name=row.name, gather=gatherer()))


def _rows(lapses: list[Lapse]) -> list[Row]:
    return [
        {
            "kind": one.account.kind.value,
            "owner": one.account.owner,
            "resource": one.account.unit,
            "before": _amount(one.account.unit, one.before),
            "lapses": _amount(one.account.unit, one.lapsed),
            "remains": _amount(one.account.unit, one.remains),
        }
        for one in lapses
    ]


def _amount(resource: str, base_units: int) -> str:
    return format_quantity(base_units, resource_units().get(resource, DisplayUnit.HOUR))


def _told(used: list[str]) -> dict[str, int]:
    units = resource_units()
    told: dict[str, int] = {}
    for text in used:
        code, _, amount = text.partition("=")
        if code not in units:
            raise typer.BadParameter(
                f"--used {text!r}: write RESOURCE=AMOUNT, of {', '.join(units)}"
            )
        try:
            told[code] = parse_quantity(amount, units[code])
        except NotAQuantity as error:
            raise typer.BadParameter(f"--used {text!r}: {error}") from None
    return told


def _window(starts: str, until: str, row: Round | None) -> Window:
    starts_at = _instant(starts, "--from") or (row.credits_start_at if row else None)
    ends_at = _instant(until, "--until") or (row.credits_end_at if row else None)
    if starts_at is None or ends_at is None:
        raise typer.BadParameter("give --round, or both --from and --until")
    if ends_at <= starts_at:
        raise typer.BadParameter("--until must be later than --from")
    return Window(starts_at=starts_at, ends_at=ends_at)


def _instant(text: str, flag: str) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{flag} {text!r}: {error}") from None
