"""The tables of what is told and of the fast lane as files."""

from apportion.apps.decide.outcomes import letters_of_round
from apportion.apps.decide.queries import adopted_slate, candidates
from apportion.apps.decide.seats import held_of
from apportion.apps.grant import fastlane_commands
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route
from apportion.apps.rounds.queries import find_round

TOLD = ("request", "title", "project", "outcome", "told_at", "held_until")


def _told(_: Visit, slug: str) -> Rows:
    row = find_round(slug)
    slate = adopted_slate(row)
    held = held_of(slate) if slate else {}
    told = {one.decision.request.ref: one.written_at for one in letters_of_round(slug)}
    return [
        {
            "request": one.ref,
            "title": one.title,
            "project": one.project_slug,
            "outcome": one.outcome,
            "told_at": told.get(one.ref),
            "held_until": held[one.ref].until_at if one.ref in held else None,
        }
        for one in (candidates(row, slate) if slate else ())
    ]


told = file_route("slate.see", "told", TOLD, _told)
checks = listing_route("fastlane.check", "checks", fastlane_commands.show)
