"""`apportion notice`: what people are told, whether it arrived, and who else is told."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.notice import actions
from apportion.apps.notice.queries import (
    COLUMNS,
    ENDPOINT_COLUMNS,
    address_of,
    endpoint_row,
    find_message,
    list_endpoints,
    list_messages,
    reader_of,
    row_of,
    settings_of,
)
from apportion.apps.people.queries import demand, find_person
from apportion.core.faults import BadInput, Fault

notice = typer.Typer(help="What people are told, and whether it arrived.", no_args_is_help=True)
webhook = typer.Typer(help="Programs and rooms that are told.", no_args_is_help=True)
notice.add_typer(webhook, name="webhook")

AS = typer.Option(..., "--as", help="Who asks.")
NAME = typer.Argument(help="The name of the webhook or room.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(notice, name="notice")


@notice.command("list")
@listing(*COLUMNS)
def show_all(
    by: str = AS,
    state: str = typer.Option("", help="Only these: waiting, sent or failed."),
    to: str = typer.Option("", help="Only to this webhook or room."),
    most: int = typer.Option(100, min=1, help="So many."),
) -> list[Row]:
    """List messages, the newest first."""
    demand(find_person(by), "notice.see")
    return [row_of(row) for row in list_messages(state=state, endpoint=to)[:most]]


@notice.command("show")
@listing("try", "at", "verdict", "words")
def show_one(number: int = typer.Argument(help="The message's id."), by: str = AS) -> list[Row]:
    """Show every try to send one message."""
    demand(find_person(by), "notice.see")
    return [
        {"try": one.number, "at": one.at, "verdict": one.verdict, "words": one.words}
        for one in find_message(number).attempts.all()
    ]


@notice.command("resend")
def send_again(
    ctx: typer.Context, number: int = typer.Argument(help="The message's id."), by: str = AS
) -> None:
    """Put a message back into the queue."""
    row = actions.resend(pk=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"Message {row.pk} waits; the next tick sends it.")


@notice.command("test")
def try_out(
    ctx: typer.Context,
    by: str = AS,
    to: str = typer.Option("", help="A webhook or room; else a mail to yourself."),
) -> None:
    """Queue a test, to see whether it arrives."""
    row = actions.send_test(by=find_person(by), endpoint=to, now=ctx.obj.now())
    typer.echo(f"Message {row.pk} waits; the next tick sends it.")


@notice.command("preferences")
@listing("about", "words", "pace", "may")
def preferences(
    by: str = AS,
    choose: list[str] = typer.Option([], "--set", help="like alert=now; repeatable."),
    address: str = typer.Option(None, help="Where mail goes; empty: the account's address."),
    hour: int = typer.Option(None, help="Hour of the daily digest."),
) -> list[Row]:
    """List what you are told of and how soon, and change it."""
    person = find_person(by)
    demand(person, "notice.own")
    paces = dict(_pair(word) for word in choose)
    if paces or address is not None or hour is not None:
        actions.choose(by=person, paces=paces, address=address, hour=hour)
    reader = reader_of(person)
    typer.echo(
        f"Mail goes to {address_of(person, reader) or 'nowhere: no address'}; "
        f"the digest at {reader.hour:02}:00.",
        err=True,
    )
    return [
        {"about": one.about, "words": one.words, "pace": one.pace, "may": " ".join(one.may)}
        for one in settings_of(person)
    ]


@webhook.command("list")
@listing(*ENDPOINT_COLUMNS)
def show_endpoints(by: str = AS) -> list[Row]:
    """List webhooks and chat rooms."""
    demand(find_person(by), "notice.see")
    return [endpoint_row(row) for row in list_endpoints()]


@webhook.command("add")
def add(
    ctx: typer.Context,
    name: str = NAME,
    url: str = typer.Argument(help="Where it is; of a room as apprise writes it."),
    topics: str = typer.Option("", help="Some topics, joined by commas; else all."),
    chat: bool = typer.Option(False, "--chat", help="It is a chat room."),
    by: str = AS,
) -> None:
    """Add a webhook and show its secret, this once; or a chat room."""
    row = actions.add_endpoint(
        slug=name,
        kind="chat" if chat else "webhook",
        url=url,
        topics=topics,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(row.secret or f"{row.slug} is told from now on.")


@webhook.command("rotate")
def rotate(ctx: typer.Context, name: str = NAME, by: str = AS) -> None:
    """Give a webhook a new secret and show it; the former one signs beside it for a day."""
    row = actions.rotate_secret(slug=name, by=find_person(by), now=ctx.obj.now())
    typer.echo(row.secret)


@webhook.command("off")
def off(ctx: typer.Context, name: str = NAME, by: str = AS) -> None:
    """Tell a webhook or room nothing more."""
    actions.turn_endpoint(slug=name, on=False, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{name} is off.")


@webhook.command("on")
def on(ctx: typer.Context, name: str = NAME, by: str = AS) -> None:
    """Tell a webhook or room again, what has waited for it too."""
    actions.turn_endpoint(slug=name, on=True, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{name} is on.")


def _pair(word: str) -> tuple[str, str]:
    about, equals, pace = word.partition("=")
    if not equals:
        remedy = "Write it like alert=now."
        raise BadInput([Fault(file="--set", what="not a choice", value=word, remedy=remedy)])
    return about, pace
