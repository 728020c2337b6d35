"""The tables of one directive as files: who lends, who waits how long, and the other ways to do it."""

from collections.abc import Callable

from apportion.apps.directive.queries import find_directive
from apportion.apps.directive.replay_telling import Replayed
from apportion.apps.directive.telling import tell
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route
from apportion.apps.rounds.queries import resource_units

# Amounts of the books in base units; waits and hours as the page writes them.
LOSERS = (
    *("project", "area", "resource", "lent", "sunk"),
    *("reach", "minimum", "under_minimum"),
)
WAITS = ("resource", "group", "jobs", "now", "then", "hours_moved", "hours_lent")
WAYS = ("resource", "way", "at_once", "its_wait", "wait_of_others", "lost", "paid_back")


def _losers(visit: Visit, ref: str) -> Rows:
    told = tell(find_directive(ref), units=resource_units(), names={}, now=visit.now)
    return [
        {name: one.get(name) for name in LOSERS} for one in (told.document or {}).get("losers", ())
    ]


def _cells(
    columns: tuple[str, ...], read: Callable[[Replayed], tuple[tuple[str, ...], ...]]
) -> Callable[..., Rows]:
    def rows(visit: Visit, ref: str) -> Rows:
        told = tell(find_directive(ref), units=resource_units(), names={}, now=visit.now)
        return [
            dict(zip(columns, (one.resource, *cells), strict=True))
            for one in told.replays
            if one.ways
            for cells in read(one)
        ]

    return rows


losers = file_route("directive.see", "losers", LOSERS, _losers)
waits = file_route("directive.see", "waits", WAITS, _cells(WAITS, lambda one: one.groups))
ways = file_route("directive.see", "ways", WAYS, _cells(WAYS, lambda one: one.ways))
