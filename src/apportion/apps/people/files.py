"""The tables of people's pages as files."""

from collections.abc import Callable

from apportion.adapters.terminal.listing import table_of
from apportion.apps.people import account_commands, commands
from apportion.apps.people.gates import Route, Visit
from apportion.apps.people.tables import Rows, file_route, listing_route
from apportion.apps.people.ties import declarations_by, works_of


def _declared(visit: Visit) -> Rows:
    return [
        {"about": one.about.username, "ground": one.ground, "declared_at": one.declared_at}
        for one in declarations_by(visit.user)
    ]


def _works(visit: Visit) -> Rows:
    return [
        {
            "with": (one.second if one.first_id == visit.user.pk else one.first).username,
            "year": one.year,
            "title": one.title,
        }
        for one in works_of(visit.user)
    ]


def _of_one(command: Callable[..., None], name: str) -> Callable[[Visit], Rows]:
    """Reads what a command lists of one person, for whoever visits."""
    _, rows = table_of(command)
    return lambda visit: rows(**{name: visit.user.username})


def _mine(verb: str, name: str, command: Callable[..., None], option: str = "by") -> Route[...]:
    return file_route(verb, name, table_of(command)[0], _of_one(command, option))


tokens = _mine("account.own", "tokens", account_commands.tokens)
lent = _mine("account.own", "lent", account_commands.delegations)
trail = _mine("account.own", "trail", account_commands.trail, "username")
groups = listing_route("people.manage", "groups", account_commands.groups)
people = listing_route("people.see", "people", commands.show)
teams = listing_route("people.see", "teams", commands.teams)
declared = file_route("people.declare", "declared", ("about", "ground", "declared_at"), _declared)
works = file_route("people.declare", "works", ("with", "year", "title"), _works)
