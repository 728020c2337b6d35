"""Choosing what to be told of, adding and changing endpoints, sending again and trying out."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.validators import slug_re
from django.db import transaction

from apportion.adapters.chat.client import check_room
from apportion.adapters.mail.parse import is_address
from apportion.adapters.webhook.render import make_secret
from apportion.apps.ledger.actions import lock_tip, seal
from apportion.apps.notice.gathering import message_for, uid_of
from apportion.apps.notice.models import Attempt, Choice, Endpoint, Message, Reader
from apportion.apps.notice.queries import address_of, find_endpoint, find_message, reader_of
from apportion.apps.people.news import News
from apportion.apps.people.queries import Person, demand
from apportion.core.faults import BadInput, Fault
from apportion.core.notice.paces import RULES, About, Pace, silenced_by
from apportion.core.notice.places import parse_place
from apportion.core.notice.trying import Verdict
from apportion.core.refusals import Code, Refusal, Refused

OLD_SECRET_HOLDS = timedelta(days=1)  # both sign for so long, so that no receiver is shut out
TOPICS = ("decision", "appeal", "change", "winddown", "directive", "alert")


def choose(
    *,
    by: Person,
    paces: Mapping[str, str],
    address: str | None = None,
    hour: int | None = None,
) -> None:
    """Keeps how soon somebody wants to be told of what, where and at which hour.

    Refuses: NOT_ALLOWED.
    Raises: BadInput with everything that is wrong.
    """
    demand(by, "notice.own")
    faults = [*_wrong_paces(paces), *_wrong_place(address, hour)]
    if faults:
        raise BadInput(faults)
    with transaction.atomic():
        for about, pace in paces.items():
            Choice.objects.update_or_create(person=by, about=about, defaults={"pace": pace})
        given = {"address": address, "hour": hour}
        kept = {name: value for name, value in given.items() if value is not None}
        if kept:
            Reader.objects.update_or_create(person=by, defaults=kept)


def silence(*, person: Person, about: str) -> tuple[About, ...]:
    """Turns off what one click on a mail turns off; doing it twice does it once."""
    turned = silenced_by(about)
    with transaction.atomic():
        for one in turned:
            Choice.objects.update_or_create(
                person=person, about=one.value, defaults={"pace": Pace.OFF.value}
            )
    return turned


def add_endpoint(
    *,
    slug: str,
    kind: str,
    url: str,
    by: Person,
    now: datetime,
    topics: str = "",
    entropy: Callable[[int], bytes] | None = None,
) -> Endpoint:
    """Adds a webhook, with a secret of its own, or a chat room.

    Refuses: NOT_ALLOWED, ALREADY_DONE where the name is taken.
    Raises: BadInput.
    """
    demand(by, "notice.send")
    if not slug_re.fullmatch(slug) or len(slug) > 40:
        raise _bad("name", "not a name", slug, "Use at most 40 letters, digits, - and _.")
    wanted = tuple(word.strip() for word in topics.split(",") if word.strip())
    if strange := [one for one in wanted if one.partition(".")[0] not in TOPICS]:
        raise _bad("topics", "no such topic", strange[0], f"Use some of {', '.join(TOPICS)}.")
    if kind == Endpoint.Kind.WEBHOOK:
        parse_place(url)
    else:
        check_room(url)
    secret = make_secret(entropy or settings.APPORTION_SALT)
    with transaction.atomic():
        lock_tip()
        if Endpoint.objects.filter(slug=slug).exists():
            remedy = "Choose another name, or turn that one on again."
            raise Refused([Refusal(code=Code.ALREADY_DONE, subject=slug, remedy=remedy)])
        row = Endpoint.objects.create(
            slug=slug,
            kind=kind,
            url=url,
            topics=",".join(wanted)[:200],
            secret=secret if kind == Endpoint.Kind.WEBHOOK else "",
            added_by=by,
            added_at=now,
        )
        _seal(row, "added", by=by, now=now)
    return row


def rotate_secret(
    *, slug: str, by: Person, now: datetime, entropy: Callable[[int], bytes] | None = None
) -> Endpoint:
    """Gives a webhook a new secret; for a day the former one signs too.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE for a chat room.
    """
    demand(by, "notice.send")
    with transaction.atomic():
        lock_tip()
        row = find_endpoint(slug)
        if row.kind != Endpoint.Kind.WEBHOOK:
            remedy = "Add the room again with its new address."
            raise Refused([Refusal(code=Code.WRONG_STATE, subject=slug, remedy=remedy)])
        row.former_secret, row.former_until_at = row.secret, now + OLD_SECRET_HOLDS
        row.secret = make_secret(entropy or settings.APPORTION_SALT)
        row.save(update_fields=["secret", "former_secret", "former_until_at"])
        _seal(row, "rotated", by=by, now=now)
    return row


def turn_endpoint(*, slug: str, on: bool, by: Person, now: datetime, why: str = "") -> Endpoint:
    """Turns an endpoint off, or on again; what waits for it waits on.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "notice.send")
    with transaction.atomic():
        lock_tip()
        row = find_endpoint(slug)
        if (row.off_at is None) == on:
            return row
        row.off_at = None if on else now
        row.off_why = "" if on else (why or f"turned off by {by.username}")[:200]
        row.save(update_fields=["off_at", "off_why"])
        _seal(row, "on" if on else "off", by=by, now=now)
    return row


