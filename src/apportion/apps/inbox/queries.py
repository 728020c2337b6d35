"""What waits for a person: gathered from every app that has a `waiting.py`."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from apportion.apps.inbox.models import PutAway
from apportion.apps.people.queries import Person
from apportion.apps.people.waiting import Waiting

Source = Callable[[Person, datetime], list[Waiting]]
NEVER = datetime.max.replace(tzinfo=UTC)


@cache
def sources() -> tuple[Source, ...]:
    """Finds what each app says waits, in the order of the apps."""
    modules = (
        f"{app.name}.waiting"
        for app in apps.get_app_configs()
        if app.name.startswith("apportion.apps.")
    )
    held = (import_module(name) for name in modules if find_spec(name))
    return tuple(module.waiting_for for module in held if hasattr(module, "waiting_for"))


def inbox_of(person: Person, *, now: datetime) -> list[Waiting]:
    """Lists what waits for a person: what is due first first, and what has no day last."""
    away = set(PutAway.objects.filter(person=person).values_list("key", flat=True))
    found = [
        one
        for source in sources()
        for one in source(person, now)
        if not (one.can_put_away and one.key in away)
    ]
    return sorted(found, key=lambda one: (one.due_at or NEVER, one.kind, one.key))
