"""The tables of enforcement as files."""

from apportion.apps.apply.queries import find_project
from apportion.apps.enforce import commands
from apportion.apps.enforce.queries import found_of, limits_of, list_levers, orders_of
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route, table_of

LIMITS = (
    *("project", "resource", "cluster", "desired_minutes", "read_minutes"),
    *("applied", "read_at"),
)
LEVERS = ("project", "kind", "reason", "source")


def _levers(_: Visit) -> Rows:
    return [
        {"project": one.project.slug, "kind": one.kind, "reason": one.reason, "source": one.source}
        for one in list_levers()
    ]


def _one(_: Visit, *, slug: str) -> Rows:
    """In minutes, as the scheduler counts."""
    return [
        {
            "project": slug,
            "resource": one.resource.code,
            "cluster": one.cluster,
            "desired_minutes": one.desired_minutes,
            "read_minutes": one.read_minutes,
            "applied": one.applied,
            "read_at": one.read_at,
        }
        for one in limits_of(find_project(slug))
    ]


def _found_of(_: Visit, *, slug: str) -> Rows:
    return found_of(find_project(slug))


def _alarms_of(_: Visit, *, slug: str) -> Rows:
    find_project(slug)
    return [row for row in ALARMS[1]() if row["project"] == slug]


def _levers_of(visit: Visit, *, slug: str) -> Rows:
    find_project(slug)
    return [row for row in _levers(visit) if row["project"] == slug]


def _orders_of(_: Visit, *, slug: str) -> Rows:
    return [
        {
            "cluster": one["order"].cluster,
            "generation": one["order"].generation,
            "verb": one["verb"],
            "reason": one["reason"],
            "by": one["order"].by.username if one["order"].by else "",
            "at": one["order"].at,
            "in_force_at": one["order"].in_force_at,
        }
        for one in orders_of(find_project(slug))
    ]


ALARMS = table_of(commands.alarms)
FOUND = ("cluster", "what", "mend")
ORDERS = ("cluster", "generation", "verb", "reason", "by", "at", "in_force_at")
limits = listing_route("limits.see", "limits", commands.show)
found = listing_route("limits.see", "found", commands.show_found)
alarms = listing_route("limits.see", "alarms", commands.alarms)
orders = listing_route("limits.see", "orders", commands.orders)
levers = file_route("limits.see", "levers", LEVERS, _levers)
one = file_route("limits.see", "limits", LIMITS, _one)
found_one = file_route("limits.see", "found", FOUND, _found_of)
alarms_one = file_route("limits.see", "alarms", ALARMS[0], _alarms_of)
levers_one = file_route("limits.see", "levers", LEVERS, _levers_of)
orders_one = file_route("limits.see", "orders", ORDERS, _orders_of)
