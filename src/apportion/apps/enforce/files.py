"""The tables of enforcement as files."""

from apportion.apps.enforce import commands
from apportion.apps.enforce.queries import list_levers
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route

LEVERS = ("project", "kind", "reason", "source")


def _levers(_: Visit) -> Rows:
    return [
        {"project": one.project.slug, "kind": one.kind, "reason": one.reason, "source": one.source}
        for one in list_levers()
    ]


limits = listing_route("limits.see", "limits", commands.show)
found = listing_route("limits.see", "found", commands.show_found)
alarms = listing_route("limits.see", "alarms", commands.alarms)
orders = listing_route("limits.see", "orders", commands.orders)
levers = file_route("limits.see", "levers", LEVERS, _levers)
