"""`apportion people`: who there is, who may do what, and what ties them to each other."""

from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.files.parse_people import parse_people
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Role, find_person, list_people
from apportion.apps.people.ties import (
    declarations_by,
    declare_closeness,
    import_ties,
    list_teams,
    record_work,
    set_manager,
    set_team,
)

people = typer.Typer(help="People and their roles.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="Who does it.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(people, name="people")


@people.command("list")
@listing("username", "name", "roles", "teams", "manager")
def show() -> list[Row]:
    """List people with their roles, teams and manager."""
    return [
        {
            "username": person.username,
            "name": person.name,
            "roles": ";".join(role.kind for role in person.roles.all()),
            "teams": ";".join(team.slug for team in person.teams.all()),
            "manager": person.manager.username if person.manager else None,
        }
        for person in list_people()
    ]


@people.command("add")
def add(
    username: str = typer.Argument(help="Sign-in name."),
    name: str = typer.Option("", help="As colleagues know them."),
    role: list[str] = typer.Option([], help=f"One of {', '.join(Role.Kind.values)}; repeatable."),
    password: bool = typer.Option(False, "--password", help="Ask for a password to sign in with."),
) -> None:
    """Add a person, or give more roles to one who is there."""
    unknown = [kind for kind in role if kind not in Role.Kind.values]
    if unknown:
        raise typer.BadParameter(f"no role {unknown[0]!r}; there are {', '.join(Role.Kind.values)}")
    secret = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    )
    person = add_person(username=username, name=name or username, roles=role, password=secret)
    typer.echo(f"{person} ({username}): {', '.join(role) or 'no new role'}")


@people.command("teams")
@listing("slug", "name", "conflict", "members")
def teams() -> list[Row]:
    """List teams, and whether their members are kept from judging each other."""
    return [
        {
            "slug": team.slug,
            "name": team.name,
            "conflict": team.is_conflict,
            "members": ";".join(sorted(one.username for one in team.members.all())),
        }
        for team in list_teams()
    ]


@people.command("team")
def team(
    slug: str = typer.Argument(help="The team's short name."),
    name: str = typer.Option("", help="As colleagues know it."),
    add: list[str] = typer.Option([], help="Who joins; repeatable."),
    drop: list[str] = typer.Option([], help="Who leaves; repeatable."),
    conflict: bool | None = typer.Option(
        None, "--conflict/--no-conflict", help="May its members not judge each other's requests?"
    ),
    by: str = AS,
) -> None:
    """Make a team, or change one."""
    row = set_team(
        slug=slug,
        name=name,
        members=add,
        leavers=drop,
        is_conflict=conflict,
        by=find_person(by),
    )
    typer.echo(f"{row}: {row.members.count()} members")


@people.command("manager")
def manager(
    username: str = typer.Argument(help="Who reports."),
    to: str = typer.Argument("", help="To whom; nobody where it is left out."),
    by: str = AS,
) -> None:
    """Say to whom a person reports."""
    above = find_person(to) if to else None
    set_manager(person=find_person(username), manager=above, by=find_person(by))
    typer.echo(f"{username} reports to {to or 'nobody'}")


@people.command("coauthors")
def coauthors(
    ctx: typer.Context,
    first: str,
    second: str,
    year: int = typer.Option(..., help="When it came out."),
    title: str = typer.Option("", help="What they wrote."),
    by: str = AS,
) -> None:
    """Record that two people wrote something together."""
    pair = find_person(first), find_person(second)
    record_work(people=pair, year=year, title=title, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{first} and {second} wrote together in {year}")


@people.command("declare")
def declare(ctx: typer.Context, about: str, ground: str, by: str = AS) -> None:
    """Declare what ties you to somebody: you then judge no request of theirs, nor they of yours."""
    declare_closeness(
        by=find_person(by), about=find_person(about), ground=ground, now=ctx.obj.now()
    )
    typer.echo(f"{by} and {about} do not judge each other")


@people.command("declared")
@listing("about", "ground", "declared_at")
def declared(by: str = AS) -> list[Row]:
    """List what a person has declared."""
    return [
        {"about": one.about.username, "ground": one.ground, "declared_at": one.declared_at}
        for one in declarations_by(find_person(by))
    ]


@people.command("import")
def import_(ctx: typer.Context, file: Path, by: str = AS) -> None:
    """Take over a list of ties: kind (manager, team, coauthor), person, with, year, title."""
    rows = parse_people(read_whole(file), str(file))
    count = import_ties(rows=rows, file=str(file), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{count} ties are known")
