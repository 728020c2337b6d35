"""From awards to transfers: opening a pool, and paying a grant out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One award of one resource, to be granted. Units: base units."""

    request: RequestId
    project: ProjectId
    resource: ResourceCode
    amount: int


def open_pool(
    round_id: RoundId, pool: Mapping[ResourceCode, int], *, starts_at: datetime
) -> tuple[Transfer, ...]:
    """Issues what the period has to give into the round's pool accounts."""
    return tuple(
        _leg(
            source=f"pool:{round_id}:{resource}",
            debit=Key(Kind.ISSUED, round_id, resource),
            credit=Key(Kind.POOL, round_id, resource),
            amount=amount,
            code=TransferCode.OPEN,
            at=starts_at,
        )
        for resource, amount in sorted(pool.items())
        if amount
    )


def pay_grants(
    round_id: RoundId, promises: Iterable[Promise], *, starts_at: datetime
) -> tuple[Transfer, ...]:
    """Pays each award from the round's pool into the project's account."""
    return tuple(
        _leg(
            source=f"grant:{round_id}:{promise.request}:{promise.resource}",
            debit=Key(Kind.POOL, round_id, promise.resource),
            credit=Key(Kind.PROJECT, promise.project, promise.resource),
            amount=promise.amount,
            code=TransferCode.GRANT,
            at=starts_at,
        )
        for promise in sorted(promises, key=lambda p: (p.request, p.resource))
        if promise.amount
    )


def _leg(
    *, source: str, debit: Key, credit: Key, amount: int, code: TransferCode, at: datetime
) -> Transfer:
    effective_ms = int(at.timestamp()) * 1000
    return Transfer(
        id=transfer_id(effective_ms, source),
        debit=debit,
        credit=credit,
        amount=amount,
        code=code,
        source=source,
        effective_us=effective_ms * 1000,
        note=source,
    )
