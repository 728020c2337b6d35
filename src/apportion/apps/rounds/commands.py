"""`apportion round`: open rounds and look at them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.actions import Dates, open_round
from apportion.apps.rounds.queries import find_round, list_rounds, policy_text

rounds = typer.Typer(help="Rounds and their policies.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(rounds, name="round")


@rounds.command("list")
@listing("slug", "name", "state", "requests_close_at", "decision_at", "credits_start_at")
def show_all() -> list[Row]:
    """List rounds, the latest first."""
    return [
        {
            "slug": row.slug,
            "name": row.name,
            "state": row.state,
            "requests_close_at": row.requests_close_at,
            "decision_at": row.decision_at,
            "credits_start_at": row.credits_start_at,
        }
        for row in list_rounds()
    ]


@rounds.command("policy")
def show_policy(slug: str) -> None:
    """Print the round.toml in force."""
    typer.echo(policy_text(find_round(slug)), nl=False)


@rounds.command("open")
def create(  # noqa: PLR0913  a round is these dates
    ctx: typer.Context,
    slug: str,
    policy: Path = typer.Option(..., help="round.toml", exists=True, dir_okay=False),
    close: datetime = typer.Option(..., help="Requests close.", formats=["%Y-%m-%d"]),
    decide: datetime = typer.Option(..., help="Decision meeting.", formats=["%Y-%m-%d"]),
    start: datetime = typer.Option(..., help="Credits start.", formats=["%Y-%m-%d"]),
    end: datetime = typer.Option(..., help="Credits end.", formats=["%Y-%m-%d"]),
    by: str = typer.Option(..., "--as", help="Who opens it: a board member or operator."),
    name: str = typer.Option("", help="Shown instead of the policy's name."),
) -> None:
    """Open a round under a policy; days are UTC."""
    close, decide, start, end = (d.replace(tzinfo=UTC) for d in (close, decide, start, end))
    dates = Dates(
        requests_close_at=close,
        reviews_due_at=close + (decide - close) / 2,
        decision_at=decide,
        appeals_until_at=decide + timedelta(days=14),
        credits_start_at=start,
        credits_end_at=end,
    )
    row = open_round(
        slug=slug,
        name=name,
        policy_toml=policy.read_text(encoding="utf-8"),
        dates=dates,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{row.name} ({row.slug}) takes requests until {close:%d %b %Y}.")
