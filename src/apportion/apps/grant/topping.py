"""Paying what an appeal added to an award."""

from collections.abc import Mapping
from datetime import datetime

from apportion.apps.apply.queries import Request
from apportion.apps.grant.models import Grant
from apportion.apps.grant.tranches import record_grant
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round
from apportion.core.appeal.reserve import pay_appeal
from apportion.core.grant import Promise
from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId
from apportion.core.windows import to_epoch_us


def top_up(
    *, round_row: Round, request: Request, extra: Mapping[str, int], by: Person, now: datetime
) -> None:
    """Pays the difference, where the round's awards were paid already; else it is paid with them.

    Units: base units by resource.
    """
    if not Grant.objects.filter(decision__request__round=round_row).exists():
        return
    legs = pay_appeal(
        RoundId(round_row.slug),
        RequestId(request.ref),
        request.project.slug,
        extra,
        at_us=to_epoch_us(now),
    )
    post_transfers(legs, now=now, actor=by.username)
    for leg in legs:
        promise = Promise(
            request=RequestId(request.ref),
            project=ProjectId(request.project.slug),
            resource=ResourceCode(leg.credit.unit),
            amount=leg.amount,
        )
        record_grant(round_row, promise, leg.amount, leg.id, now, adds=True)
