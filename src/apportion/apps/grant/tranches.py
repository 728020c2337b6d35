"""Staged awards: held in the pool, released part by part, returned when a look ends them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.decide.queries import find_decision
from apportion.apps.evidence.actions import (
    demand_judge,
    demand_looker,
    keep_look,
    keep_step,
    refuse_problems,
    set_plan,
    take_step,
    write_estimate,
)
from apportion.apps.evidence.queries import (
    AWARD,
    PILOT,
    Experiment,
    estimate_at,
    latest_estimate,
    power_of,
    question_of,
    registration_of,
    runs_of,
)
from apportion.apps.grant.models import Grant, Tranche
from apportion.apps.ledger.actions import lock_tip, post_transfers
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round, resources_by_code
from apportion.core.evidence.conclude import Ending, Look
from apportion.core.evidence.problems import NotEstimable
from apportion.core.evidence.stages import TRANCHES, Stage, Step, check_growth, split_award
from apportion.core.evidence.staging import judge_look, plan_looks, runs_paid
from apportion.core.grant import Promise, hold_award, hold_tranche
from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId
from apportion.core.ledger import Transfer, TransferCode
from apportion.core.ledger.transfers import post_hold, void_hold
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import to_epoch_us

LEAST_PLAN = (2,)  # runs of each arm below which nothing can be judged


def stage_award(
    row: Round, experiment: Experiment, promises: Sequence[Promise], *, by: Person, now: datetime
) -> None:
    """Holds a staged award, a hold for each part, and releases the first; once."""
    if experiment.stage != Stage.DECISION:
        return
    if not promises:
        take_step(experiment, Step.DENY, by=by, now=now, facts={"round": row.slug})
        return
    kept = latest_estimate(experiment)
    amounts = {str(promise.resource): promise.amount for promise in promises}
    shown = power_of(experiment, amounts, now=now)
    paid = min(kept.assured, runs_paid(amounts, kept.per_run)) if kept else 0
    plan = plan_looks(question_of(experiment).claim, paid) or LEAST_PLAN
    first = [
        part
        for promise in promises
        for part in _hold(row, experiment, promise, plan, by=by, now=now)
        if part.number == 1
    ]
    power = round(shown.power, 6) if shown else None
    set_plan(row=experiment, plan=plan, power=power)
    facts = {"round": row.slug, "amounts": amounts, "plan": list(plan), "power": power}
    take_step(experiment, Step.AWARD, by=by, now=now, facts=facts)
    _release(first, by=by, now=now)


def look_at(*, row: Experiment, by: Person, now: datetime) -> Look:
    """Judges an experiment on its runs so far, and releases its next tranche or returns the rest.

    Refuses: NOT_ALLOWED, WRONG_STATE, INCOMPLETE where planned runs are not reported.
    """
    demand_looker(by, row.project)
    with transaction.atomic():
        lock_tip()
        row = Experiment.objects.select_for_update().get(pk=row.pk)
        place = _tranche_of(row)
        question = question_of(row)
        try:
            look = judge_look(
                question.claim,
                runs_of(row, AWARD),
                registered=registration_of(question),
                plan=tuple(row.plan),
                look=place,
            )
        except NotEstimable as found:
            refuse_problems(row.slug, found.problems)
            raise
        held = list(row.tranches.filter(state=Tranche.State.HELD).select_related("resource"))
        if look.ending is Ending.GO_ON and any(one.until_at <= now for one in held):
            look = replace(look, ending=Ending.INCONCLUSIVE)  # its time is over
        keep_look(row=row, look=look, by=by, now=now)
        if look.ending is Ending.GO_ON:
            _release([one for one in held if one.number == place + 2], by=by, now=now)
        else:
            _return(held, by=by, now=now)
    return look


def extend_award(
    *, row: Experiment, by: Person, now: datetime, runs: int | None = None
) -> tuple[int, int]:
    """Re-estimates once from all runs so far and makes the last tranche larger; gives runs before, after.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, ALREADY_DONE for a second time,
    OUT_OF_RANGE beyond one and a half times the award, NOT_ENOUGH.
    """
    demand_judge(by, row.project)
    with transaction.atomic():
        lock_tip()
        row = Experiment.objects.select_for_update().get(pk=row.pk)
        _tranche_of(row)
        found = estimate_at(row, now=now, also=runs_of(row, AWARD))
        before = row.plan[-1]
        wanted = runs or (found.needs.assured if found.needs else 0)
        last = list(
            row.tranches.filter(state=Tranche.State.HELD, number=len(row.plan)).select_related(
                "resource"
            )
        )
        if wanted <= before or not last:
            remedy = f"{before} runs of each arm are paid and {wanted} are enough, or none is held."
            raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.slug, remedy=remedy)])
        earlier = row.steps.filter(verb="extend").count()
        for one in last:
            awarded = sum(t.amount for t in row.tranches.filter(resource=one.resource))
            total = -(-awarded * wanted // before)
            refusal = check_growth(awarded, total, earlier=earlier)
            if refusal is not None:
                raise Refused([refusal])
            _hold_again(one, one.amount + total - awarded, wanted, by=by, now=now)
        set_plan(row=row, plan=[*row.plan[:-1], wanted], power=row.power)
        write_estimate(row, found, runs_of(row, PILOT), now=now)
        facts = {"runs": wanted, "before": before}
        keep_step(row, "extend", before=row.stage, by=by, now=now, facts=facts)
    return before, wanted


def record_grant(
    row: Round, promise: Promise, amount: int, leg: bytes, now: datetime, *, adds: bool = False
) -> None:
    """Keeps what stands in the project's account of an award; `adds` another released part to it."""
    grant, fresh = Grant.objects.get_or_create(
        decision=find_decision(promise.request),
        resource=resources_by_code()[promise.resource],
        defaults={
            "project": projects_by_slug([promise.project])[promise.project],
            "amount": amount,
            "starts_at": row.credits_start_at,
            "ends_at": row.credits_end_at,
            "granted_at": now,
            "transfer_id": leg,
        },
    )
    if adds and not fresh:
        grant.amount += amount
        grant.save(update_fields=["amount"])


