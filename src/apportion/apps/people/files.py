"""The tables of people's pages as files."""

from apportion.apps.people import commands
from apportion.apps.people.gates import Visit
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


people = listing_route("people.see", "people", commands.show)
teams = listing_route("people.see", "teams", commands.teams)
declared = file_route("people.declare", "declared", ("about", "ground", "declared_at"), _declared)
works = file_route("people.declare", "works", ("with", "year", "title"), _works)
