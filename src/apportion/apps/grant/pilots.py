"""Pilots: approved at once, paid out of a round's reserve, capped."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from apportion.apps.evidence.actions import demand_judge, take_step
from apportion.apps.evidence.queries import Experiment
from apportion.apps.grant.models import PilotGrant
from apportion.apps.grant.queries import pilots_paid
from apportion.apps.ledger.actions import lock_tip, post_transfers
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round, policy_of, resources_by_code
from apportion.core.evidence.stages import Step
from apportion.core.grant import check_pilot, open_pool, pay_pilot
from apportion.core.ids import ProjectId, ResourceCode, RoundId
from apportion.core.ledger import Transfer
from apportion.core.refusals import Code, Refusal, Refused


def pay_for_pilot(
    *,
    experiments: Sequence[Experiment],
    row: Round,
    amounts: Mapping[str, int],
    by: Person,
    now: datetime,
) -> None:
    """Approves a pilot, shared by a project's experiments, and pays it out of the round's reserve.

    Without amounts the project runs it on what it has. Units: base units.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, OUT_OF_RANGE, NOT_FOUND.
    """
    project, policy, round_id = experiments[0].project, policy_of(row), RoundId(row.slug)
    demand_judge(by, project)
    others = [one.slug for one in experiments if one.project_id != project.pk]
    if others:
        remedy = f"One pilot is of one project: leave out {', '.join(others)}."
        raise Refused([Refusal(code=Code.OUT_OF_RANGE, subject=project.slug, remedy=remedy)])
    with transaction.atomic():
        lock_tip()
        _demand_within_cap(row, amounts)
        legs = pay_pilot(
            round_id,
            ProjectId(project.slug),
            {ResourceCode(code): amount for code, amount in amounts.items()},
            named=experiments[0].slug,
            at=now,
        )
        if legs:
            opened = open_pool(round_id, policy.pool, starts_at=row.credits_start_at)
            post_transfers([*opened, *legs], now=now, actor=by.username)
        for one in experiments:
            facts = {"round": row.slug, "amounts": dict(amounts)}
            take_step(one, Step.START_PILOT, by=by, now=now, facts=facts)
        _keep(legs, experiments, row, now)


def _demand_within_cap(row: Round, amounts: Mapping[str, int]) -> None:
    policy, paid = policy_of(row), pilots_paid(row.slug)
    refusals = [
        refusal
        for code, amount in amounts.items()
        if (
            refusal := check_pilot(
                amount,
                pool=policy.pool.get(ResourceCode(code), 0),
                reserve_share=policy.reserve_share,
                paid=paid.get(code, 0),
                resource=code,
            )
        )
    ]
    if refusals:
        raise Refused(refusals)


def _keep(
    legs: Sequence[Transfer], experiments: Sequence[Experiment], row: Round, now: datetime
) -> None:
    for leg in legs:
        kept = PilotGrant.objects.create(
            project=experiments[0].project,
            round=row,
            resource=resources_by_code()[leg.credit.unit],
            amount=leg.amount,
            granted_at=now,
            transfer_id=leg.id,
        )
        kept.experiments.set(experiments)
