"""Asking for opinions, writing them, declining them, declaring conflicts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apportion.apps.apply.queries import Request, find_request, where_asked
from apportion.apps.people.queries import Person, demand
from apportion.apps.review.conflicts import demand_no_conflict, put_aside
from apportion.apps.review.models import Conflict, Happening, Opinion
from apportion.apps.review.queries import terms_of
from apportion.apps.review.steps import demand_step
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import scores_are_closed
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.life import Verb
from apportion.core.review.terms import HIGH, LOW, Rubric

MOST_CHARACTERS = 8000


def assign_reviewer(
    *, request: Request, reviewer: Person, now: datetime, by: Person | None = None
) -> Opinion:
    """Asks a person for an opinion; asking twice asks once.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE where the person declined or was set aside.
    """
    demand(reviewer, "review.write", where_asked(request))
    if by is not None:
        demand(by, "review.assign", where_asked(request))
    demand_no_conflict(reviewer, request, now=now)
    with transaction.atomic():
        opinion, fresh = Opinion.objects.get_or_create(
            request=request, reviewer=reviewer, defaults={"assigned_at": now}
        )
        demand_step(opinion, Verb.ASK)
        if fresh:
            _tell(opinion, Happening.Kind.ASKED, by=by, now=now)
    return opinion


def write_opinion(
    *,
    request: Request,
    by: Person,
    score_hundredths: int | None = None,
    marks: Mapping[str, int] | None = None,
    comment: str = "",
    minimum_percent: int | None = None,
    now: datetime,
) -> Opinion:
    """Writes or rewrites a person's opinion of a submitted request, until it is decided.

    Where the round has a rubric, its marks make the score; elsewhere the score is given.

    Units: score in hundredths of a point, 100 to 1000.
    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, OUT_OF_RANGE, INCOMPLETE.
    """
    demand(by, "review.write", where_asked(request))
    with transaction.atomic():
        # Adopting locks the same row, so no score can slip in beside a decision.
        lock_round(request.round)
        request = find_request(request.ref)
        demand_no_conflict(by, request, now=now)
        _demand_undecided(request)
        held = dict(marks or {})
        score = _score(request, terms_of(request.round).rubric, held, score_hundredths)
        _demand_readable(request, comment, minimum_percent)
        before = Opinion.objects.filter(request=request, reviewer=by).first()
        if before is not None:
            demand_step(before, Verb.GIVE)
        written: dict[str, Any] = {
            "score_hundredths": score,
            "marks": held,
            "comment": comment,
            "minimum_percent": minimum_percent,
            "written_at": now,
            "draft": None,
            "declined_at": None,
            "decline_reason": "",
        }
        opinion, _ = Opinion.objects.update_or_create(
            request=request,
            reviewer=by,
            defaults=written,
            create_defaults={**written, "assigned_at": now},
        )
        was = before.score_hundredths if before else None
        kind = Happening.Kind.WRITTEN if was is None else Happening.Kind.AMENDED
        words = f"{score / 100:g}" if was is None else f"{was / 100:g}, now {score / 100:g}"
        _tell(opinion, kind, by=by, now=now, words=words)
    return opinion


def save_draft_opinion(
    *, request: Request, by: Person, draft: Mapping[str, str], version: int, now: datetime
) -> tuple[bool, Opinion]:
    """Keeps what a reviewer has typed so far; says whether it was kept.

    It is not where another window kept something since: that stands, and what it is is given back.

    Refuses: NOT_ALLOWED, NOT_FOUND where nobody asked, WRONG_STATE, OUT_OF_RANGE.
    """
    demand(by, "review.write", where_asked(request))
    if sum(map(len, draft.values())) > 2 * MOST_CHARACTERS:
        remedy = f"Write at most {MOST_CHARACTERS} characters."
        raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
    _demand_undecided(request)
    with transaction.atomic():
        rows = Opinion.objects.select_for_update()
        opinion = rows.filter(request=request, reviewer=by).first()
        if opinion is None:
            remedy = "Nobody asks you for an opinion of it."
            raise Refused([_refuse(Code.NOT_FOUND, request, remedy)])
        demand_step(opinion, Verb.KEEP)
        if opinion.draft_version != version:
            return False, opinion
        opinion.draft, opinion.draft_at = dict(draft), now
        opinion.draft_version += 1
        opinion.save(update_fields=["draft", "draft_at", "draft_version"])
    return True, opinion


def decline_opinion(*, request: Request, by: Person, reason: str, now: datetime) -> Opinion:
    """Says that a person will not read a request: no stake, but no time or no knowledge.

    Refuses: NOT_ALLOWED, NOT_FOUND where nobody asked, WRONG_STATE once it is given, INCOMPLETE.
    """
    demand(by, "review.write", where_asked(request))
    if not reason.strip():
        raise Refused([_refuse(Code.INCOMPLETE, request, "Say in a few words why.")])
    with transaction.atomic():
        lock_round(request.round)
        opinion = Opinion.objects.filter(request=request, reviewer=by).first()
        if opinion is None:
            remedy = "Nobody asks you for an opinion of it."
            raise Refused([_refuse(Code.NOT_FOUND, request, remedy)])
        demand_step(opinion, Verb.DECLINE)
        if opinion.declined_at is None:
            opinion.declined_at, opinion.decline_reason = now, reason.strip()[:200]
            opinion.save(update_fields=["declined_at", "decline_reason"])
            _tell(opinion, Happening.Kind.DECLINED, by=by, now=now, words=reason.strip()[:200])
    return opinion


def declare_conflict(*, request: Request, by: Person, reason: str, now: datetime) -> Conflict:
    """Declares a stake: the person's opinion of the request is kept and no longer counts.

    Refuses: NOT_ALLOWED, INCOMPLETE, WRONG_STATE.
    """
    demand(by, "review.write", where_asked(request))
    if not reason.strip():
        raise Refused([_refuse(Code.INCOMPLETE, request, "Say in a few words what the stake is.")])
    with transaction.atomic():
        lock_round(request.round)
        request = find_request(request.ref)
        if request.state == Request.State.DECIDED:
            raise Refused([_refuse(Code.WRONG_STATE, request, "It is decided; tell the board.")])
        conflict, _ = Conflict.objects.get_or_create(
            request=request, person=by, defaults={"reason": reason[:200], "declared_at": now}
        )
        rows = Opinion.objects.filter(request=request, reviewer=by, set_aside_at__isnull=True)
        for opinion in rows.select_related("request", "reviewer"):
            put_aside(opinion, why=f"declared: {reason.strip()}", now=now, by=by)
    return conflict


def _score(request: Request, rubric: Rubric, marks: Mapping[str, int], given: int | None) -> int:
    if rubric.criteria:
        wanted = {one.id for one in rubric.criteria}
        if marks.keys() != wanted:
            remedy = f"Mark each of {', '.join(sorted(wanted))}, and nothing else."
            raise Refused([_refuse(Code.INCOMPLETE, request, remedy)])
        if not all(rubric.low <= mark <= rubric.high for mark in marks.values()):
            remedy = f"Mark from {rubric.low} to {rubric.high}."
            raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
        return rubric.score(marks)
    if marks or given is None:
        remedy = "This round takes one score and no marks."
        raise Refused([_refuse(Code.INCOMPLETE, request, remedy)])
    if not LOW <= given <= HIGH:
        remedy = f"Score from {LOW / 100:g} to {HIGH / 100:g}."
        raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
    return given


def _demand_readable(request: Request, comment: str, minimum_percent: int | None) -> None:
    if len(comment) > MOST_CHARACTERS:
        remedy = f"Write at most {MOST_CHARACTERS} characters."
        raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])
    if minimum_percent is not None and not 1 <= minimum_percent <= 100:
        remedy = "Estimate the minimum from 1 to 100 per cent of the ask."
        raise Refused([_refuse(Code.OUT_OF_RANGE, request, remedy)])


def _demand_undecided(request: Request) -> None:
    if request.state != Request.State.SUBMITTED:
        state = request.get_state_display().lower()
        remedy = f"It is {state}; opinions come before a decision."
        raise Refused([_refuse(Code.WRONG_STATE, request, remedy)])
    if scores_are_closed(request.round):
        remedy = "The seed of the draw is revealed, so no score may change any more."
        raise Refused([_refuse(Code.WRONG_STATE, request, remedy)])


def _tell(
    opinion: Opinion, kind: Happening.Kind, *, by: Person | None, now: datetime, words: str = ""
) -> None:
    Happening.objects.create(
        round_id=opinion.request.round_id,
        request=opinion.request,
        person_id=opinion.reviewer_id,
        by=by,
        kind=kind,
        words=words,
        at=now,
    )


def _refuse(code: Code, request: Request, remedy: str) -> Refusal:
    return Refusal(code=code, subject=request.ref, remedy=remedy)
