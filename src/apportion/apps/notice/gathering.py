"""Gathers what happened from every app that has a `news.py`, and notes it once for each who is told."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.db import transaction

from apportion.adapters.webhook.render import render_event
from apportion.apps.decide.news import letters_out, mark_letters
from apportion.apps.notice.models import Endpoint, Gathering, Message, Told
from apportion.apps.notice.queries import TOO_OLD, choices_of
from apportion.apps.people.news import News
from apportion.core.notice.paces import Pace, pace_of
from apportion.core.notice.wording import clean_body, one_line

Source = Callable[[datetime], list[News]]
OVERLAP = timedelta(days=1)  # what was recorded late is found all the same, and noted once
LETTERS = 500


@cache
def sources() -> tuple[Source, ...]:
    """Finds what each app says has happened, in the order of the apps."""
    ours = (app.name for app in apps.get_app_configs() if app.name.startswith("apportion.apps."))
    held = (import_module(f"{name}.news") for name in ours if find_spec(f"{name}.news"))
    return tuple(module.news_since for module in held if hasattr(module, "news_since"))


def gather_news(*, now: datetime) -> int:
    """Notes what happened since the last time; gives how much was looked at. A repeat adds nothing.

    The first time nothing of before is told, but for letters that wait in the outbox.
    """
    last = Gathering.objects.first()
    since = min(last.at, now) - OVERLAP if last else now
    found = [one for source in sources() for one in source(since)]
    with transaction.atomic():
        note(found, now=now)
        Gathering.objects.update_or_create(pk=1, defaults={"at": now})
    return len(found) + _take_letters(now)


def note(found: Sequence[News], *, now: datetime) -> None:
    """Notes news for the people whom it concerns, and queues what endpoints are told of it."""
    chosen = choices_of(pk for one in found for pk in one.people)
    told = [
        Told(
            person_id=pk,
            key=one.key[:200],
            about=one.about.value,
            words=one_line(one.words, longest=300),
            body=clean_body(one.body),
            path=one.path[:300],
            at=one.at,
            noted_at=now,
            pace=Pace.OFF if now - one.at > TOO_OLD else pace_of(one.about, chosen.get(pk, {})),
        )
        for one in found
        for pk in dict.fromkeys(one.people)
    ]
    Told.objects.bulk_create(told, ignore_conflicts=True, batch_size=500)
    _queue_for_endpoints([one for one in found if one.facts], now=now)


def uid_of(*parts: str) -> str:
    """Names a message for good: the same news to the same place has one name."""
    return f"msg_{sha256('|'.join(parts).encode()).hexdigest()[:40]}"


def _take_letters(now: datetime) -> int:
    """Hands letters over from the outbox: noted here and marked there in one transaction."""
    taken = 0
    while True:
        with transaction.atomic():
            letters = letters_out(most=LETTERS)
            note(letters, now=now)
            taken += mark_letters([one.key for one in letters], now=now)
        if len(letters) < LETTERS:
            return taken


def _queue_for_endpoints(found: Sequence[News], *, now: datetime) -> None:
    if not found:
        return
    endpoints = Endpoint.objects.filter(off_at=None)
    Message.objects.bulk_create(
        [
            message_for(endpoint, one, now=now)
            for endpoint in endpoints
            for one in found
            if one.at >= endpoint.added_at and wants(endpoint, one.kind)
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def wants(endpoint: Endpoint, kind: str) -> bool:
    """Says whether an endpoint is told of a kind of event: of all, or of those it names."""
    topics = {word.strip() for word in endpoint.topics.split(",") if word.strip()}
    return not topics or kind in topics or kind.partition(".")[0] in topics


def message_for(endpoint: Endpoint, one: News, *, now: datetime) -> Message:
    """Writes what one endpoint is told of one thing."""
    link = f"{settings.APPORTION_SITE}{one.path}" if settings.APPORTION_SITE else ""
    body = f"{settings.APPORTION_LAB_NAME}\n{link}".strip()
    if endpoint.kind == Endpoint.Kind.WEBHOOK:
        body = render_event(one.kind, at=one.at, facts={**one.facts, "url": link or one.path})
    return Message(
        uid=uid_of(endpoint.slug, one.key),
        endpoint=endpoint,
        about=one.kind[:40],
        subject=one_line(one.words),
        body=body,
        made_at=now,
        next_at=now,
    )
