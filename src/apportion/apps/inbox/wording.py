"""How what waits is written under the columns of a listing."""

from apportion.apps.people.waiting import Waiting

COLUMNS = ("kind", "words", "act", "due_at", "since_at", "path", "key")


def row_of(one: Waiting) -> dict[str, object]:
    """Writes one thing."""
    return {name: getattr(one, name) for name in COLUMNS}