def resend(*, pk: int, by: Person, now: datetime) -> Message:
    """Puts a message back into the queue, whether it was taken or not; its tries begin anew.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE where it waits already.
    """
    demand(by, "notice.send")
    with transaction.atomic():
        row = find_message(pk)
        over = Message.objects.filter(pk=pk).exclude(state=Message.State.WAITING)
        if not over.update(state=Message.State.WAITING, tries=0, next_at=now, sent_at=None):
            remedy = "It waits already; the next tick takes it when it is due."
            raise Refused([Refusal(code=Code.WRONG_STATE, subject=f"message {pk}", remedy=remedy)])
        Attempt.objects.create(
            message=row,
            number=0,
            at=now,
            verdict=Verdict.LATER.value,
            words=f"put back into the queue by {by.username}",
        )
    row.refresh_from_db()
    return row


def send_test(*, by: Person, now: datetime, endpoint: str = "") -> Message:
    """Queues a message to oneself, or to an endpoint, to see whether it arrives.

    Refuses: NOT_ALLOWED, NOT_FOUND, INCOMPLETE where there is no address.
    """
    demand(by, "notice.send" if endpoint else "notice.own")
    key = f"test:{by.username}:{now.isoformat()}"
    if endpoint:
        news = News(
            key=key,
            about=About.TEST,
            kind="office.test",
            words="A test: this line came through",
            path="/",
            at=now,
            facts={"test": True},
        )
        row = message_for(find_endpoint(endpoint), news, now=now)
    else:
        if not address_of(by, reader_of(by)):
            remedy = "Give one with: apportion notice preferences --address"
            raise Refused(
                [Refusal(code=Code.INCOMPLETE, subject=f"address of {by}", remedy=remedy)]
            )
        row = Message(
            uid=uid_of(by.username, key),
            person=by,
            about=About.TEST.value,
            subject=f"{settings.APPORTION_LAB_NAME}: a test",
            body="This mail came through.",
            made_at=now,
            next_at=now,
        )
    found, _ = Message.objects.get_or_create(
        uid=row.uid,
        defaults={
            name: getattr(row, name)
            for name in ("person", "endpoint", "about", "subject", "body", "made_at", "next_at")
        },
    )
    return found


def _wrong_paces(paces: Mapping[str, str]) -> list[Fault]:
    faults = []
    for about, pace in paces.items():
        rule = RULES.get(About(about)) if about in set(About) else None
        if rule is None:
            remedy = f"Choose for some of {', '.join(RULES)}."
            faults.append(_fault("about", "no such thing to be told of", about, remedy))
        elif pace not in rule.may:
            remedy = f"Choose one of {', '.join(rule.may)}."
            faults.append(_fault(about, "may not be chosen", pace, remedy))
    return faults


def _wrong_place(address: str | None, hour: int | None) -> list[Fault]:
    faults = []
    if address and not is_address(address):
        faults.append(_fault("address", "not one address", address, "Write name@host."))
    if hour is not None and not 0 <= hour <= 23:
        faults.append(_fault("hour", "no hour of the day", str(hour), "Choose 0 to 23."))
    return faults


def _fault(field: str, what: str, value: str, remedy: str) -> Fault:
    return Fault(file="notices", field=field, what=what, value=value, remedy=remedy)


def _bad(field: str, what: str, value: str, remedy: str) -> BadInput:
    return BadInput([_fault(field, what, value, remedy)])


def _seal(row: Endpoint, verb: str, *, by: Person, now: datetime) -> None:
    """Seals who did what to an endpoint; neither its address nor its secret goes into the journal."""
    facts = {
        "schema": "apportion.endpoint/1",
        "endpoint": row.slug,
        "kind": row.kind,
        "verb": verb,
        "by": by.username,
        "at": now.astimezone(UTC).isoformat(),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    seal("endpoint", f"{row.slug}/{verb}/{facts['at']}", text.encode())
