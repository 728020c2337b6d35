"""`apportion round`: plan rounds, open and close them, and look at them."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.actions import (
    Plan,
    close_round,
    create_round,
    open_round,
    open_urgent,
    start_round,
)
from apportion.apps.rounds.milestones import calendar_of, dates_from, dates_of
from apportion.apps.rounds.queries import (
    call_of,
    find_round,
    list_rounds,
    policy_text,
    resource_units,
    round_rows,
)
from apportion.core.faults import BadInput, Fault
from apportion.core.units import NotAQuantity, parse_quantity

rounds = typer.Typer(help="Rounds and their policies.", no_args_is_help=True)
DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
AS = typer.Option(..., "--as", help="Who does it: a board member or operator.")
POLICY = typer.Option(..., help="round.toml", exists=True, dir_okay=False)
CLOSE = typer.Option(..., help="Requests close.", formats=DAY)
DECIDE = typer.Option(..., help="Decision meeting.", formats=DAY)
START = typer.Option(..., help="Credits start.", formats=DAY)
END = typer.Option(..., help="Credits end.", formats=DAY)
NAME = typer.Option("", help="Shown instead of the policy's name.")
NEEDED = ("policy", "close", "decide", "start", "end")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(rounds, name="round")


@rounds.command("list")
@listing("slug", "name", "kind", "state", "requests_close_at", "decision_at", "credits_start_at")
def show_all(
    fast: bool = typer.Option(False, "--fast", help="With what fast lanes granted."),
) -> list[Row]:
    """List rounds, the latest first."""
    return list(round_rows(with_fast=fast))


@rounds.command("show")
@listing("field", "value")
def show(slug: str) -> list[Row]:
    """Show one round: its state, its milestones and what its call asks."""
    row = find_round(slug)
    call = call_of(row)
    facts: list[tuple[str, object]] = [
        ("slug", row.slug),
        ("name", row.name),
        ("kind", row.kind),
        ("state", row.state),
        *((key, at) for key, _, at in dates_of(row)),
        ("eligible_roles", ", ".join(call.eligible.roles) or "everybody who may file"),
        ("eligible_areas", ", ".join(call.eligible.areas) or "all"),
        ("questions", ", ".join(question.id for question in call.questions)),
        ("fast_lane", "yes" if call.fast_lane else "no"),
    ]
    return [{"field": field, "value": value} for field, value in facts]


@rounds.command("policy")
def show_policy(slug: str) -> None:
    """Print the round.toml in force."""
    typer.echo(policy_text(find_round(slug)), nl=False)


@rounds.command("calendar")
def calendar(
    ctx: typer.Context,
    slug: str = typer.Argument("", help="One round; all rounds where it is left out."),
) -> None:
    """Print the milestones as an iCalendar file."""
    rows = [find_round(slug)] if slug else list_rounds()
    name = rows[0].name if slug else "Rounds"
    typer.echo(calendar_of(rows, name=name, now=ctx.obj.now()), nl=False)


@rounds.command("create")
def create(  # noqa: PLR0913  a round is these dates
    ctx: typer.Context,
    slug: str,
    policy: Path = POLICY,
    opens: datetime = typer.Option(..., "--open", help="Requests open.", formats=DAY),
    close: datetime = CLOSE,
    decide: datetime = DECIDE,
    start: datetime = START,
    end: datetime = END,
    by: str = AS,
    name: str = NAME,
) -> None:
    """Plan a round; it opens by itself on its day. Days are UTC."""
    row = create_round(
        slug=slug,
        name=name,
        policy_toml=policy.read_text(encoding="utf-8"),
        dates=dates_from(close=close, decide=decide, start=start, end=end),
        by=find_person(by),
        now=ctx.obj.now(),
        plan=Plan(opens_at=opens.replace(tzinfo=UTC)),
    )
    typer.echo(f"{row.name} ({row.slug}) opens on {opens:%d %b %Y}.")


@rounds.command("open")
def open_now(  # noqa: PLR0913  a round is these dates
    ctx: typer.Context,
    slug: str,
    policy: Path | None = typer.Option(None, help="round.toml", exists=True, dir_okay=False),
    close: datetime | None = typer.Option(None, help="Requests close.", formats=DAY),
    decide: datetime | None = typer.Option(None, help="Decision meeting.", formats=DAY),
    start: datetime | None = typer.Option(None, help="Credits start.", formats=DAY),
    end: datetime | None = typer.Option(None, help="Credits end.", formats=DAY),
    by: str = AS,
    name: str = NAME,
) -> None:
    """Open a round under a policy, or one that was planned, now; days are UTC."""
    person, now = find_person(by), ctx.obj.now()
    given = {"policy": policy, "close": close, "decide": decide, "start": start, "end": end}
    if not any(given.values()):
        row = start_round(row=find_round(slug), by=person, now=now)
    elif policy and close and decide and start and end:
        row = open_round(
            slug=slug,
            name=name,
            policy_toml=policy.read_text(encoding="utf-8"),
            dates=dates_from(close=close, decide=decide, start=start, end=end),
            by=person,
            now=now,
        )
    else:
        missing = ", ".join(f"--{key}" for key in NEEDED if not given[key])
        remedy = "Give them all; a round that was planned is opened with none"
        raise BadInput([Fault(file="round open", what=f"missing {missing}", remedy=remedy)])
    typer.echo(f"{row.name} ({row.slug}) takes requests until {row.requests_close_at:%d %b %Y}.")


@rounds.command("close")
def close_now(ctx: typer.Context, slug: str, by: str = AS) -> None:
    """Close a round to requests before its day; drafts are kept."""
    row = close_round(row=find_round(slug), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.name} ({row.slug}) takes no more requests.")


@rounds.command("urgent")
def urgent(
    ctx: typer.Context,
    slug: str,
    like: str = typer.Option(..., help="The round whose areas and signers hold."),
    pool: list[str] = typer.Option(..., help="What it may give, as gpu:h100=100; repeatable."),
    why: str = typer.Option(..., help="Why it cannot wait."),
    days: int = typer.Option(3, help="Until it is decided."),
    by: str = AS,
) -> None:
    """Open a round of one request that cannot wait."""
    row = open_urgent(
        like=find_round(like),
        slug=slug,
        why=why,
        pool=dict(_pool(part) for part in pool),
        days=days,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    close, decide = f"{row.requests_close_at:%d %b %H:%M}", f"{row.decision_at:%d %b %H:%M}"
    typer.echo(f"{row.name} ({row.slug}) takes one request until {close}, decided by {decide} UTC.")


def _pool(text: str) -> tuple[str, int]:
    code, _, amount = text.rpartition("=")
    unit = resource_units().get(code)
    if unit is None:
        remedy = f"Write RESOURCE=AMOUNT; there are {', '.join(sorted(resource_units()))}"
        raise BadInput([Fault(file="--pool", what="not a pool", value=text, remedy=remedy)])
    try:
        return code, parse_quantity(amount, unit)
    except NotAQuantity as bad:
        fault = Fault(file="--pool", what=bad.what, value=text, remedy=bad.remedy)
        raise BadInput([fault]) from None
