"""What the lab's directory says of people: who they are, which groups they are in, who has left.

A person of the directory is known by (issuer, subject). Mail addresses and names are facts that
change; nobody comes in as somebody else because of one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from apportion.apps.people.acts import note_act
from apportion.apps.people.models import Delegation, GroupRole, Person, Role, Token
from apportion.apps.people.queries import demand
from apportion.core.refusals import Code, Refusal, Refused

NOT_A_LETTER = re.compile(r"[^a-z0-9._-]+")
LONGEST_NAME = 60
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person as the directory tells of them."""

    subject: str
    username: str = ""
    name: str = ""
    email: str = ""
    groups: frozenset[str] = frozenset()


def admit(*, entry: Entry, now: datetime) -> Person:
    """Gives the person whom the directory told of by this subject, or adds one.

    A sign-in name that somebody else has is never taken over: the newcomer gets a number.
    """
    with transaction.atomic():
        person = Person.objects.filter(external_id=outer_id(entry.subject)).first()
        if person is None:
            person = Person(
                username=free_username(entry.username), external_id=outer_id(entry.subject)
            )
            person.set_unusable_password()
            person.name = (entry.name or person.username)[:120]
            person.save()
            note_act(by=None, about=person, verb="person.admit", words=entry.subject, now=now)
        refresh_facts(person, entry=entry)
    return person


def refresh_facts(person: Person, *, entry: Entry) -> None:
    """Takes over name and address, where the directory tells them."""
    person.name = (entry.name or person.name).replace("\0", "")[:120]
    person.email = (entry.email or person.email).replace("\0", "")[:254]
    person.save(update_fields=["name", "email"])


def refresh(person: Person, *, entry: Entry, now: datetime) -> None:
    """Takes over name and address, and gives and takes the roles that the groups stand for."""
    with transaction.atomic():
        refresh_facts(person, entry=entry)
        wanted = set(
            GroupRole.objects.filter(group__in=entry.groups).values_list("kind", flat=True)
        )
        everywhere = person.roles.filter(round_slug="", area_slug="")
        held = dict(everywhere.values_list("kind", "from_directory"))
        fresh = sorted(wanted - held.keys())
        gone = sorted(kind for kind, given in held.items() if given and kind not in wanted)
        Role.objects.bulk_create(
            Role(person=person, kind=kind, from_directory=True) for kind in fresh
        )
        everywhere.filter(kind__in=gone, from_directory=True).delete()
        if fresh or gone:
            words = ", ".join([*(f"+{kind}" for kind in fresh), *(f"-{kind}" for kind in gone)])
            note_act(by=None, about=person, verb="role.sync", words=words, now=now)


def close_account(person: Person, *, by: Person | None, now: datetime) -> Person:
    """Ends what somebody who has left could still do, at once: sessions, tokens, delegations.

    What they signed stays theirs. `by` is None where the directory said so.
    Refuses: NOT_ALLOWED.
    """
    if by is not None:
        demand(by, "people.manage")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.is_active:
            person.is_active = False
            person.left_at = now
            person.set_unusable_password()  # a new one each time: old sessions stay closed for good
            person.save(update_fields=["is_active", "left_at", "password"])
            Token.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
            for one in ("giver", "taker"):
                live = Delegation.objects.filter(revoked_at=None, ends_at__gt=now, **{one: person})
                live.update(revoked_at=now)
            note_act(by=by, about=person, verb="person.close", words=person.username, now=now)
    return person


def reopen_account(person: Person, *, by: Person | None, now: datetime) -> Person:
    """Lets somebody who came back sign in again; tokens and delegations are made anew.

    Refuses: NOT_ALLOWED.
    """
    if by is not None:
        demand(by, "people.manage")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if not person.is_active:
            person.is_active = True
            person.left_at = None
            person.save(update_fields=["is_active", "left_at"])
            note_act(by=by, about=person, verb="person.reopen", words=person.username, now=now)
    return person


def map_group(*, group: str, kind: str, by: Person, now: datetime, drop: bool = False) -> None:
    """Says which role a group of the directory stands for, or no longer does.

    People get and lose the role when they next sign in, or when the directory next tells of them.
    Refuses: NOT_ALLOWED, INCOMPLETE, NOT_FOUND for a role that there is not.
    """
    demand(by, "people.manage")
    if not group.strip():
        raise Refused([_refuse(Code.INCOMPLETE, "group", "Name the group as the directory does.")])
    if kind not in Role.Kind.values:
        remedy = f"There are {', '.join(Role.Kind.values)}."
        raise Refused([_refuse(Code.NOT_FOUND, f"role {kind!r}", remedy)])
    with transaction.atomic():
        if drop:
            GroupRole.objects.filter(group=group.strip(), kind=kind).delete()
        else:
            GroupRole.objects.get_or_create(group=group.strip()[:191], kind=kind)
        words = f"{'-' if drop else '+'}{group.strip()}: {kind}"
        note_act(by=by, about=None, verb="group.map", words=words, now=now)


def list_group_roles() -> list[GroupRole]:
    """Lists which groups give which roles."""
    return list(GroupRole.objects.all())


def link_subject(*, person: Person, subject: str, by: Person, now: datetime) -> Person:
    """Says that a person who is here already is the one whom the directory knows by a subject.

    Refuses: NOT_ALLOWED, ALREADY_DONE where another has the subject.
    """
    demand(by, "people.manage")
    with transaction.atomic():
        wanted = outer_id(subject) if subject else ""
        other = Person.objects.filter(external_id=wanted).exclude(pk=person.pk).first()
        if subject and other is not None:
            remedy = f"It is {other.username}; close that account first."
            raise Refused([_refuse(Code.ALREADY_DONE, f"subject {subject!r}", remedy)])
        person.external_id = wanted
        person.save(update_fields=["external_id"])
        note_act(by=by, about=person, verb="person.link", words=subject, now=now)
    return person


def outer_id(subject: str) -> str:
    """Names somebody as (issuer, subject): of another issuer the same subject is somebody else."""
    return f"{settings.APPORTION_OIDC_ID}:{subject}"


def free_username(wanted: str) -> str:
    """Gives a sign-in name that nobody has, made of the one that is wished for."""
    plain = NOT_A_LETTER.sub("-", wanted.lower().partition("@")[0]).strip("-.")
    stem = plain[:LONGEST_NAME] or "person"
    taken = set(Person.objects.filter(username__startswith=stem).values_list("username", flat=True))
    return next(name for name in _numbered(stem) if name not in taken)


def _numbered(stem: str) -> Iterable[str]:
    yield stem
    number = 1
    while True:
        number += 1
        yield f"{stem}-{number}"


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
