"""The tables of metering as files."""

from apportion.apps.meter import reconcile_commands
from apportion.apps.meter.collecting import collectors_with_rejects
from apportion.apps.meter.reconciling import find_totals_differing_first
from apportion.apps.meter.rejects import list_rejects
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route

CLUSTERS = ("cluster", "covered_until", "synced_at", "rejected", "trouble")
DAYS = ("day", "cluster", "account", "resource", "posted", "scheduler", "reason")
REJECTS = ("seen_at", "cluster", "state", "field", "what", "text")


def _clusters(_: Visit) -> Rows:
    return [{name: getattr(one, name) for name in CLUSTERS} for one in collectors_with_rejects()]


def _days(_: Visit) -> Rows:
    """In seconds of one unit, differences first."""
    return list(find_totals_differing_first().values(*DAYS))


def _rejects(_: Visit) -> Rows:
    """Those that are still open, word for word."""
    return [{name: getattr(one, name) for name in REJECTS} for one in list_rejects()]


clusters = file_route("usage.see", "clusters", CLUSTERS, _clusters)
suspense = listing_route("usage.see", "suspense", reconcile_commands.show_suspense)
rejects = file_route("usage.see", "rejects", REJECTS, _rejects)
days = file_route("usage.see", "days", DAYS, _days)
