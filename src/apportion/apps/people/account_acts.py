"""Giving and taking roles by hand, and helping somebody who lost their second factor."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from apportion.apps.people.acts import note_act
from apportion.apps.people.models import Person, Role
from apportion.apps.people.queries import demand
from apportion.core.refusals import Code, Refusal, Refused

Place = tuple[str, str]  # round and area; empty is everywhere


def give_role(*, person: Person, kind: str, place: Place, by: Person, now: datetime) -> Role:
    """Gives a role everywhere, or in one round, one area, or one area of one round.

    Refuses: NOT_ALLOWED, NOT_FOUND for a role that there is not.
    """
    demand(by, "people.manage")
    _check(kind)
    with transaction.atomic():
        row, fresh = Role.objects.get_or_create(
            person=person, kind=kind, round_slug=place[0], area_slug=place[1]
        )
        if row.from_directory:  # now it is given by hand, and stays when the group goes
            row.from_directory = False
            row.save(update_fields=["from_directory"])
        if fresh:
            note_act(by=by, about=person, verb="role.give", words=_words(kind, place), now=now)
    return row


def take_role(*, person: Person, kind: str, place: Place, by: Person, now: datetime) -> None:
    """Takes a role that was given in that place.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "people.manage")
    _check(kind)
    with transaction.atomic():
        rows = person.roles.filter(kind=kind, round_slug=place[0], area_slug=place[1])
        if not rows.delete()[0]:
            remedy = "List roles with: apportion people list"
            raise Refused([_refuse(f"{person} as {_words(kind, place)}", remedy)])
        note_act(by=by, about=person, verb="role.take", words=_words(kind, place), now=now)


def remove_factor(*, person: Person, by: Person, now: datetime) -> None:
    """Removes the second factor of somebody else; their recovery codes go with it.

    Refuses: NOT_ALLOWED, also for one's own, NOT_FOUND where there is none.
    """
    demand(by, "people.manage")
    if by.pk == person.pk:
        raise Refused(
            [
                Refusal(
                    code=Code.NOT_ALLOWED,
                    subject="your own second factor",
                    remedy="Remove it on your account's page, or ask another operator.",
                )
            ]
        )
    with transaction.atomic():
        if not Authenticator.objects.filter(user=person).delete()[0]:
            raise Refused([_refuse(f"second factor of {person}", "They sign in with one factor.")])
        note_act(by=by, about=person, verb="factor.remove", words=person.username, now=now)


def _check(kind: str) -> None:
    if kind not in Role.Kind.values:
        raise Refused([_refuse(f"role {kind!r}", f"There are {', '.join(Role.Kind.values)}.")])


def _words(kind: str, place: Place) -> str:
    return " in ".join((kind, *(one for one in place if one)))


def _refuse(subject: str, remedy: str) -> Refusal:
    return Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)
