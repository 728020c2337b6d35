"""What waits for those who ask: drafts that a round still takes."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apportion.apps.apply.models import Request
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists the drafts that a person has begun or writes with others."""
    if not may(person, "request.file"):
        return []
    mine = Q(author=person) | Q(co_authors__person=person)
    rows = Request.objects.filter(mine, state=Request.State.DRAFT, round__state="open")
    rows = rows.filter(round__requests_close_at__gt=now).select_related("round").distinct()
    return [
        Waiting(
            key=f"draft:{row.ref}",
            kind="draft",
            words=f"{row.title or 'A request without a title'}, for {row.round}",
            act="Finish it",
            path=reverse("apply:edit", args=[row.ref]),
            due_at=row.round.requests_close_at,
            since_at=row.created_at,
        )
        for row in rows.order_by("round__requests_close_at", "ref")
    ]
