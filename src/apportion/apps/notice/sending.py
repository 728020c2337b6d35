"""Works the queue: takes a message, sends it, and only then notes that it went.

A kill between sending and noting sends once more, under the same name: whoever receives it can tell.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from apportion.adapters.chat.client import say_in_room
from apportion.adapters.mail.client import Line, mail_line
from apportion.adapters.mail.parse import is_address, parse_server
from apportion.adapters.mail.render import Mail, render_mail
from apportion.adapters.webhook.client import call_webhook
from apportion.adapters.webhook.render import sign_event
from apportion.apps.notice.composing import compose
from apportion.apps.notice.gathering import gather_news
from apportion.apps.notice.models import Attempt, Endpoint, Message, Reader
from apportion.apps.notice.queries import address_of, unsubscribe_url
from apportion.apps.rounds.wording import count_of
from apportion.core.faults import BadInput, Fault, WorldError
from apportion.core.notice.places import parse_networks, parse_place
from apportion.core.notice.trying import WAITS_SECONDS, Answer, Verdict, next_try

Clock = Callable[[], datetime]
LEASE = timedelta(minutes=10)  # how long a message that was taken is left to whoever took it
BUDGET = timedelta(seconds=40)  # of one beat; the rest waits for the next
MOST = 500


def advance_notices(*, now: datetime, clock: Clock) -> list[str]:
    """Gathers what happened, writes what is due and sends it; says what was done.

    Raises: BadInput where a setting cannot be used.
    """
    gather_news(now=now)
    compose(now=now)
    done = deliver_due(now=now, clock=clock)
    words = {Verdict.SENT: "sent", Verdict.LATER: "tried in vain", Verdict.NEVER: "not taken"}
    return [f"{count_of(done[one], 'message')} {words[one]}" for one in Verdict if done[one]]


def deliver_due(*, now: datetime, clock: Clock) -> dict[Verdict, int]:
    """Sends what is due; an endpoint that does not take one message is left alone for this beat.

    Raises: BadInput where a setting cannot be used.
    """
    until, done = clock() + BUDGET, dict.fromkeys(Verdict, 0)
    rows = Message.objects.filter(state=Message.State.WAITING, next_at__lte=now)
    rows = rows.filter(Q(endpoint=None) | Q(endpoint__off_at=None))
    rows = rows.select_related("person", "endpoint").order_by("next_at", "id")
    groups: dict[int | None, list[Message]] = defaultdict(list)
    for row in rows[:MOST]:
        groups[row.endpoint_id].append(row)
    mails = groups.pop(None, [])
    if mails and settings.APPORTION_MAIL:
        _send_mails(mails, now=now, busy=lambda: clock() > until, done=done)
    for group in groups.values():
        for row in group:
            if clock() > until:
                return done
            if not _take(row, now=now, done=done):
                continue
            answer = _tell_endpoint(row, sent_at=clock())
            _note(row, answer, now=now, done=done)
            if answer.verdict is not Verdict.SENT:
                break
    return done


def _send_mails(
    rows: Sequence[Message],
    *,
    now: datetime,
    busy: Callable[[], bool],
    done: dict[Verdict, int],
) -> None:
    """Sends mails over one line; where the server is gone, all of them wait."""
    server, sender = parse_server(settings.APPORTION_MAIL), sender_address()
    people = {row.person_id for row in rows if row.person_id}
    readers = {one.person_id: one for one in Reader.objects.filter(person_id__in=people)}
    left = list(rows)
    try:
        with mail_line(server) as line:
            while left and not busy():
                row = left[0]
                if _take(row, now=now, done=done):
                    reader = readers.get(row.person_id or 0)
                    answer = _mail(line, row, reader, sender=sender, now=now)
                    _note(row, answer, now=now, done=done)
                left.pop(0)
    except WorldError as error:
        answer = Answer(verdict=Verdict.LATER, words=str(error)[:300])
        with transaction.atomic():
            for row in left:
                # The first may have been taken just before the line broke.
                if row.next_at > now or _take(row, now=now, done=done):
                    _note(row, answer, now=now, done=done)


def sender_address() -> str:
    """Finds from whom mail comes.

    Raises: BadInput.
    """
    sender: str = settings.APPORTION_MAIL_FROM
    if not is_address(sender):
        remedy = "Write one address, like credits@lab.example."
        what = "not an address to send from"
        raise BadInput([Fault(file="APPORTION_MAIL_FROM", what=what, value=sender, remedy=remedy)])
    return sender


def _mail(line: Line, row: Message, reader: Reader | None, *, sender: str, now: datetime) -> Answer:
    to = address_of(row.person, reader) if row.person else ""
    if not to or row.person_id is None:
        return Answer(verdict=Verdict.NEVER, words="has no address, or the account is closed")
    mail = Mail(
        to=to,
        sender=sender,
        sender_name=settings.APPORTION_LAB_NAME,
        subject=row.subject,
        text=row.body,
        uid=row.uid,
        sent_at=now,
        site=settings.APPORTION_SITE,
        unsubscribe=unsubscribe_url(row.person_id, row.about),
    )
    return line.send(render_mail(mail), sender=sender, to=to)


def _tell_endpoint(row: Message, *, sent_at: datetime) -> Answer:
    endpoint = row.endpoint
    assert endpoint is not None, "a message without a person has an endpoint"
    allowed = parse_networks(settings.APPORTION_NOTICE_NETWORKS)
    if endpoint.kind == Endpoint.Kind.CHAT:
        return say_in_room(endpoint.url, title=row.subject, body=row.body, allowed=allowed)
    secrets = [endpoint.secret]
    if endpoint.former_until_at is not None and endpoint.former_until_at > sent_at:
        secrets.append(endpoint.former_secret)
    headers = sign_event(row.body, uid=row.uid, sent_at=sent_at, secrets=secrets)
    return call_webhook(parse_place(endpoint.url), body=row.body, headers=headers, allowed=allowed)


def _take(row: Message, *, now: datetime, done: dict[Verdict, int]) -> bool:
    """Takes a message for a while; whoever comes second gets nothing. A try counts from here on."""
    if row.tries > len(
        WAITS_SECONDS
    ):  # taken again and again, and never noted: it kills its sender
        answer = Answer(verdict=Verdict.NEVER, words="given up: every try broke off")
        _note(row, answer, now=now, done=done)
        return False
    until = now + LEASE
    same = Message.objects.filter(
        pk=row.pk, state=Message.State.WAITING, tries=row.tries, next_at=row.next_at
    )
    if not same.update(tries=F("tries") + 1, next_at=until):
        return False
    row.tries, row.next_at = row.tries + 1, until
    return True


def _note(row: Message, answer: Answer, *, now: datetime, done: dict[Verdict, int]) -> None:
    """Notes what became of a try, and when the next one is due."""
    again = next_try(tries=row.tries, at=now, key=row.uid)
    with transaction.atomic():
        Attempt.objects.create(
            message=row,
            number=row.tries,
            at=now,
            verdict=answer.verdict.value,
            words=answer.words[:300],
        )
        rows = Message.objects.filter(pk=row.pk, state=Message.State.WAITING, tries=row.tries)
        if answer.verdict is Verdict.SENT:
            rows.update(state=Message.State.SENT, sent_at=now)
        elif answer.verdict is Verdict.LATER and again is not None:
            rows.update(next_at=again)
        else:
            rows.update(state=Message.State.FAILED)
        gone = answer.verdict is Verdict.NEVER and answer.words.startswith("410 ")
        if gone and row.endpoint_id:
            Endpoint.objects.filter(pk=row.endpoint_id, off_at=None).update(
                off_at=now, off_why="it said that it is gone (410)"
            )
    done[answer.verdict] += 1
