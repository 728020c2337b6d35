"""Writes mails from what people are to be told: at once, or together once a day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apportion.apps.inbox.queries import inbox_of
from apportion.apps.notice.gathering import uid_of
from apportion.apps.notice.models import Message, Reader, Told
from apportion.apps.notice.queries import DIGEST, TOO_OLD, address_of, pace_for
from apportion.apps.people.queries import Person
from apportion.core.notice.paces import FIRST_HOUR, About, Pace, digest_day
from apportion.core.notice.wording import Line, clean_body, one_line, write_digest

MOST_AT_ONCE = 500  # mails that one beat writes
MOST_DIGESTS = 200
SOON = timedelta(days=2)  # a day so near is reason enough to write


def compose(*, now: datetime) -> int:
    """Writes the mails that are due; gives how many. Nothing where the site sends no mail."""
    if not settings.APPORTION_MAIL:
        return 0
    return _compose_now(now) + _compose_digests(now)


def _compose_now(now: datetime) -> int:
    rows = Told.objects.filter(pace=Pace.NOW, message=None, at__gte=now - TOO_OLD)
    rows = rows.select_related("person").order_by("at", "id")
    made, readers = 0, _readers(rows)
    for row in rows[:MOST_AT_ONCE]:
        if not address_of(row.person, readers.get(row.person_id)):
            continue
        body = row.body or f"{row.words}."
        link = f"\n\n{settings.APPORTION_SITE}{row.path}" if settings.APPORTION_SITE else ""
        with transaction.atomic():
            message, fresh = Message.objects.get_or_create(
                uid=uid_of("now", str(row.person_id), row.key),
                defaults={
                    "person": row.person,
                    "about": row.about,
                    "subject": one_line(row.words),
                    "body": clean_body(body) + link,
                    "made_at": now,
                    "next_at": now,
                },
            )
            Told.objects.filter(pk=row.pk).update(message=message)
        made += fresh
    return made


def _readers(rows: object) -> dict[int, Reader]:
    people = rows.values("person_id")  # type: ignore[attr-defined]  # a query set of what is told
    return {one.person_id: one for one in Reader.objects.filter(person_id__in=people)}


def _compose_digests(now: datetime) -> int:
    """Looks at everybody once a day, at their hour; a day without anything new brings no mail."""
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    seen = Reader.objects.filter(digest_on__gte=today).values("person_id")
    people = Person.objects.filter(is_active=True).exclude(pk__in=seen).order_by("pk")
    has_own = Reader.objects.exclude(address="").values("person_id")
    people = people.filter(~Q(email="") | Q(pk__in=has_own))
    readers = {one.person_id: one for one in Reader.objects.filter(person__in=people)}
    made = looked = 0
    for person in people:
        reader = readers.get(person.pk)
        hour = reader.hour if reader else FIRST_HOUR
        last = reader.digest_on if reader else None
        day = digest_day(now=now, zone=zone, hour=hour, last_on=last)
        if day is None or not address_of(person, reader):
            continue
        made += _write_to(person, day.isoformat(), now=now)
        Reader.objects.update_or_create(person=person, defaults={"digest_on": day})
        looked += 1
        if looked == MOST_DIGESTS:
            break
    return made


def _write_to(person: Person, day: str, *, now: datetime) -> bool:
    rows = list(
        Told.objects.filter(
            person=person, pace=Pace.DAILY, message=None, at__gte=now - TOO_OLD
        ).order_by("at", "id")
    )
    waiting = _waiting(person, now)
    near = any(one.at is not None and one.at <= now + SOON for one in waiting)
    if not rows and not near:
        return False
    subject, body = write_digest(
        name=str(person),
        lab=settings.APPORTION_LAB_NAME,
        news=[Line(words=row.words, path=row.path) for row in rows],
        waiting=waiting,
        site=settings.APPORTION_SITE,
    )
    with transaction.atomic():
        message, fresh = Message.objects.get_or_create(
            uid=uid_of(DIGEST, str(person.pk), day),
            defaults={
                "person": person,
                "about": DIGEST,
                "subject": subject,
                "body": body,
                "made_at": now,
                "next_at": now,
            },
        )
        if fresh:
            Told.objects.filter(pk__in=[row.pk for row in rows]).update(message=message)
    return fresh


def _waiting(person: Person, now: datetime) -> list[Line]:
    """Lists what waits for somebody, without what is only to be read: that was news once."""
    if pace_for(person, About.WAITING) is Pace.OFF:
        return []
    return [
        Line(
            words=f"{one.words} ({one.act.lower()})",
            path=one.path,
            at=one.due_at,
            is_late=one.due_at is not None and one.due_at < now,
        )
        for one in inbox_of(person, now=now)
        if not one.can_put_away
    ]
