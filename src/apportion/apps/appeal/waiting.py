"""What waits for those who decide appeals, and for whoever names deciders."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.appeal.queries import Appeal, decided_for, short_of_deciders
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting


def waiting_for(person: Person, now: datetime) -> list[Waiting]:  # noqa: ARG001  every app's takes it
    """Lists the appeals that a person has to decide, or to find a decider for."""
    told = []
    if may(person, "appeal.decide"):
        told += [_waiting(row, "Decide it") for row in decided_for(person)]
    if may(person, "appeal.name"):
        told += [_waiting(row, "Name a decider") for row in short_of_deciders()]
    return told


def _waiting(row: Appeal, act: str) -> Waiting:
    return Waiting(
        key=f"appeal:{row.ref}:{act}",
        kind="appeal",
        words=f"{row.request.title}: {row.get_ground_display().lower()}",
        act=act,
        path=reverse("appeal:show", args=[row.ref]),
        due_at=row.answer_by_at,
        since_at=row.filed_at,
    )
