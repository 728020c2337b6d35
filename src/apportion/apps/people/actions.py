"""Adding people and giving roles."""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apportion.apps.people.models import Person, Role
from apportion.core.refusals import Code, Refusal, Refused


def add_person(
    *, username: str, name: str, roles: Iterable[str] = (), password: str | None = None
) -> Person:
    """Adds a person, or updates the name and adds the roles of one who is there.

    Without a password the person cannot sign in by password.
    Refuses: OUT_OF_RANGE for a password that is easily guessed.
    """
    if password:
        _check_password(password, Person(username=username, name=name))
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


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        remedy = " ".join(error.messages)
        refusal = Refusal(code=Code.OUT_OF_RANGE, subject="the password", remedy=remedy)
        raise Refused([refusal]) from error
