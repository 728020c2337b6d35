"""What waits for those who ask: drafts that a round still takes."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apportion.apps.apply.models import CoAuthor, Request
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists the drafts that a person has begun or writes with others."""
    if not may(person, "request.file"):
        return []
    mine = Q(author=person) | Q(co_authors__person=person)
    rows = Request.objects.filter(mine, state=Request.State.DRAFT, round__state="open")
    rows = rows.filter(round__requests_close_at__gt=now).select_related("round").distinct()
    asked = CoAuthor.objects.filter(person=person, asked_at__isnull=False).select_related(
        "asked_by"
    )
    by_request = {one.request_id: one for one in asked.filter(request__in=rows)}
    return [
        _waiting(row, by_request.get(row.pk))
        for row in rows.order_by("round__requests_close_at", "ref")
    ]


def _waiting(row: Request, asked: CoAuthor | None) -> Waiting:
    words = f"{row.title or 'A request without a title'}, for {row.round}"
    if asked is not None:
        words = f"{asked.asked_by} asks you to read {words}"
        words += f": {asked.words}" if asked.words else ""
    return Waiting(
        key=f"draft:{row.ref}",
        kind="draft",
        words=words,
        act="Finish it" if asked is None else "Read it",
        path=reverse("apply:edit", args=[row.ref]),
        due_at=row.round.requests_close_at,
        since_at=row.created_at if asked is None else asked.asked_at,
    )
