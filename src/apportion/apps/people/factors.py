"""Second factors: whose roles need one, and whether this session was opened with one."""

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from apportion.apps.people.models import Person, Role

STRONG_BY_PROVIDER = "strong_by_provider"
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris"})  # RFC 8176


def needs_factor(person: Person) -> bool:
    """Says whether the site asks people in one of this person's roles for a second factor."""
    wanted = settings.APPORTION_MFA_ROLES
    if not wanted:
        return False
    held = Role.objects.filter(person=person, kind__in=wanted)
    lent = Role.objects.filter(
        person__delegations_given__taker=person, person__delegations_given__revoked_at=None
    ).filter(kind__in=wanted)
    return held.exists() or lent.exists()


def lacks_factor(request: HttpRequest) -> bool:
    """Says whether this session must be strengthened before it may do anything."""
    if not settings.APPORTION_MFA_ROLES or is_strong(request):
        return False
    person = request.user
    return isinstance(person, Person) and needs_factor(person)


def is_strong(request: HttpRequest) -> bool:
    """Says whether a second factor opened this session: here, or at the lab's sign-in."""
    person = request.user
    if not isinstance(person, Person):
        return False
    if request.session.get(STRONG_BY_PROVIDER) == person.pk:
        return True
    return any(one.get("method") == "mfa" for one in get_authentication_records(request, person))


def note_strength(request: HttpRequest, person: Person, *, strong: bool) -> None:
    """Keeps whether the lab's sign-in asked this person, and nobody else, for a second factor."""
    request.session[STRONG_BY_PROVIDER] = person.pk if strong else None
