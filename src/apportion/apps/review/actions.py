"""Assigning reviewers, writing opinions, declaring conflicts."""

from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import Request, find_request
from apportion.apps.people.queries import Person, demand
from apportion.apps.review.models import Conflict, Opinion
from apportion.apps.review.queries import has_stake
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import scores_are_closed
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review import SCALE_HUNDREDTHS


def assign_reviewer(*, request: Request, reviewer: Person, now: datetime) -> Opinion:
    """Asks a person for an opinion.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST.
    """
    demand(reviewer, "review.write")
    _demand_no_stake(reviewer, request)
    opinion, _ = Opinion.objects.get_or_create(
        request=request, reviewer=reviewer, defaults={"assigned_at": now}
    )
    return opinion


def write_opinion(
    *,
    request: Request,
    by: Person,
    score_hundredths: int,
    comment: str = "",
    minimum_percent: int | None = None,
    now: datetime,
) -> Opinion:
    """Writes or rewrites a person's opinion of a submitted request, until it is decided.

    Units: score in hundredths of a point, 100 to 1000.
    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, OUT_OF_RANGE.
    """
    demand(by, "review.write")
    low, high = SCALE_HUNDREDTHS
    with transaction.atomic():
        # Adopting locks the same row, so no score can slip in beside a decision.
        lock_round(request.round)
        request = find_request(request.ref)
        _demand_no_stake(by, request)
        if request.state != Request.State.SUBMITTED:
            remedy = (
                f"It is {request.get_state_display().lower()}; opinions come before a decision."
            )
            raise Refused([_refuse(Code.WRONG_STATE, request, remedy)])
        if scores_are_closed(request.round):
            remedy = "The seed of the draw is revealed, so no score may change any more."
            raise Refused([_refuse(Code.WRONG_STATE, request, remedy)])
        if not low <= score_hundredths <= high:
            remedy = f"Score from {low / 100:g} to {high / 100:g}."
            raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
        opinion, _ = Opinion.objects.update_or_create(
            request=request,
            reviewer=by,
            defaults={
                "score_hundredths": score_hundredths,
                "comment": comment,
                "minimum_percent": minimum_percent,
                "written_at": now,
            },
            create_defaults={
                "score_hundredths": score_hundredths,
                "comment": comment,
                "minimum_percent": minimum_percent,
                "assigned_at": now,
                "written_at": now,
            },
        )
    return opinion


def declare_conflict(*, request: Request, by: Person, reason: str, now: datetime) -> Conflict:
    """Declares a stake: the person's opinion of the request no longer counts.

    Refuses: NOT_ALLOWED, INCOMPLETE, WRONG_STATE.
    """
    demand(by, "review.write")
    if not reason.strip():
        raise Refused([_refuse(Code.INCOMPLETE, request, "Say in a few words what the stake is.")])
    if request.state == Request.State.DECIDED:
        raise Refused([_refuse(Code.WRONG_STATE, request, "It is decided; tell the board.")])
    with transaction.atomic():
        Opinion.objects.filter(request=request, reviewer=by).delete()
        conflict, _ = Conflict.objects.get_or_create(
            request=request, person=by, defaults={"reason": reason[:200], "declared_at": now}
        )
    return conflict


def _demand_no_stake(person: Person, request: Request) -> None:
    if has_stake(person, request):
        remedy = "Somebody without a stake in it has to judge it."
        raise Refused([_refuse(Code.CONFLICT_OF_INTEREST, request, remedy)])


def _refuse(code: Code, request: Request, remedy: str) -> Refusal:
    return Refusal(code=code, subject=request.ref, remedy=remedy)
