"""People, what ties them, and one's own tokens, for programs."""

from pydantic import AwareDatetime, Field

from apportion.adapters.files.parse_people import parse_people
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.people import commands
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Role, find_person, roles_of
from apportion.apps.people.ties import (
    declarations_by,
    declare_closeness,
    import_ties,
    record_work,
    set_manager,
    set_team,
)
from apportion.apps.people.tokens import create_token, list_tokens, revoke_token, token_shown

calls = Calls("people")
Name = Field(max_length=150)


class Me(Answer):
    """Who calls, as the office knows them."""

    username: str
    name: str
    roles: list[str]
    scopes: list[str] | None = Field(description="Of the token; null in the session of a page.")


class NewPerson(Body):
    """Somebody to add, or more roles for one who is there."""

    username: str = Field(max_length=150, pattern=r"^[\w.@+-]+$")
    name: str = Field(default="", max_length=120)
    roles: list[Role.Kind] = Field(default=[], max_length=10)


class TeamBody(Body):
    """A team: who joins, who leaves, whether its members are kept from judging each other."""

    name: str = Field(default="", max_length=120)
    add: list[str] = Field(default=[], max_length=1000)
    drop: list[str] = Field(default=[], max_length=1000)
    is_conflict: bool | None = None


class ManagerBody(Body):
    """To whom a person reports; nobody where it is null."""

    manager: str | None = Field(max_length=150)


class Work(Body):
    """Something that two people wrote together."""

    first: str = Name
    second: str = Name
    year: int = Field(ge=0, le=9999)
    title: str = Field(default="", max_length=200)


class Closeness(Body):
    """What ties one to somebody."""

    about: str = Name
    ground: str = Field(min_length=1, max_length=200)


class Ties(Body):
    """A list of ties, as CSV: kind (manager, team, coauthor), person, with, year, title."""

    csv: str = Field(max_length=5_000_000)


class TokenRow(Answer):
    """A token, without its secret."""

    prefix: str
    name: str
    scopes: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class NewToken(Body):
    """A token to make."""

    name: str = Field(max_length=80)
    scopes: list[str] = Field(max_length=100)
    days: int = Field(ge=1, le=3660)


class Secret(Answer):
    """A token that was made; its text is told this once."""

    ref: str
    token: str
    expires_at: AwareDatetime


calls.listing(
    "/people",
    "people.see",
    commands.show,
    "people list",
    row=row("PersonRow", "username name roles teams manager"),
)
calls.listing(
    "/teams",
    "people.see",
    commands.teams,
    "people teams",
    row=row("TeamRow", "slug name conflict:yes members"),
)


@calls.read("/me", "inbox.see", answer=Me)
def me(caller: Caller) -> Me:
    """Says who calls, and with which roles and scopes."""
    scopes = None if caller.scopes is None else sorted(caller.scopes)
    roles = sorted(roles_of(caller.user))
    return Me(username=caller.user.username, name=caller.user.name, roles=roles, scopes=scopes)


@calls.act("/people", "people.manage", "people add")
def add(_: Caller, body: NewPerson) -> Done:
    """Adds a person, or gives more roles to one who is there; passwords are set elsewhere."""
    name = body.name or body.username
    made = add_person(username=body.username, name=name, roles=[one.value for one in body.roles])
    return Done(ref=made.username, state="active" if made.is_active else "left")


@calls.act("/teams/{slug}", "people.manage", "people team", method="PUT")
def team(caller: Caller, slug: str, body: TeamBody) -> Done:
    """Makes a team, or changes one."""
    made = set_team(
        slug=slug,
        name=body.name,
        members=body.add,
        leavers=body.drop,
        is_conflict=body.is_conflict,
        by=caller.user,
    )
    return Done(ref=made.slug, state="kept", words=f"{made}: {made.members.count()} members")


@calls.act("/people/{username}/manager", "people.manage", "people manager", method="PUT")
def manager(caller: Caller, username: str, body: ManagerBody) -> Done:
    """Says to whom a person reports."""
    above = find_person(body.manager) if body.manager else None
    set_manager(person=find_person(username), manager=above, by=caller.user)
    return Done(ref=username, state="kept", words=f"reports to {above or 'nobody'}")


@calls.act("/ties/works", "people.declare", "people coauthors")
def coauthors(caller: Caller, body: Work) -> Done:
    """Records that two people wrote something together."""
    pair = find_person(body.first), find_person(body.second)
    record_work(people=pair, year=body.year, title=body.title, by=caller.user, now=caller.now)
    return Done(ref=f"{body.first}, {body.second}", state="kept")


@calls.act("/ties/declarations", "people.declare", "people declare")
def declare(caller: Caller, body: Closeness) -> Done:
    """Declares what ties one to somebody: neither then judges what the other asks for."""
    about = find_person(body.about)
    declare_closeness(by=caller.user, about=about, ground=body.ground, now=caller.now)
    return Done(ref=body.about, state="kept")


@calls.rows(
    "/ties/declarations",
    "people.declare",
    "people declared",
    row=row("DeclarationRow", "about ground declared_at:at"),
)
def declared(caller: Caller) -> list[dict[str, object]]:
    """Lists what one has declared."""
    return [
        {"about": one.about.username, "ground": one.ground, "declared_at": one.declared_at}
        for one in declarations_by(caller.user)
    ]


@calls.act("/ties", "people.manage", "people import")
def take_over(caller: Caller, body: Ties) -> Done:
    """Takes over a whole list of ties, or none of it."""
    rows = parse_people(body.csv.encode(), "csv")
    count = import_ties(rows=rows, file="csv", by=caller.user, now=caller.now)
    return Done(ref="ties", state="kept", words=f"{count} ties are known")


@calls.rows("/tokens", "token.own", "token list", row=TokenRow)
def tokens(caller: Caller) -> list[object]:
    """Lists one's own tokens, the newest first, without their secrets."""
    return list(list_tokens(caller.user))


@calls.act("/tokens", "token.own", "token create", answer=Secret)
def make_token(caller: Caller, body: NewToken) -> Secret:
    """Makes a token of one's own; with a token, one that reaches no further and ends no later."""
    made, raw = create_token(
        by=caller.user,
        name=body.name,
        scopes=body.scopes,
        days=body.days,
        within=token_shown(caller.headers.get("Authorization", "")),
        now=caller.now,
    )
    return Secret(ref=made.prefix, token=raw, expires_at=made.expires_at)


@calls.act("/tokens/{prefix}", "token.own", "token revoke", method="DELETE")
def end_token(caller: Caller, prefix: str) -> Done:
    """Ends a token at once."""
    revoke_token(prefix=prefix, by=caller.user, now=caller.now)
    return Done(ref=prefix, state="revoked")
