"""Opening pools and paying grants, at the instant at which a decision is told."""

from datetime import datetime

from django.db import transaction

from apportion.apps.decide.publishing import publish_slate, rounds_due
from apportion.apps.decide.queries import Granted, granted, told_slate
from apportion.apps.evidence.queries import experiments_of_requests
from apportion.apps.grant.models import Grant
from apportion.apps.grant.tranches import record_grant, stage_award
from apportion.apps.ledger.actions import lock_tip, post_transfers
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round, policy_of
from apportion.core.grant import Promise, open_pool, pay_grants
from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId
from apportion.core.refusals import Code, Refusal, Refused


def grant_round(*, row: Round, by: Person, now: datetime) -> list[Grant]:
    """Carries an adopted slate out: opens the pool, pays each award, holds each that is staged.

    Repeating it is harmless.

    Refuses: WRONG_STATE where no slate was published, NOT_ENOUGH where the pool cannot pay.
    """
    if told_slate(row) is None:
        remedy = "Adopt and publish a slate first; grants carry out decisions."
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.name, remedy=remedy)])
    round_id, awards = RoundId(row.slug), granted(row)
    staged = experiments_of_requests(award.request for award in awards)
    promises = [_promise(award) for award in awards if award.awarded]
    done = carried_out(row)  # what an appeal added since stands beside it
    direct = [
        promise
        for promise in promises
        if promise.request not in staged and (promise.request, promise.resource) not in done
    ]
    starts_at = row.credits_start_at
    paid = pay_grants(round_id, direct, starts_at=starts_at)
    with transaction.atomic():
        lock_tip()
        legs = open_pool(round_id, policy_of(row).pool, starts_at=starts_at)
        post_transfers([*legs, *paid], now=now, actor=by.username)
        for ref, experiment in sorted(staged.items()):
            mine = [promise for promise in promises if promise.request == ref]
            stage_award(row, experiment, mine, by=by, now=now)
        ids = {leg.source: leg.id for leg in paid}
        for promise in direct:
            source = f"grant:{row.slug}:{promise.request}:{promise.resource}"
            record_grant(row, promise, promise.amount, ids[source], now)
        return list(Grant.objects.filter(decision__request__round=row))


def publish_round(*, row: Round, by: Person, now: datetime) -> tuple[int, list[Grant]]:
    """Publishes what was adopted and is not held back, and pays it: both at one instant or neither.

    Gives how many decisions were told, and the round's grants.

    Refuses: NOT_ALLOWED, WRONG_STATE, ALREADY_DONE, NOT_ENOUGH.
    """
    with transaction.atomic():
        told = publish_slate(row=row, by=by, now=now)
        return len(told), grant_round(row=row, by=by, now=now)


def publish_due(*, now: datetime) -> list[str]:
    """Publishes and pays what was held until now; the conductor calls this and a repeat is harmless."""
    done = []
    for row, by in rounds_due(now=now):
        try:
            told, _ = publish_round(row=row, by=by, now=now)
        except Refused as refused:  # one round that cannot go on stops no other
            done.append(f"{row.name}: {refused}")
            continue
        done.append(f"{row.name}: {told} held decisions published")
    return done


def carried_out(row: Round) -> set[tuple[str, str]]:
    """Names what was paid already: request and resource."""
    rows = Grant.objects.filter(decision__request__round=row).order_by()
    return set(rows.values_list("decision__request__ref", "resource__code"))


def _promise(award: Granted) -> Promise:
    return Promise(
        request=RequestId(award.request),
        project=ProjectId(award.project),
        resource=ResourceCode(award.resource),
        amount=award.awarded,
    )
