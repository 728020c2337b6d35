"""The table of a request's versions as a file."""

from apportion.apps.apply import draft_commands
from apportion.apps.apply.views import find_own
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, table_of

COLUMNS, _rows = table_of(draft_commands.versions)


def _versions(visit: Visit, ref: str) -> Rows:
    return _rows(ref=find_own(visit, ref).ref)


versions = file_route("request.file", "versions", COLUMNS, _versions)
