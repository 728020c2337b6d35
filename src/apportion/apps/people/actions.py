"""Adding people and giving roles."""

from collections.abc import Iterable

from django.db import transaction

from apportion.apps.people.models import Person, Role


def add_person(
    *, username: str, name: str, roles: Iterable[str] = (), password: str | None = None
) -> Person:
    """Adds a person, or updates the name and adds the roles of one who is there.

    Without a password the person cannot sign in by password.
    """
    with transaction.atomic():
        person, fresh = Person.objects.get_or_create(username=username, defaults={"name": name})
        if fresh or password:
            person.set_password(password)
        person.name = name
        person.save()
        for kind in roles:
            Role.objects.get_or_create(
                person=person, kind=Role.Kind(kind), round_slug="", area_slug=""
            )
    return person
