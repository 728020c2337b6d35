"""What waits for reviewers, for applicants who may reply, and for the chair."""

from collections import defaultdict
from datetime import datetime

from django.urls import reverse

from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.apps.review.chasing import UNDECIDED
from apportion.apps.review.models import Happening, Opinion
from apportion.apps.review.queries import COUNTS
from apportion.apps.review.replies import replies_due
from apportion.apps.rounds.wording import count_of

TOLD = (
    Happening.Kind.ESCALATED,
    Happening.Kind.SET_ASIDE,
    Happening.Kind.DECLINED,
    Happening.Kind.SHORT,
)


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists opinions to give, replies that may be written, and what a panel tells its chair."""
    found: list[Waiting] = []
    if may(person, "review.write"):
        found += _opinions(person)
    if may(person, "review.reply"):
        found += _replies(person, now)
    if may(person, "review.assign"):
        found += _panels()
    return found


def _opinions(person: Person) -> list[Waiting]:
    rows = Opinion.objects.filter(
        COUNTS,
        reviewer=person,
        written_at__isnull=True,
        request__state="submitted",
        request__round__state__in=UNDECIDED,
    )
    rows = rows.select_related("request__round")
    return [
        Waiting(
            key=f"review:{row.request.ref}",
            kind="review",
            words=f"{row.request.title}, {row.request.round}",
            act="Finish it" if row.draft else "Read and score",
            path=reverse("review:opinion", args=[row.request.ref]),
            due_at=row.request.round.reviews_due_at,
            since_at=row.assigned_at,
        )
        for row in rows.order_by("request__round__reviews_due_at", "request__ref")
    ]


def _replies(person: Person, now: datetime) -> list[Waiting]:
    return [
        Waiting(
            key=f"reply:{row.ref}",
            kind="reply",
            words=f"Reviewers have read {row.title}",
            act="Read and reply",
            path=reverse("review:reply", args=[row.ref]),
            due_at=window.ends_at,
            since_at=window.opens_at,
        )
        for row, window in replies_due(person, now)
    ]


def _panels() -> list[Waiting]:
    """One line a round: it waits again when something more happens."""
    rows = Happening.objects.filter(
        kind__in=TOLD, round__state__in=UNDECIDED, request__state="submitted"
    )
    by_round: dict[int, list[Happening]] = defaultdict(list)
    for row in rows.select_related("round").order_by("id"):
        by_round[row.round_id].append(row)
    return [
        Waiting(
            key=f"panel:{held[-1].round.slug}:{held[-1].pk}",
            kind="panel",
            words=f"{count_of(len(held), 'thing')} to know of the panel of {held[-1].round}",
            act="Look at the panel",
            path=reverse("review:panel", args=[held[-1].round.slug]),
            due_at=held[-1].round.decision_at,
            since_at=held[-1].at,
            can_put_away=True,
        )
        for held in by_round.values()
    ]
