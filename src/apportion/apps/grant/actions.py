"""Opening pools and paying grants."""

from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.decide.queries import adopted_slate, find_decision, granted
from apportion.apps.grant.models import Grant
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round, policy_of, resources_by_code
from apportion.core.grant import Promise, open_pool, pay_grants
from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId
from apportion.core.refusals import Code, Refusal, Refused


def grant_round(*, row: Round, by: Person, now: datetime) -> list[Grant]:
    """Carries an adopted slate out: opens the pool and pays each award. Repeating it is harmless.

    Refuses: WRONG_STATE where no slate was adopted, NOT_ENOUGH where the pool cannot pay.
    """
    if adopted_slate(row) is None:
        raise Refused(
            [
                Refusal(
                    code=Code.WRONG_STATE,
                    subject=row.name,
                    remedy="Adopt a slate first; grants carry out decisions.",
                )
            ]
        )
    round_id = RoundId(row.slug)
    promises = [
        Promise(
            request=RequestId(award.request),
            project=ProjectId(award.project),
            resource=ResourceCode(award.resource),
            amount=award.awarded,
        )
        for award in granted(row)
        if award.awarded
    ]
    starts_at = row.credits_start_at
    legs = open_pool(round_id, policy_of(row).pool, starts_at=starts_at)
    paid = pay_grants(round_id, promises, starts_at=starts_at)
    with transaction.atomic():
        post_transfers([*legs, *paid], now=now, actor=by.username)
        ids = {leg.source: leg.id for leg in paid}
        return [_record(row, promise, ids, now) for promise in promises]


def _record(row: Round, promise: Promise, ids: dict[str, bytes], now: datetime) -> Grant:
    grant, _ = Grant.objects.get_or_create(
        decision=find_decision(promise.request),
        resource=resources_by_code()[promise.resource],
        defaults={
            "project": projects_by_slug([promise.project])[promise.project],
            "amount": promise.amount,
            "starts_at": row.credits_start_at,
            "ends_at": row.credits_end_at,
            "granted_at": now,
            "transfer_id": ids[f"grant:{row.slug}:{promise.request}:{promise.resource}"],
        },
    )
    return grant
