"""The tables of enforcement as files."""

from apportion.apps.apply.queries import find_project
from apportion.apps.enforce import commands
from apportion.apps.enforce.queries import limits_of, list_levers
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route

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


limits = listing_route("limits.see", "limits", commands.show)
found = listing_route("limits.see", "found", commands.show_found)
alarms = listing_route("limits.see", "alarms", commands.alarms)
orders = listing_route("limits.see", "orders", commands.orders)
levers = file_route("limits.see", "levers", LEVERS, _levers)
one = file_route("limits.see", "limits", LIMITS, _one)
