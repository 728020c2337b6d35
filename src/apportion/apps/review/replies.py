"""The right of reply: before the decision an applicant reads the opinions, without names, and answers once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apportion.apps.apply.queries import Request, find_request, where_asked, works_on
from apportion.apps.people.queries import Person, demand
from apportion.apps.review.models import Happening, Opinion, Reply
from apportion.apps.review.queries import COUNTS, terms_of
from apportion.apps.rounds.actions import lock_round
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.terms import Criterion, Names

MOST_CHARACTERS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnamed:
    """An opinion as its applicant reads it. Units: hundredths of a point."""

    name: str  # Reviewer 1, or who it is where the round is open
    score_hundredths: int
    marks: tuple[tuple[Criterion, int], ...]
    comment: str
    minimum_percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a reply may be written."""

    opens_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Says whether it may be now; the end is outside."""
        return self.opens_at <= now < self.ends_at


def reply_window(request: Request) -> Window:
    """Finds when a request may be replied for; nothing where it begins and ends at once."""
    row = request.round
    ends_at = terms_of(row).reply_ends_at(due_at=row.reviews_due_at, decision_at=row.decision_at)
    return Window(opens_at=row.reviews_due_at, ends_at=ends_at)


def reply_to(request: Request) -> Reply | None:
    """Finds what was replied."""
    return Reply.objects.filter(request=request).select_related("by").first()


def unnamed_opinions(request: Request) -> list[Unnamed]:
    """Gives the opinions of a request in an order that says nothing of who wrote them or when."""
    terms = terms_of(request.round)
    rows = Opinion.objects.filter(COUNTS, request=request, written_at__isnull=False)
    shuffled = sorted(
        rows.select_related("reviewer"),
        key=lambda one: hashlib.sha256(f"{request.ref} {one.pk}".encode()).digest(),
    )
    return [
        Unnamed(
            name=str(one.reviewer) if terms.names is Names.OPEN else f"Reviewer {number}",
            score_hundredths=one.score_hundredths or 0,
            marks=tuple(
                (criterion, one.marks[criterion.id])
                for criterion in terms.rubric.criteria
                if criterion.id in one.marks
            ),
            comment=one.comment,
            minimum_percent=one.minimum_percent,
        )
        for number, one in enumerate(shuffled, start=1)
    ]


def demand_applicant(request: Request, person: Person) -> None:
    """Passes where a person stands behind a request.

    Refuses: NOT_ALLOWED.
    """
    demand(person, "review.reply", where_asked(request))
    behind = request.author_id == person.pk or works_on(person, request.project)
    if not behind and not request.co_authors.filter(person=person).exists():
        remedy = "Only its authors and its project may."
        raise Refused([_refuse(Code.NOT_ALLOWED, request, remedy)])


def write_reply(*, request: Request, by: Person, text: str, now: datetime) -> Reply:
    """Answers the opinions of a request, once.

    Refuses: NOT_ALLOWED, WRONG_STATE outside the window, INCOMPLETE, OUT_OF_RANGE, ALREADY_DONE.
    """
    demand_applicant(request, by)
    if not text.strip():
        raise Refused([_refuse(Code.INCOMPLETE, request, "Write what the panel should know.")])
    if len(text) > MOST_CHARACTERS:
        remedy = f"Write at most {MOST_CHARACTERS} characters."
        raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
    with transaction.atomic():
        lock_round(request.round)
        request = find_request(request.ref)
        window = reply_window(request)
        if request.state != Request.State.SUBMITTED or not window.is_open(now):
            remedy = (
                f"Replies are taken from {window.opens_at:%d %b %Y %H:%M} to "
                f"{window.ends_at:%d %b %Y %H:%M} UTC, before the decision."
            )
            raise Refused([_refuse(Code.WRONG_STATE, request, remedy)])
        known = reply_to(request)
        if known is not None and known.text == text.strip():
            return known  # sent twice
        if known is not None:
            remedy = f"{known.by} replied on {known.written_at:%d %b %Y}; a reply is given once."
            raise Refused([_refuse(Code.ALREADY_DONE, request, remedy)])
        reply = Reply.objects.create(request=request, by=by, text=text.strip(), written_at=now)
        Happening.objects.create(
            round_id=request.round_id, request=request, by=by, kind=Happening.Kind.REPLIED, at=now
        )
    return reply


def replies_due(person: Person, now: datetime) -> list[tuple[Request, Window]]:
    """Lists the requests that a person may reply for now, and has not."""
    mine = Q(author=person) | Q(project__lead=person) | Q(project__members__person=person)
    mine |= Q(co_authors__person=person)
    rows = Request.objects.filter(mine, state="submitted", reply__isnull=True)
    rows = rows.filter(round__reviews_due_at__lte=now, round__decision_at__gt=now)
    rows = rows.filter(round__state__in=["open", "review"]).filter(
        opinions__written_at__isnull=False,
        opinions__declined_at__isnull=True,
        opinions__set_aside_at__isnull=True,
    )
    found = [(row, reply_window(row)) for row in rows.distinct().select_related("round", "project")]
    return [(row, window) for row, window in found if window.is_open(now)]


def _refuse(code: Code, request: Request, remedy: str) -> Refusal:
    return Refusal(code=code, subject=request.ref, remedy=remedy)
