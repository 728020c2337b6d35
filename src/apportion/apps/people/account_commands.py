"""`apportion token`, `apportion delegation`, and what people are by the lab's directory."""

from datetime import timedelta

import typer
from django.conf import settings

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.account_acts import give_role, remove_factor, take_role
from apportion.apps.people.acts import acts_about
from apportion.apps.people.commands import AS, people
from apportion.apps.people.directory import (
    close_account,
    link_subject,
    list_group_roles,
    map_group,
    reopen_account,
)
from apportion.apps.people.queries import find_person
from apportion.apps.people.standing_in import lend_roles, list_delegations, take_back
from apportion.apps.people.tokens import create_token, list_tokens, revoke_token

token = typer.Typer(help="Tokens with which programs act for a person.", no_args_is_help=True)
delegation = typer.Typer(help="Roles lent to somebody for some days.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(token, name="token")
    app.add_typer(delegation, name="delegation")


@token.command("create")
def create(
    ctx: typer.Context,
    name: str = typer.Argument(help="What it is for."),
    scope: list[str] = typer.Option(..., help="Such as all:read or request:write; repeatable."),
    days: int = typer.Option(30, help="How long it works."),
    by: str = AS,
) -> None:
    """Make a token; it is printed this once, alone on standard output."""
    row, raw = create_token(
        by=find_person(by), name=name, scopes=scope, days=days, now=ctx.obj.now()
    )
    typer.echo(f"{row} works until {row.expires_at:%Y-%m-%d}. It is shown this once:", err=True)
    typer.echo(raw)


@token.command("list")
@listing("prefix", "name", "scopes", "expires_at", "last_used_at", "revoked_at")
def tokens(by: str = AS) -> list[Row]:
    """List a person's tokens."""
    return [
        {
            "prefix": one.prefix,
            "name": one.name,
            "scopes": one.scopes,
            "expires_at": one.expires_at,
            "last_used_at": one.last_used_at,
            "revoked_at": one.revoked_at,
        }
        for one in list_tokens(find_person(by))
    ]


@token.command("revoke")
def revoke(ctx: typer.Context, prefix: str, by: str = AS) -> None:
    """End a token at once."""
    row = revoke_token(prefix=prefix, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row} no longer works")


@delegation.command("add")
def lend(
    ctx: typer.Context,
    to: str = typer.Argument(help="Who shall act for you."),
    why: str = typer.Argument(help="A journey, a parental leave."),
    days: int = typer.Option(14, help="For how many days."),
    by: str = AS,
) -> None:
    """Lend your roles to somebody until a day."""
    now = ctx.obj.now()
    row = lend_roles(
        giver=find_person(by),
        taker=find_person(to),
        why=why,
        starts_at=now,
        ends_at=now + timedelta(days=days),
        now=now,
    )
    typer.echo(str(row))


@delegation.command("list")
@listing("number", "giver", "taker", "why", "starts_at", "ends_at", "revoked_at")
def delegations(by: str = AS) -> list[Row]:
    """List what a person lent and was lent."""
    return [
        {
            "number": one.pk,
            "giver": one.giver.username,
            "taker": one.taker.username,
            "why": one.why,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "revoked_at": one.revoked_at,
        }
        for one in list_delegations(find_person(by))
    ]


@delegation.command("end")
def end(ctx: typer.Context, number: int, by: str = AS) -> None:
    """End a delegation at once."""
    row = take_back(number=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.taker.username} no longer acts for {row.giver.username}")


@people.command("role")
def role(
    ctx: typer.Context,
    username: str,
    kind: str = typer.Argument(help="The role."),
    in_round: str = typer.Option("", "--round", help="In this round alone."),
    in_area: str = typer.Option("", "--area", help="In this area alone."),
    drop: bool = typer.Option(False, "--drop", help="Take it."),
    by: str = AS,
) -> None:
    """Give somebody a role, everywhere or in one round or area; or take it."""
    act = take_role if drop else give_role
    act(
        person=find_person(username),
        kind=kind,
        place=(in_round, in_area),
        by=find_person(by),
        now=ctx.obj.now(),
    )
    where = "".join(f" in {one}" for one in (in_round, in_area) if one)
    typer.echo(f"{username} {'is no longer' if drop else 'is'} {kind}{where}")


@people.command("groups")
@listing("group", "role")
def groups() -> list[Row]:
    """List which groups of the directory give which roles."""
    return [{"group": one.group, "role": one.kind} for one in list_group_roles()]


@people.command("group")
def group(
    ctx: typer.Context,
    name: str = typer.Argument(help="As the directory names it."),
    role: str = typer.Argument(help="The role that its members get."),
    drop: bool = typer.Option(False, "--drop", help="No longer."),
    by: str = AS,
) -> None:
    """Say which role a group of the directory stands for."""
    map_group(group=name, kind=role, by=find_person(by), now=ctx.obj.now(), drop=drop)
    typer.echo(f"{name} {'no longer gives' if drop else 'gives'} {role}")


@people.command("close")
def close(ctx: typer.Context, username: str, by: str = AS) -> None:
    """Close the account of somebody who has left: sessions, tokens and delegations end at once."""
    close_account(find_person(username), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{username} can no longer sign in; what they signed stays")


@people.command("reopen")
def reopen(ctx: typer.Context, username: str, by: str = AS) -> None:
    """Let somebody who came back sign in again."""
    reopen_account(find_person(username), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{username} may sign in again")


@people.command("link")
def link(ctx: typer.Context, username: str, subject: str, by: str = AS) -> None:
    """Say that a person is the one whom the lab's sign-in knows by a subject."""
    link_subject(
        person=find_person(username), subject=subject, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(
        f"{username} comes in as {subject!r} of {settings.APPORTION_OIDC_ISSUER or 'nobody'}"
    )


@people.command("unlock")
def unlock(ctx: typer.Context, username: str, by: str = AS) -> None:
    """Remove the second factor of somebody who lost it, after you saw them."""
    remove_factor(person=find_person(username), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{username} signs in with one factor, until they add another")


@people.command("trail")
@listing("at", "by", "for", "verb", "words")
def trail(username: str) -> list[Row]:
    """List what was done about somebody's account."""
    return [
        {
            "at": one.at,
            "by": one.by.username if one.by else "the directory",
            "for": one.on_behalf_of.username if one.on_behalf_of else None,
            "verb": one.verb,
            "words": one.words,
        }
        for one in acts_about(find_person(username), most=1000)
    ]
