"""The tables of appeals as files: how often they succeed, and the round solved again."""

from apportion.apps.appeal import commands
from apportion.apps.appeal.actions import demand_reader
from apportion.apps.appeal.queries import find_appeal
from apportion.apps.decide.outcomes import outcome_of
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route

AGAIN = ("what", "as_decided", "as_it_would_have_been")


def _again(visit: Visit, ref: str) -> Rows:
    """Gives the whole round with the facts of the ruling beside what was decided; empty before one."""
    row = find_appeal(ref)
    demand_reader(row, visit.user)
    if not row.again:
        return []
    told, again = outcome_of(row.request), row.again
    pairs = [
        (row.request.ref, told.outcome if told else "", again["outcome"]),
        ("points of the slate", again["value_before"], again["value"]),
        *((one["request"], one["before"], one["after"]) for one in again["others"]),
    ]
    return [dict(zip(AGAIN, pair, strict=True)) for pair in pairs]


stats = listing_route("appeal.see", "stats", commands.stats)
again = file_route("appeal.see", "again", AGAIN, _again)