def _hold(
    row: Round,
    experiment: Experiment,
    promise: Promise,
    plan: tuple[int, ...],
    *,
    by: Person,
    now: datetime,
) -> list[Tranche]:
    """Holds one resource of an award, a hold for each part that is more than nothing."""
    parts = [part for part in split_award(promise.amount, plan) if part.amount]
    amounts = {part.number: part.amount for part in parts}
    at, until = row.credits_start_at, row.credits_end_at
    held = hold_award(RoundId(row.slug), promise, amounts, at=at, until=until)
    post_transfers(held, now=now, actor=by.username)
    resource, decision = resources_by_code()[promise.resource], find_decision(promise.request)
    return [
        Tranche.objects.create(
            experiment=experiment,
            decision=decision,
            resource=resource,
            number=part.number,
            amount=part.amount,
            runs=part.runs,
            hold_id=leg.id,
            held_at=at,
            until_at=until,
            changed_at=now,
        )
        for part, leg in zip(parts, held, strict=True)
    ]


def _release(tranches: Sequence[Tranche], *, by: Person, now: datetime) -> None:
    """Posts what is held of these tranches into the project's account."""
    for one in tranches:
        row = one.decision.request.round
        at_us = to_epoch_us(max(row.credits_start_at, now))
        note = f"{one.experiment.slug}, tranche {one.number}"
        leg = post_hold(
            _hold_of(one),
            amount=one.amount,
            code=TransferCode.GRANT,
            effective_us=at_us,
            note=note,
        )
        post_transfers([leg], now=now, actor=by.username)
        _mark(one, Tranche.State.RELEASED, now)
        record_grant(row, _promise_of(one), one.amount, leg.id, now, adds=True)


def _return(tranches: Sequence[Tranche], *, by: Person, now: datetime) -> None:
    """Voids what is held: it is the pool's again at once. A hold whose time is over returns itself."""
    for one in tranches:
        at_us = to_epoch_us(max(one.held_at, now))
        if one.until_at > now:
            note = f"{one.experiment.slug}, tranche {one.number} returned"
            leg = void_hold(_hold_of(one), effective_us=at_us, note=note)
            post_transfers([leg], now=now, actor=by.username)
        _mark(one, Tranche.State.RETURNED, now)


def _hold_again(one: Tranche, amount: int, runs: int, *, by: Person, now: datetime) -> None:
    """Takes a larger hold in the place of a tranche's."""
    at_us = to_epoch_us(max(one.held_at, now))
    gone = void_hold(_hold_of(one), effective_us=at_us, note=f"{one.experiment.slug}, extended")
    one.amount, one.runs, one.again, one.held_at = amount, runs, True, max(one.held_at, now)
    larger = _hold_of(one)
    post_transfers([gone, larger], now=now, actor=by.username)
    one.hold_id, one.changed_at = larger.id, now
    one.save()


def _hold_of(one: Tranche) -> Transfer:
    """Names a tranche's hold as it stands in the ledger."""
    return hold_tranche(
        RoundId(one.decision.request.round.slug),
        _promise_of(one),
        one.number,
        one.amount,
        at=one.held_at,
        until=one.until_at,
        again=one.again,
    )


def _promise_of(one: Tranche) -> Promise:
    request = one.decision.request
    return Promise(
        request=RequestId(request.ref),
        project=ProjectId(request.project.slug),
        resource=ResourceCode(one.resource.code),
        amount=one.amount,
    )


def _mark(one: Tranche, state: Tranche.State, now: datetime) -> None:
    one.state, one.changed_at = state, now
    one.save(update_fields=["state", "changed_at"])


def _tranche_of(row: Experiment) -> int:
    """Counts from 0 the tranche that an experiment is spending.

    Refuses: WRONG_STATE.
    """
    if row.stage not in TRANCHES:
        remedy = f"It is at the stage {row.get_stage_display().lower()}; tranches follow an award."
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.slug, remedy=remedy)])
    return TRANCHES.index(Stage(row.stage))
