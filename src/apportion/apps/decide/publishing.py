"""Telling what was adopted: held back until then, published as one batch at one instant.

Until a decision is published it has no row, so no page, file or count can tell it too early: the
round is in review, its requests are submitted, and the adopted slate is the board's alone.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from apportion.apps.apply.actions import mark_decided
from apportion.apps.apply.queries import Request, find_request, submitted_requests
from apportion.apps.decide.keeping import demand_step, point_plan, refuse, sha256_of
from apportion.apps.decide.letters import write_letters
from apportion.apps.decide.models import Award, Decision, FormerDecision, HeldBack, Slate
from apportion.apps.decide.queries import adopted_slate
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, Where, demand
from apportion.apps.review.queries import has_stake
from apportion.apps.rounds.actions import advance_round, lock_round
from apportion.apps.rounds.queries import Round, resources_by_code
from apportion.core.decide.life import Verb
from apportion.core.refusals import Code
from apportion.core.verify import verify_decision

NO_OTHERS: Mapping[str, int] = {}  # amounts are those that were asked


def hold_back(
    *, row: Round, ref: str, reason: str, until_at: datetime, by: Person, now: datetime
) -> HeldBack:
    """Holds one adopted outcome back from the batch, until a day; moving the day says why again.

    Refuses: NOT_ALLOWED, WRONG_STATE, NOT_FOUND, REASON_MISSING, OUT_OF_RANGE.
    """
    demand(by, "slate.adopt", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        slate = _demand_adopted(row)
        demand_step(slate, Verb.HOLD)
        request = find_request(ref)
        if request.round_id != row.pk or request.state != Request.State.SUBMITTED:
            remedy = "Only what was adopted and not yet told can be held back."
            raise refuse(Code.WRONG_STATE, ref, remedy)
        if not reason.strip():
            raise refuse(Code.REASON_MISSING, ref, "Say why it is told later than the others.")
        if until_at <= now:
            raise refuse(Code.OUT_OF_RANGE, ref, "Name a day that is still to come.")
        held, _ = HeldBack.objects.update_or_create(
            slate=slate,
            request=request,
            defaults={
                "reason": reason.strip()[:500],
                "until_at": until_at,
                "by": by,
                "at": now,
                "told_at": None,
            },
        )
        about = f"{ref} until {until_at:%Y-%m-%d}"
        point_plan(row, None, "hold", about=about, why=held.reason, by=by, now=now)
        told = {"request": ref, "slate": slate.sha256, "until": until_at.isoformat()}
        seal("held-back", ref, _canonical(told))
    return held


def release_held(*, row: Round, ref: str, by: Person, now: datetime) -> None:
    """Lets an outcome that was held back go with the others, or with the next batch.

    Refuses: NOT_ALLOWED, WRONG_STATE, NOT_FOUND.
    """
    demand(by, "slate.adopt", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        slate = _demand_adopted(row)
        held = HeldBack.objects.filter(slate=slate, request__ref=ref, told_at__isnull=True).first()
        if held is None:
            raise refuse(Code.NOT_FOUND, ref, "It is not held back.")
        point_plan(row, None, "release", about=ref, by=by, now=now)
        held.delete()


def plan_publication(*, row: Round, at: datetime, by: Person, now: datetime) -> Slate:
    """Sets the instant at which what was adopted is published by itself.

    Refuses: NOT_ALLOWED, WRONG_STATE, OUT_OF_RANGE.
    """
    demand(by, "slate.adopt", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        slate = _demand_adopted(row)
        if slate.published_at is not None:
            raise refuse(Code.WRONG_STATE, row.name, "It is published already.")
        if at <= now:
            raise refuse(Code.OUT_OF_RANGE, row.name, "Name an instant that is still to come.")
        slate.publish_at = at
        slate.save(update_fields=["publish_at"])
        point_plan(row, None, "embargo", about=f"until {at:%Y-%m-%d %H:%M} UTC", by=by, now=now)
    return slate


def publish_slate(*, row: Round, by: Person, now: datetime) -> list[Decision]:
    """Publishes every adopted outcome that is not held back, all at one instant, with its letter.

    Refuses: NOT_ALLOWED, WRONG_STATE where nothing was adopted, ALREADY_DONE where nothing is left
    to tell.
    """
    demand(by, "slate.adopt", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        slate = _demand_adopted(row)
        again = slate.published_at is not None
        told = tell_outcomes(row, slate, now=now)
        if again and not told:
            remedy = "Everything is told, but for what is held back until its day."
            raise refuse(Code.ALREADY_DONE, row.name, remedy)
        point_plan(row, None, "publish", about=f"{len(told)} decisions", by=by, now=now)
    return told


def rounds_due(*, now: datetime) -> list[tuple[Round, Person]]:
    """Finds the rounds with something to publish whose instant has come, and who set it."""
    slates = Slate.objects.filter(
        Q(publish_at__lte=now, published_at__isnull=True)
        | Q(
            published_at__isnull=False,
            held_back__until_at__lte=now,
            held_back__told_at__isnull=True,
            held_back__request__state=Request.State.SUBMITTED,
        ),
        adopted_at__isnull=False,
        superseded_at__isnull=True,
    )
    found = slates.distinct().select_related("round", "adopted_by").order_by("id")
    return [(slate.round, slate.adopted_by) for slate in found if slate.adopted_by]


def tell_outcomes(row: Round, slate: Slate, *, now: datetime) -> list[Decision]:
    """Records and tells the outcomes of a slate that are not held back; the caller has the lock.

    What was withdrawn since gets no decision, and its award stays in the pool.
    """
    document = json.loads(slate.document)
    demand_step(slate, Verb.TELL)
    held = HeldBack.objects.filter(slate=slate, told_at__isnull=True)
    requests, _ = _ready(row, slate, now=now)
    awards = {a["request"]: a for a in document["awards"] if a["request"] in requests}
    for ref in sorted(awards):
        if awards[ref]["outcome"] != Decision.Outcome.FULL and not (
            awards[ref]["reasons"] and awards[ref]["counterfactuals"]
        ):
            remedy = "Propose again; the engine gives both."
            raise refuse(Code.REASON_MISSING, ref, remedy)
    decisions = Decision.objects.bulk_create(
        _decision(slate, requests[ref], awards[ref], now=now) for ref in awards
    )
    _insert_awards({d: awards[d.request.ref] for d in decisions})
    write_letters(row, slate, decisions, document, now=now)
    mark_decided(requests=[requests[ref] for ref in awards])
    held.filter(request__ref__in=awards).update(told_at=now)
    if slate.published_at is None:
        slate.published_at = now
        slate.save(update_fields=["published_at"])
        advance_round(row=row, verb="tell")
    for ref, award in awards.items():
        seal("decision", ref, _canonical(award))
    return decisions


def to_tell(row: Round, *, now: datetime) -> tuple[list[str], list[str]]:
    """Names the requests that publishing now would tell, and those that are held back.

    Refuses: WRONG_STATE where nothing was adopted.
    """
    requests, later = _ready(row, _demand_adopted(row), now=now)
    return sorted(requests), sorted(later)


def _ready(row: Round, slate: Slate, *, now: datetime) -> tuple[dict[str, Request], set[str]]:
    held = HeldBack.objects.filter(slate=slate, told_at__isnull=True, until_at__gt=now)
    later = set(held.values_list("request__ref", flat=True))
    return {r.ref: r for r in submitted_requests(row.slug) if r.ref not in later}, later


def supersede_decision(*, slate: Slate, ref: str, why: str, by: Person, now: datetime) -> Decision:
    """Puts a child of the slate in force in its place for one request: an appeal that was upheld.

    Everybody else's award must be, to the base unit, what it was. What stood before is kept.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST for a stake or for who decided first, STALE_PARENT,
    NOT_VERIFIED, REASON_MISSING, NOT_FOUND where the request was not decided, OUT_OF_RANGE where
    somebody else would get something else.
    """
    demand(by, "slate.adopt", Where(slate.round.slug))
    with transaction.atomic():
        row = lock_round(slate.round)
        before = _demand_adopted(row)
        decision = (
            Decision.objects.select_related("request", "slate").filter(request__ref=ref).first()
        )
        if decision is None or decision.request.round_id != row.pk:
            raise refuse(Code.NOT_FOUND, ref, "It was not decided in this round.")
        _demand_child(row, before, slate, ref)
        _demand_other_judge(decision.slate, decision.request, by)
        if not why.strip():
            raise refuse(Code.REASON_MISSING, ref, "Say why it is decided otherwise now.")
        demand_step(before, Verb.SUPERSEDE)
        demand_step(slate, Verb.ADOPT)
        before.superseded_at = now
        before.save(update_fields=["superseded_at"])
        slate.adopted_by, slate.adopted_at, slate.published_at = by, now, now
        slate.save(update_fields=["adopted_by", "adopted_at", "published_at"])
        _keep_former(decision, why=why, by=by, now=now)
        _rewrite(decision, slate, json.loads(slate.document), row, now=now)
        point_plan(row, slate, "supersede", about=ref, why=why, by=by, now=now)
    return decision


def _demand_adopted(row: Round) -> Slate:
    slate = adopted_slate(row)
    if slate is None:
        remedy = f"Adopt a slate first: apportion slate list {row.slug}"
        raise refuse(Code.WRONG_STATE, row.name, remedy)
    return slate


def _demand_child(row: Round, before: Slate, slate: Slate, ref: str) -> None:
    if slate.parent_id != before.pk or slate.adopted_at is not None:
        remedy = f"Make a new slate from slate {before.number}, which is in force."
        raise refuse(Code.STALE_PARENT, row.name, remedy)
    verdict = verify_decision(slate.document.encode())
    if not verdict.holds or sha256_of(slate.document) != slate.sha256:
        raise refuse(Code.NOT_VERIFIED, row.name, verdict.fault or "The file was changed.")
    old, new = (_amounts(json.loads(one.document)) for one in (before, slate))
    others = sorted(name for name in old if name != ref and old[name] != new.get(name))
    if ref not in new or others:
        remedy = "An appeal changes its own request alone; hold the others to what they have."
        raise refuse(Code.OUT_OF_RANGE, ref, remedy, others=", ".join(others[:5]))


def _demand_other_judge(before: Slate, request: Request, by: Person) -> None:
    signed = before.signatures.filter(signed_at__isnull=False, person=by).exists()
    if signed or before.adopted_by_id == by.pk or has_stake(by, request):
        remedy = "Other people than those who decided first, and without a stake, decide again."
        raise refuse(Code.CONFLICT_OF_INTEREST, request.ref, remedy)


def _amounts(document: Mapping[str, Any]) -> dict[str, Mapping[str, int]]:
    return {award["request"]: award["amounts"] for award in document["awards"]}


def _keep_former(decision: Decision, *, why: str, by: Person, now: datetime) -> None:
    FormerDecision.objects.create(
        request=decision.request,
        slate=decision.slate,
        outcome=decision.outcome,
        reasons=decision.reasons,
        counterfactuals=decision.counterfactuals,
        amounts={a.resource.code: a.amount for a in decision.awards.select_related("resource")},
        published_at=decision.published_at,
        superseded_at=now,
        superseded_by=by,
        why=why.strip()[:500],
    )


def _rewrite(
    decision: Decision, slate: Slate, document: dict[str, Any], row: Round, *, now: datetime
) -> None:
    ref = decision.request.ref
    award = next(a for a in document["awards"] if a["request"] == ref)
    fresh = _decision(slate, decision.request, award, now=now)
    for name in ("slate", "outcome", "reasons", "reason_count", "counterfactuals"):
        setattr(decision, name, getattr(fresh, name))
    decision.counterfactual_count, decision.published_at = fresh.counterfactual_count, now
    decision.save()
    decision.awards.all().delete()
    held = next(one for one in document["snapshot"]["requests"] if one["id"] == ref)
    _insert_awards({decision: award}, minimum=held["minimum"], ask=held["ask"])
    write_letters(row, slate, [decision], document, now=now)
    seal("slate", f"{row.slug}/{slate.number}", slate.sha256.encode())
    seal("decision", ref, _canonical(award))


def _decision(
    slate: Slate, request: Request, award: Mapping[str, Any], *, now: datetime
) -> Decision:
    return Decision(
        slate=slate,
        request=request,
        published_at=now,
        outcome=award["outcome"],
        reasons=award["reasons"],
        reason_count=len(award["reasons"]),
        counterfactuals=award["counterfactuals"],
        counterfactual_count=len(award["counterfactuals"]),
    )


def _insert_awards(
    made: Mapping[Decision, Mapping[str, Any]],
    *,
    minimum: Mapping[str, int] = NO_OTHERS,
    ask: Mapping[str, int] = NO_OTHERS,
) -> None:
    """Keeps what was awarded; an appeal may have found other amounts than those that were asked."""
    resources = resources_by_code()
    Award.objects.bulk_create(
        Award(
            decision=decision,
            resource=resources[amount.resource.code],
            minimum=minimum.get(amount.resource.code, amount.minimum),
            ask=ask.get(amount.resource.code, amount.ask),
            amount=int(award["amounts"].get(amount.resource.code, 0)),
        )
        for decision, award in made.items()
        for amount in decision.request.amounts.all()
    )


def _canonical(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
