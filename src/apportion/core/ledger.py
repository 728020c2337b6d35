"""The rules of the books: who may pay whom, and what a batch of transfers comes to.

A transfer takes one positive integer amount from one account to another of the same unit.
Nothing here knows a database: balances come in, outcomes and new balances go out.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from apportion.core.refusals import Code, Refusal


class Kind(StrEnum):
    """What an account stands for, and so whether it may fall below zero."""

    ISSUED = "issued"  # where pools come from; its debt is all that was ever issued
    POOL = "pool"
    PROJECT = "project"
    CONSUMED = "consumed"
    OVERRUN = "overrun"  # settlement may not refuse: what a project used beyond its balance
    SUSPENSE = "suspense"  # usage whose project is not known yet

    @property
    def floor(self) -> int | None:
        """The smallest balance allowed, or None where there is no limit."""
        return 0 if self in {Kind.POOL, Kind.PROJECT, Kind.CONSUMED} else None


class TransferCode(StrEnum):
    """Why a transfer was made."""

    OPEN = "open"
    GRANT = "grant"
    SETTLE = "settle"
    REFUND = "refund"
    REVERSE = "reverse"


class Key(NamedTuple):
    """Names an account: `Key(Kind.PROJECT, "depth-recurrent", "gpu:h100")`."""

    kind: Kind
    owner: str
    unit: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner} ({self.unit})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One leg. Legs that share a group are taken together or not at all.

    Units: amount in base units; effective_ms in epoch milliseconds.
    """

    id: bytes
    group: str
    debit: Key
    credit: Key
    amount: int
    code: TransferCode
    source: str
    effective_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a batch came to, in the order in which it was given."""

    accepted: tuple[Transfer, ...]
    existing: tuple[bytes, ...]  # ids that were posted before with the same content
    refusals: tuple[Refusal, ...]
    changes: Mapping[Key, tuple[int, int]]  # debits and credits added to each account


def post_batch(
    transfers: Sequence[Transfer],
    *,
    balances: Mapping[Key, int],
    known: Mapping[bytes, bytes],
    closed: frozenset[Key] = frozenset(),
) -> Posted:
    """Decides which groups of a batch are accepted, one after another.

    `balances` holds credits less debits of each account (absent is zero); `known` maps ids that
    stand in the books, of those in the batch, to their `payload`.

    Refuses: ACCOUNT_CLOSED, UNIT_MISMATCH, OUT_OF_RANGE, NOT_ENOUGH, ID_REUSED.
    """
    standing = dict(balances)
    seen = dict(known)
    accepted: list[Transfer] = []
    existing: list[bytes] = []
    refusals: list[Refusal] = []
    changes: dict[Key, tuple[int, int]] = {}
    for _, legs_in_group in groupby(transfers, key=lambda t: t.group):
        legs = tuple(legs_in_group)
        fresh = tuple(leg for leg in legs if leg.id not in seen)
        refusal = _reused(legs, seen) or _refuse_group(fresh, standing, closed)
        if refusal is not None:
            refusals.append(refusal)
            continue
        existing.extend(leg.id for leg in legs if leg.id in seen)
        for leg in fresh:
            _apply(leg, standing, changes)
            seen[leg.id] = payload(leg)
        accepted.extend(fresh)
    return Posted(
        accepted=tuple(accepted),
        existing=tuple(existing),
        refusals=tuple(refusals),
        changes=changes,
    )


def payload(transfer: Transfer) -> bytes:
    """Writes all that a transfer says as bytes: the same id must always mean the same payload.

    Shape: version, id, effective_ms, amount, then length-prefixed texts; also the journal's leaf.
    """
    texts = (
        *(str(part) for part in transfer.debit),
        *(str(part) for part in transfer.credit),
        transfer.code.value,
        transfer.group,
        transfer.source,
    )
    encoded = [text.encode() for text in texts]
    head = struct.pack(">B16sqq", 1, transfer.id, transfer.effective_ms, transfer.amount)
    return head + b"".join(struct.pack(">H", len(text)) + text for text in encoded)


def total_by_unit(balances: Iterable[tuple[Key, int]]) -> dict[str, int]:
    """Sums all balances of each unit; in sound books every sum is zero."""
    totals: dict[str, int] = {}
    for key, balance in balances:
        totals[key.unit] = totals.get(key.unit, 0) + balance
    return totals


def _reused(legs: Sequence[Transfer], seen: Mapping[bytes, bytes]) -> Refusal | None:
    for leg in legs:
        before = seen.get(leg.id)
        if before is not None and before != payload(leg):
            return Refusal(
                code=Code.ID_REUSED,
                subject=leg.source,
                remedy="Use a new id, or send exactly what was sent before.",
                numbers={"amount": leg.amount, "id": leg.id.hex()},
            )
    return None


def _refuse_group(
    legs: Sequence[Transfer], standing: Mapping[Key, int], closed: frozenset[Key]
) -> Refusal | None:
    """Guard ladder: the cheap checks of every leg first, then the balances of the whole group."""
    delta: dict[Key, int] = {}
    for leg in legs:
        if leg.debit in closed or leg.credit in closed:
            return _refuse(Code.ACCOUNT_CLOSED, leg, "Post to the open account.")
        if leg.debit.unit != leg.credit.unit:
            return _refuse(Code.UNIT_MISMATCH, leg, "Convert through an exchange account.")
        if leg.amount <= 0 or leg.debit == leg.credit:
            return _refuse(Code.OUT_OF_RANGE, leg, "Move a positive amount between two accounts.")
        delta[leg.debit] = delta.get(leg.debit, 0) - leg.amount
        delta[leg.credit] = delta.get(leg.credit, 0) + leg.amount
    for key, change in delta.items():
        floor = key.kind.floor
        if change < 0 and floor is not None and standing.get(key, 0) + change < floor:
            return Refusal(
                code=Code.NOT_ENOUGH,
                subject=str(key),
                remedy="Ask for less, or top the account up first.",
                numbers={"balance": standing.get(key, 0), "needed": -change},
            )
    return None


def _refuse(code: Code, leg: Transfer, remedy: str) -> Refusal:
    return Refusal(code=code, subject=leg.source, remedy=remedy, numbers={"amount": leg.amount})


def _apply(leg: Transfer, standing: dict[Key, int], changes: dict[Key, tuple[int, int]]) -> None:
    standing[leg.debit] = standing.get(leg.debit, 0) - leg.amount
    standing[leg.credit] = standing.get(leg.credit, 0) + leg.amount
    debited, credited = changes.get(leg.debit, (0, 0))
    changes[leg.debit] = (debited + leg.amount, credited)
    debited, credited = changes.get(leg.credit, (0, 0))
    changes[leg.credit] = (debited, credited + leg.amount)
