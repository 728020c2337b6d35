"""From awards to transfers: opening a pool, paying a grant out of it, holding one that is staged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from apportion.core.ids import ProjectId, RequestId, ResourceCode, RoundId, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.refusals import Code, Refusal

PILOT_SHARE = Fraction(1, 50)  # of a round's pool, that one pilot may get


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


def pay_pilot(
    round_id: RoundId,
    project: ProjectId,
    amounts: Mapping[ResourceCode, int],
    *,
    named: str,
    at: datetime,
) -> tuple[Transfer, ...]:
    """Pays a pilot out of a round's pool; `named` tells it from the project's other pilots."""
    return tuple(
        _leg(
            source=f"pilot:{round_id}:{named}:{resource}",
            debit=Key(Kind.POOL, round_id, resource),
            credit=Key(Kind.PROJECT, project, resource),
            amount=amount,
            code=TransferCode.GRANT,
            at=at,
        )
        for resource, amount in sorted(amounts.items())
        if amount
    )


def check_pilot(
    asked: int, *, pool: int, reserve_share: Fraction, paid: int, resource: str
) -> Refusal | None:
    """Checks a pilot against its cap: a fiftieth of the pool, and what the reserve has left.

    Units: base units; `paid` sums the round's earlier pilots.

    Refuses: OUT_OF_RANGE.
    """
    cap = int(pool * PILOT_SHARE)
    left = int(pool * reserve_share) - paid
    if 0 < asked <= min(cap, left):
        return None
    return Refusal(
        code=Code.OUT_OF_RANGE,
        subject=f"pilot, {resource}",
        remedy="A pilot gets up to a fiftieth of the pool, out of what is left of the reserve; "
        "file a request for more.",
        numbers={"asked": asked, "cap": cap, "left": max(left, 0)},
    )


def hold_award(
    round_id: RoundId,
    promise: Promise,
    amounts: Mapping[int, int],
    *,
    at: datetime,
    until: datetime,
) -> tuple[Transfer, ...]:
    """Holds an award in the round's pool, one hold for each tranche; unreleased, it returns.

    Shape: amounts map a tranche's number to its base units.
    """
    return tuple(
        hold_tranche(round_id, promise, number, amount, at=at, until=until)
        for number, amount in sorted(amounts.items())
        if amount
    )


def hold_tranche(
    round_id: RoundId,
    promise: Promise,
    number: int,
    amount: int,
    *,
    at: datetime,
    until: datetime,
    again: bool = False,
) -> Transfer:
    """Holds one tranche; `again` names the hold that takes its place after a re-estimate."""
    part = f"{number}-again" if again else f"{number}"
    leg = _leg(
        source=f"tranche:{round_id}:{promise.request}:{promise.resource}:{part}",
        debit=Key(Kind.POOL, round_id, promise.resource),
        credit=Key(Kind.PROJECT, promise.project, promise.resource),
        amount=amount,
        code=TransferCode.HOLD,
        at=at,
    )
    return replace(leg, expires_us=int(until.timestamp()) * 1_000_000)
