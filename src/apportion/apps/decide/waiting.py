"""What waits for the board: slates to sign, rounds to decide; and for applicants: decisions to read."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from apportion.apps.decide.models import Decision, Signature
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.apps.rounds.queries import Round

SOON = timedelta(days=7)  # before the day of the decision
NEWS = timedelta(days=60)  # a decision stays in the inbox so long, read or not


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists signatures asked for, decisions due, and decisions that are told."""
    found: list[Waiting] = []
    if may(person, "slate.adopt"):
        found += _signatures(person)
        found += _rounds(now)
    if may(person, "request.file"):
        found += _decisions(person, now)
    return found


def _signatures(person: Person) -> list[Waiting]:
    rows = Signature.objects.filter(
        person=person,
        signed_at__isnull=True,
        released_at__isnull=True,
        slate__adopted_at__isnull=True,
        slate__round__state__in=["open", "review"],
    )
    return [
        Waiting(
            key=f"sign:{row.slate_id}",
            kind="sign",
            words=f"{row.slate} asks for your signature",
            act="Read and sign",
            path=reverse("grant:adopt", args=[row.slate.round.slug, row.slate.number]),
            due_at=row.slate.round.decision_at,
            since_at=row.asked_at,
        )
        for row in rows.select_related("slate__round")
    ]


def _rounds(now: datetime) -> list[Waiting]:
    rows = Round.objects.filter(state__in=["open", "review"], decision_at__lte=now + SOON)
    rows = rows.filter(requests__state="submitted").distinct()
    return [
        Waiting(
            key=f"decide:{row.slug}",
            kind="decide",
            words=f"{row} is to be decided",
            act="Open the board",
            path=reverse("decide:board", args=[row.slug]),
            due_at=row.decision_at,
        )
        for row in rows.order_by("decision_at", "pk")
    ]


def _decisions(person: Person, now: datetime) -> list[Waiting]:
    """What is published, and nothing before it is."""
    mine = Q(request__author=person) | Q(request__project__lead=person)
    mine |= Q(request__project__members__person=person) | Q(request__co_authors__person=person)
    rows = Decision.objects.filter(mine, published_at__isnull=False)
    rows = rows.filter(published_at__lte=now, published_at__gt=now - NEWS).distinct()
    return [
        Waiting(
            key=f"decision:{row.request.ref}:{row.slate_id}",
            kind="decision",
            words=f"{row.request.title}: {row.get_outcome_display().lower()}",
            act="Read why",
            path=reverse("decide:outcome", args=[row.request.ref]),
            since_at=row.published_at,
            can_put_away=True,
        )
        for row in rows.select_related("request").order_by("-published_at", "request__ref")
    ]
