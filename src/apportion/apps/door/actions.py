"""Keeping answers, so that a call sent twice is carried out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apportion.apps.door.models import KeptAnswer
from apportion.apps.people.queries import Person

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it was given. Shape: no status while the call is at work."""

    digest: bytes
    claimed_at: datetime
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def claim_key(*, person: Person, key: str, digest: bytes, now: datetime) -> Kept | None:
    """Takes a key for a call; gives what stands there where it is taken already.

    The claim is committed before the call runs: two at the same instant cannot both run.
    """
    KeptAnswer.objects.filter(
        person=person, key=key, claimed_at__lt=now - KEPT_FOR, status__isnull=False
    ).delete()
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(person=person, key=key, digest=digest, claimed_at=now)
    except IntegrityError:
        row = KeptAnswer.objects.filter(person=person, key=key).first()
        if row is None:  # it was released in between: whoever asks again may have it
            return Kept(digest=digest, claimed_at=now, status=None)
        return Kept(
            digest=bytes(row.digest),
            claimed_at=row.claimed_at,
            status=row.status,
            headers=row.headers,
            body=bytes(row.body),
        )
    return None


def keep_answer(
    *, person: Person, key: str, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Keeps an answer beside the key that it was claimed with."""
    KeptAnswer.objects.filter(person=person, key=key).update(
        status=status, headers=dict(headers), body=body
    )


def release_key(*, person: Person, key: str) -> None:
    """Gives a key back: nothing was carried out, so the same call may be sent again."""
    KeptAnswer.objects.filter(person=person, key=key, status__isnull=True).delete()


def forget_answers(*, now: datetime) -> int:
    """Forgets answers older than a day; claims that never ended are kept, for nobody knows their end."""
    rows = KeptAnswer.objects.filter(claimed_at__lt=now - KEPT_FOR, status__isnull=False)
    count, _ = rows.delete()
    return count
