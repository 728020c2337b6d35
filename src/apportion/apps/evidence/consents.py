"""Less than the minimum: offered with what it can still show, and agreed to or declined."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apportion.apps.apply.actions import lower_minimum
from apportion.apps.apply.queries import Request, where_asked, works_on
from apportion.apps.evidence.models import Consent
from apportion.apps.evidence.queries import experiments_of_requests, power_of, question_of
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, demand
from apportion.core.refusals import Code, Refusal, Refused


def offer_less(
    *, request: Request, resource: str, amount: int, why: str, by: Person, now: datetime
) -> Consent:
    """Offers an amount below a request's minimum, with what it can still show. Units: base units.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, REASON_MISSING, WRONG_STATE, OUT_OF_RANGE,
    ALREADY_DONE while another offer is open.
    """
    demand(by, "slate.propose", where_asked(request))
    if works_on(by, request.project):
        remedy = "Somebody who does not work on it has to offer."
        raise Refused([_refuse(Code.CONFLICT_OF_INTEREST, request.ref, remedy)])
    if not why.strip():
        raise Refused([_refuse(Code.REASON_MISSING, request.ref, "Say why less is offered.")])
    with transaction.atomic():
        asked = request.amounts.select_for_update().filter(resource__code=resource).first()
        if request.state != "submitted":
            raise Refused([_refuse(Code.WRONG_STATE, request.ref, "Only before its decision.")])
        if asked is None or not 0 < amount < asked.minimum:
            remedy = "Offer an amount above zero and below the minimum; the rest needs no consent."
            raise Refused([_refuse(Code.OUT_OF_RANGE, request.ref, remedy)])
        if Consent.objects.filter(request=request, resource=resource, answer="open").exists():
            remedy = "An offer is open; wait for its answer."
            raise Refused([_refuse(Code.ALREADY_DONE, request.ref, remedy)])
        amounts = {a.resource.code: a.minimum for a in request.amounts.select_related("resource")}
        row = Consent.objects.create(
            request=request,
            resource=resource,
            before=asked.minimum,
            offered=amount,
            why=why.strip(),
            still_shows=still_shows(request, {**amounts, resource: amount}, now=now),
            offered_by=by,
            offered_at=now,
        )
        _seal(row, {"offered": amount, "before": row.before, "shows": row.still_shows})
    return row


def answer_offer(*, row: Consent, agrees: bool, by: Person, now: datetime) -> Consent:
    """Records the applicant's answer; agreed, the offer becomes the request's minimum.

    Refuses: NOT_ALLOWED for anybody but the applicant and the project, ALREADY_DONE, WRONG_STATE.
    """
    request = row.request
    demand(by, "request.file", where_asked(request))
    if request.author_id != by.pk and not works_on(by, request.project):
        remedy = "Only its author or its project can agree."
        raise Refused([_refuse(Code.NOT_ALLOWED, request.ref, remedy)])
    with transaction.atomic():
        row = Consent.objects.select_for_update().get(pk=row.pk)
        if row.answer != Consent.Answer.OPEN:
            remedy = f"It was {row.get_answer_display().lower()} before."
            raise Refused([_refuse(Code.ALREADY_DONE, request.ref, remedy)])
        if agrees:
            lower_minimum(row=request, resource=row.resource, to=row.offered)
        row.answer = Consent.Answer.AGREED if agrees else Consent.Answer.DECLINED
        row.answered_by, row.answered_at = by, now
        row.save(update_fields=["answer", "answered_by", "answered_at"])
        _seal(row, {"offered": row.offered, "before": row.before, "answer": row.answer})
    return row


def open_offer(request: Request) -> Consent:
    """Finds the offer that waits for the applicant's answer.

    Refuses: NOT_FOUND.
    """
    row = Consent.objects.filter(request=request, answer="open").first()
    if row is None:
        remedy = "No offer below the minimum waits for an answer."
        raise Refused([_refuse(Code.NOT_FOUND, request.ref, remedy)])
    return row


def still_shows(request: Request, amounts: Mapping[str, int], *, now: datetime) -> str:
    """Says in a sentence what amounts can still show; without an experiment, that nobody knows."""
    experiment = experiments_of_requests([request.ref]).get(request.ref)
    shown = power_of(experiment, amounts, now=now) if experiment else None
    if experiment is None or shown is None:
        return "What it can still show is not known: the request rests on no pilot."
    claim = question_of(experiment).claim
    least = (
        "no effect at all"
        if shown.detectable is None
        else f"{shown.detectable:.3g} {claim.unit} at best"
    )
    return (
        f"{shown.runs} runs of each arm; {claim.effect:g} {claim.unit} would be found with "
        f"{shown.power:.0%}; it can show {least}."
    )


def _seal(row: Consent, told: dict[str, Any]) -> None:
    facts = {"request": row.request.ref, "resource": row.resource, **told}
    record = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    seal("consent", row.request.ref, record.encode())


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
