"""The table of one's decisions as a file."""

from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route
from apportion.apps.publishing.commands import COLUMNS
from apportion.apps.publishing.queries import said_by


def _mine(visit: Visit) -> Rows:
    return [{name: getattr(one, name) for name in COLUMNS} for one in said_by(visit.user)]


decisions = file_route("request.file", "decisions", COLUMNS, _mine)
