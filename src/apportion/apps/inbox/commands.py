"""`apportion inbox`: what waits for a person."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.inbox.actions import put_away
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.inbox.wording import COLUMNS, row_of
from apportion.apps.people.queries import demand, find_person


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.command("inbox")(show)


@listing(*COLUMNS)
def show(
    ctx: typer.Context,
    by: str = typer.Option(..., "--as", help="Whose."),
    away: list[str] = typer.Option([], help="Put away what was read, by its key; repeatable."),
) -> list[Row]:
    """List what waits for a person, what is due first first."""
    person, now = find_person(by), ctx.obj.now()
    demand(person, "inbox.see")
    for key in away:
        put_away(key=key, by=person, now=now)
    return [row_of(one) for one in inbox_of(person, now=now)]
