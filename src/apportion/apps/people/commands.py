"""`apportion people`: who there is, and who may do what."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Role, list_people

people = typer.Typer(help="People and their roles.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(people, name="people")


@people.command("list")
@listing("username", "name", "roles")
def show() -> list[Row]:
    """List people with their roles."""
    return [
        {
            "username": person.username,
            "name": person.name,
            "roles": ";".join(role.kind for role in person.roles.all()),
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
