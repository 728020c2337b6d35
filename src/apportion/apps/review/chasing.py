"""Missing opinions are chased and escalate by themselves; lateness never costs the applicant."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apportion.apps.people.queries import Person, Where, demand
from apportion.apps.review.assigning import reassign_overdue
from apportion.apps.review.conflicts import set_aside_conflicted
from apportion.apps.review.models import Happening, Opinion
from apportion.apps.review.queries import COUNTS, terms_of
from apportion.apps.rounds.queries import Round, scores_are_closed
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.chase import steps_due
from apportion.core.review.terms import Overdue

UNDECIDED = (Round.State.OPEN, Round.State.REVIEW)
BY_HAND = -1000  # marks of reminders by hand: one a day, told apart from those of the policy


def advance_reviews(*, now: datetime) -> list[str]:
    """Does what time has brought about: reminders, escalations, conflicts that came about since.

    Each round is one transaction, and each step is found when it was done before.
    """
    told: list[str] = []
    waiting = Q(requests__opinions__isnull=False, requests__state="submitted")
    for row in Round.objects.filter(waiting, state__in=UNDECIDED).distinct().order_by("pk"):
        if scores_are_closed(row):
            continue
        try:
            with transaction.atomic():
                told += set_aside_conflicted(row=row, now=now)
                late = _chase(row, now=now, told=told)
                if late and terms_of(row).overdue is Overdue.REASSIGN:
                    asked = reassign_overdue(row=row, now=now)
                    told += [
                        f"{one.request.ref}: {one.reviewer.username} is asked" for one in asked
                    ]
        except Refused as refused:  # one round that cannot go on stops no other
            told.append(f"{row.slug}: {refused}")
    return told


def overdue_of(row: Round) -> list[Opinion]:
    """Lists what is asked for and not written, who was asked first first."""
    rows = Opinion.objects.filter(
        COUNTS, request__round=row, request__state="submitted", written_at__isnull=True
    )
    rows = rows.select_related("request", "reviewer")
    return list(rows.order_by("assigned_at", "request__ref", "reviewer__username"))


def chase_by_hand(*, row: Round, by: Person, now: datetime) -> list[Opinion]:
    """Reminds everybody who has still to write, at most once a day.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    demand(by, "review.assign", Where(row.slug))
    if row.state not in UNDECIDED:
        remedy = "It is decided; nobody has to write any more."
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.name, remedy=remedy)])
    mark = BY_HAND - (now.date() - row.requests_close_at.date()).days
    return [one for one in overdue_of(row) if _once(one, "reminded", mark, by=by, now=now)]


def happenings_of(row: Round, *, most: int = 200) -> list[Happening]:
    """Lists what was done about the reviews of a round, the latest first."""
    rows = Happening.objects.filter(round=row).select_related("request", "person", "by")
    return list(rows[:most])


def _chase(row: Round, *, now: datetime, told: list[str]) -> bool:
    """Takes the steps that are due; says whether anything escalated now."""
    terms, late = terms_of(row), False
    for opinion in overdue_of(row):
        steps = steps_due(
            terms, due_at=row.reviews_due_at, assigned_at=opinion.assigned_at, now=now
        )
        for step in steps:
            if _once(opinion, step.kind, step.mark, by=None, now=now):
                told.append(f"{opinion.request.ref}: {opinion.reviewer.username} is {step.kind}")
                late = late or step.kind == "escalated"
    return late


def _once(opinion: Opinion, kind: str, mark: int, *, by: Person | None, now: datetime) -> bool:
    _, fresh = Happening.objects.get_or_create(
        request=opinion.request,
        person=opinion.reviewer,
        kind=kind,
        mark=mark,
        defaults={"round_id": opinion.request.round_id, "by": by, "at": now},
    )
    return fresh
