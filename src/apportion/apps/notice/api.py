"""What people are told, and whether it arrived, for programs."""

from typing import Literal

from pydantic import Field

from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.notice import actions, commands
from apportion.apps.notice.queries import list_messages, row_of, settings_of

calls = Calls("notices")
MESSAGE = "id:n made_at:at to about subject state tries:n next_at:at sent_at:at"
ENDPOINT = "name kind at topics added_by added_at:at off_at:at off_why"


class SettingRow(Answer):
    """One thing that one may be told of, how soon, and what one may choose."""

    about: str
    words: str
    pace: str
    may: list[str]


class Choice(Body):
    """How soon one is told, by what it is about; where mail goes, and when the digest."""

    paces: dict[str, str] = Field(default={}, max_length=50)
    address: str | None = Field(default=None, max_length=254)
    hour: int | None = Field(default=None, ge=0, le=23)


class Test(Body):
    """Where a test goes; empty is a mail to oneself."""

    to: str = Field(default="", max_length=60)


class NewEndpoint(Body):
    """A webhook or a chat room to tell."""

    name: str = Field(max_length=60)
    kind: Literal["webhook", "chat"] = "webhook"
    url: str = Field(min_length=1, max_length=500)
    topics: str = Field(default="", max_length=500)


class EndpointAnswer(Answer):
    """A webhook that was added or got a new secret, which is told this once."""

    ref: str
    secret: str


class Turn(Body):
    """Whether a webhook or room is told."""

    on: bool


calls.listing(
    "/messages/{number}/tries",
    "notice.see",
    commands.show_one,
    "notice show",
    row=row("TryRow", "try:n at:at verdict words"),
)
calls.listing(
    "/webhooks",
    "notice.see",
    commands.show_endpoints,
    "notice webhook list",
    row=row("EndpointRow", ENDPOINT),
)


@calls.rows("/messages", "notice.see", "notice list", row=row("MessageRow", MESSAGE))
def messages(_: Caller, state: str = "", to: str = "") -> list[object]:
    """Lists messages, the newest first, a thousand at most."""
    return [row_of(one) for one in list_messages(state=state, endpoint=to)[:1000]]


@calls.act("/messages/{number}/resend", "notice.send", "notice resend")
def resend(caller: Caller, number: int) -> Done:
    """Puts a message back into the queue."""
    held = actions.resend(pk=number, by=caller.user, now=caller.now)
    return Done(ref=str(held.pk), state="waiting")


@calls.act("/messages", "notice.own", "notice test")
def test(caller: Caller, body: Test) -> Done:
    """Queues a test, to see whether it arrives."""
    held = actions.send_test(by=caller.user, endpoint=body.to, now=caller.now)
    return Done(ref=str(held.pk), state="waiting")


@calls.rows("/my/notices", "notice.own", "notice preferences", row=SettingRow)
def mine(caller: Caller) -> list[object]:
    """Lists what one is told of and how soon."""
    return list(settings_of(caller.user))


@calls.act("/my/notices", "notice.own", "notice preferences", method="PUT")
def choose(caller: Caller, body: Choice) -> Done:
    """Changes what one is told of and how soon."""
    actions.choose(by=caller.user, paces=body.paces, address=body.address, hour=body.hour)
    return Done(ref=caller.user.username, state="kept")


@calls.act("/webhooks", "notice.send", "notice webhook add", answer=EndpointAnswer)
def add(caller: Caller, body: NewEndpoint) -> EndpointAnswer:
    """Adds a webhook and tells its secret, this once; or a chat room."""
    held = actions.add_endpoint(
        slug=body.name,
        kind=body.kind,
        url=body.url,
        topics=body.topics,
        by=caller.user,
        now=caller.now,
    )
    return EndpointAnswer(ref=held.slug, secret=held.secret)


@calls.act("/webhooks/{name}/rotate", "notice.send", "notice webhook rotate", answer=EndpointAnswer)
def rotate(caller: Caller, name: str) -> EndpointAnswer:
    """Gives a webhook a new secret; the former one signs beside it for a day."""
    held = actions.rotate_secret(slug=name, by=caller.user, now=caller.now)
    return EndpointAnswer(ref=held.slug, secret=held.secret)


@calls.act(
    "/webhooks/{name}", "notice.send", "notice webhook on", "notice webhook off", method="PUT"
)
def turn(caller: Caller, name: str, body: Turn) -> Done:
    """Tells a webhook or room nothing more, or again."""
    actions.turn_endpoint(slug=name, on=body.on, by=caller.user, now=caller.now)
    return Done(ref=name, state="on" if body.on else "off")
