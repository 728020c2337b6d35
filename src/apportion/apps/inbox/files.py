"""What waits as a file."""

from apportion.apps.inbox.queries import inbox_of
from apportion.apps.inbox.wording import COLUMNS, row_of
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route


def _waiting(visit: Visit) -> Rows:
    return [row_of(one) for one in inbox_of(visit.user, now=visit.now)]


waiting = file_route("inbox.see", "waiting", COLUMNS, _waiting)
