"""Reads of what people are told and chose, of messages with their tries, and of endpoints."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db.models import Count, QuerySet
from django.urls import reverse

from apportion.adapters.mail.parse import is_address
from apportion.apps.notice.models import Attempt, Choice, Endpoint, Message, Reader, Told
from apportion.apps.people.queries import Person
from apportion.core.notice.paces import RULES, About, Pace, may_be_off, pace_of
from apportion.core.refusals import Code, Refusal, Refused

SALT = "notice.unsubscribe"
DIGEST = "digest"
TOO_OLD = timedelta(days=7)  # older news stays on the page and is mailed to nobody
COLUMNS = ("id", "made_at", "to", "about", "subject", "state", "tries", "next_at", "sent_at")
ENDPOINT_COLUMNS = ("name", "kind", "at", "topics", "added_by", "added_at", "off_at", "off_why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that somebody may be told of, with what holds for them and what they may choose."""

    about: str
    words: str
    pace: str
    may: tuple[str, ...]


def reader_of(person: Person) -> Reader:
    """Finds where and when somebody reads mail; one that is not stored where nothing was chosen."""
    return Reader.objects.filter(person=person).first() or Reader(person=person)


def address_of(person: Person, reader: Reader | None) -> str:
    """Finds where mail to somebody goes; empty where it goes nowhere."""
    address = (reader.address if reader else "") or person.email
    return address if person.is_active and is_address(address) else ""


def choices_of(people: Iterable[int]) -> dict[int, dict[str, str]]:
    """Reads what people chose."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Choice.objects.filter(person_id__in=set(people))
    for person, about, pace in rows.values_list("person_id", "about", "pace"):
        found[person][about] = pace
    return found


def settings_of(person: Person) -> list[Setting]:
    """Lists what somebody is told of and how soon."""
    chosen = choices_of([person.pk]).get(person.pk, {})
    return [
        Setting(
            about=about.value,
            words=rule.words,
            pace=pace_of(about, chosen).value,
            may=tuple(one.value for one in rule.may),
        )
        for about, rule in RULES.items()
    ]


def pace_for(person: Person, about: About) -> Pace:
    """Says how soon somebody is told of one thing."""
    return pace_of(about, choices_of([person.pk]).get(person.pk, {}))


def told_to(person: Person) -> QuerySet[Told]:
    """Finds what somebody was told, the newest first."""
    return Told.objects.filter(person=person).select_related("message")


def list_messages(*, state: str = "", endpoint: str = "") -> QuerySet[Message]:
    """Finds messages, the newest first."""
    rows = Message.objects.select_related("person", "endpoint").defer("body")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(endpoint__slug=endpoint) if endpoint else rows


def count_messages() -> dict[str, int]:
    """Counts messages by where they stand."""
    rows = Message.objects.values_list("state").annotate(many=Count("id")).order_by("state")
    return dict.fromkeys(Message.State.values, 0) | dict(rows)


def last_trouble() -> Attempt | None:
    """Finds the last try of a message that still waits, and what was said."""
    rows = Attempt.objects.filter(message__state=Message.State.WAITING)
    return rows.order_by("-id").first()


def find_message(pk: int) -> Message:
    """Finds a message by its number.

    Refuses: NOT_FOUND.
    """
    row = Message.objects.select_related("person", "endpoint").filter(pk=pk).first()
    if row is None:
        raise _missing(f"message {pk}", "List messages with: apportion notice list")
    return row


def find_endpoint(slug: str) -> Endpoint:
    """Finds a webhook or a room by its name.

    Refuses: NOT_FOUND.
    """
    row = Endpoint.objects.filter(slug=slug).first()
    if row is None:
        raise _missing(f"webhook {slug!r}", "List them with: apportion notice webhook list")
    return row


def list_endpoints() -> list[Endpoint]:
    """Lists webhooks and rooms, those that are off too."""
    return list(Endpoint.objects.select_related("added_by"))


def shown_url(row: Endpoint) -> str:
    """Tells where an endpoint is and keeps to itself what opens it."""
    parts = urlsplit(row.url)
    host = parts.hostname if row.kind == Endpoint.Kind.WEBHOOK else ""
    return f"{parts.scheme}://{host or ''}/…"


def row_of(row: Message) -> dict[str, object]:
    """Writes a message under the columns of a listing."""
    return {
        "id": row.pk,
        "made_at": row.made_at,
        "to": (row.person and row.person.username) or (row.endpoint and row.endpoint.slug),
        "about": row.about,
        "subject": row.subject,
        "state": row.state,
        "tries": row.tries,
        "next_at": row.next_at if row.state == Message.State.WAITING else None,
        "sent_at": row.sent_at,
    }


def endpoint_row(row: Endpoint) -> dict[str, object]:
    """Writes an endpoint under the columns of a listing."""
    return {
        "name": row.slug,
        "kind": row.kind,
        "at": shown_url(row),
        "topics": row.topics or "all",
        "added_by": row.added_by.username,
        "added_at": row.added_at,
        "off_at": row.off_at,
        "off_why": row.off_why,
    }


def unsubscribe_url(person_id: int, about: str) -> str:
    """Gives the address that turns a kind of mail off; empty where it may not be turned off."""
    known = about == DIGEST or (about in set(About) and may_be_off(About(about)))
    if not known or not settings.APPORTION_SITE:
        return ""
    return f"{settings.APPORTION_SITE}{unsubscribe_path(person_id, about)}"


def unsubscribe_path(person_id: int, about: str) -> str:
    """Gives the path that turns a kind of mail off for whoever knows it; nobody can guess it."""
    token = signing.Signer(salt=SALT).sign_object([person_id, about])
    return reverse("notice:unsubscribe", args=[token])


def read_token(token: str) -> tuple[Person, str]:
    """Finds whose mail a token turns off, and which.

    Refuses: NOT_FOUND where the token is not ours.
    """
    try:
        pk, about = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _missing("this address", "Open your notices and choose there.") from error
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        raise _missing("this address", "The account is gone.")
    return person, about


def _missing(subject: str, remedy: str) -> Refused:
    return Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
