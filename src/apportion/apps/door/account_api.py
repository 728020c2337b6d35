"""Accounts for programs: roles, groups of the directory, delegations, leavers."""

from datetime import timedelta

from pydantic import Field

from apportion.apps.door.calls import Body, Caller, Calls, Done, row
from apportion.apps.people import account_commands as commands
from apportion.apps.people.account_acts import give_role, take_role
from apportion.apps.people.directory import (
    close_account,
    link_subject,
    map_group,
    reopen_account,
)
from apportion.apps.people.queries import Role, find_person
from apportion.apps.people.standing_in import lend_roles, take_back

calls = Calls("accounts")
Name = Field(max_length=150)


class Lend(Body):
    """Roles lent to somebody for some days."""

    to: str = Name
    why: str = Field(min_length=1, max_length=200)
    days: int = Field(default=14, ge=1, le=366)


class RoleBody(Body):
    """A role, everywhere or in one round or area; or no longer."""

    role: Role.Kind
    round: str = Field(default="", max_length=60)
    area: str = Field(default="", max_length=60)
    drop: bool = False


class Group(Body):
    """Which role a group of the directory stands for; or no longer."""

    group: str = Field(min_length=1, max_length=200)
    role: Role.Kind
    drop: bool = False


class Subject(Body):
    """By whom the lab's sign-in knows a person."""

    subject: str = Field(min_length=1, max_length=255)


calls.listing(
    "/delegations",
    "people.declare",
    commands.delegations,
    "delegation list",
    row=row("DelegationRow", "number:n giver taker why starts_at:at ends_at:at revoked_at:at"),
)
calls.listing(
    "/groups", "people.manage", commands.groups, "people groups", row=row("GroupRow", "group role")
)
calls.listing(
    "/people/{username}/trail",
    "people.manage",
    commands.trail,
    "people trail",
    row=row("TrailRow", "at:at by for verb words"),
)


@calls.act("/delegations", "people.declare", "delegation add")
def lend(caller: Caller, body: Lend) -> Done:
    """Lends one's roles to somebody until a day."""
    made = lend_roles(
        giver=caller.user,
        taker=find_person(body.to),
        why=body.why,
        starts_at=caller.now,
        ends_at=caller.now + timedelta(days=body.days),
        now=caller.now,
    )
    return Done(ref=str(made.pk), state="lent", words=str(made))


@calls.act("/delegations/{number}", "people.declare", "delegation end", method="DELETE")
def end(caller: Caller, number: int) -> Done:
    """Ends a delegation at once."""
    held = take_back(number=number, by=caller.user, now=caller.now)
    return Done(ref=str(number), state="ended", words=str(held))


@calls.act("/people/{username}/roles", "people.manage", "people role")
def role(caller: Caller, username: str, body: RoleBody) -> Done:
    """Gives somebody a role, everywhere or in one round or area; or takes it."""
    act = take_role if body.drop else give_role
    act(
        person=find_person(username),
        kind=body.role.value,
        place=(body.round, body.area),
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=username, state="taken" if body.drop else "given", words=body.role.value)


@calls.act("/groups", "people.manage", "people group")
def group(caller: Caller, body: Group) -> Done:
    """Says which role a group of the directory stands for."""
    map_group(
        group=body.group, kind=body.role.value, by=caller.user, now=caller.now, drop=body.drop
    )
    return Done(ref=body.group, state="dropped" if body.drop else "kept", words=body.role.value)


@calls.act("/people/{username}/close", "people.manage", "people close")
def close(caller: Caller, username: str) -> Done:
    """Closes the account of somebody who has left: sessions, tokens and delegations end at once."""
    close_account(find_person(username), by=caller.user, now=caller.now)
    return Done(ref=username, state="left")


@calls.act("/people/{username}/reopen", "people.manage", "people reopen")
def reopen(caller: Caller, username: str) -> Done:
    """Lets somebody who came back sign in again."""
    reopen_account(find_person(username), by=caller.user, now=caller.now)
    return Done(ref=username, state="active")


@calls.act("/people/{username}/subject", "people.manage", "people link", method="PUT")
def link(caller: Caller, username: str, body: Subject) -> Done:
    """Says that a person is the one whom the lab's sign-in knows by a subject."""
    link_subject(person=find_person(username), subject=body.subject, by=caller.user, now=caller.now)
    return Done(ref=username, state="linked")
