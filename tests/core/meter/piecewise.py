"""Booking piece by piece, as the rule reads; the office books columns, and must come to the same."""

from dataclasses import dataclass

from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.meter.plan import SUSPENDED, Payer, Piece, account_text
from apportion.core.meter.settle import Due, settle

LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A piece with its legs and the part of it that went to overrun. Units: base units."""

    piece: Piece
    overrun: int
    legs: tuple[Transfer, ...]


def book(pieces, *, balances):
    """Pays the pieces in time order, each project's from its account and then from overrun."""
    ordered = sorted(pieces, key=lambda p: (p.charge.ended_at, p.id))
    dues: dict[Key, list[Due]] = {}
    for piece in ordered:
        if piece.payer is Payer.PROJECT:
            due = Due(piece.charge.ended_at, piece.id.hex(), piece.charge.unit_seconds)
            dues.setdefault(_account(piece), []).append(due)
    paid: dict[str, int] = {}
    for account, owed in dues.items():
        settled = settle(owed, balance=balances.get(account, 0))
        paid.update({key: share for key, share, _ in settled.splits})
    return [_booking(piece, paid.get(piece.id.hex(), 0)) for piece in ordered]


def _account(piece):
    segment = piece.charge.segment
    if piece.payer is Payer.PROJECT:
        return Key(Kind.PROJECT, piece.project, segment.resource)
    return Key(Kind.SUSPENSE, account_text(segment), segment.resource)


def _booking(piece, paid):
    amount = piece.charge.unit_seconds
    account = _account(piece)
    if piece.payer is Payer.SUSPENSE:
        consumer = Key(Kind.CONSUMED, SUSPENDED, account.unit)
        return Booking(piece=piece, overrun=0, legs=(_leg(piece, account, consumer, amount, ""),))
    consumer = Key(Kind.CONSUMED, account.owner, account.unit)
    beyond = Key(Kind.OVERRUN, account.owner, account.unit)
    shares = ((account, paid, ""), (beyond, amount - paid, "/overrun"))
    legs = tuple(_leg(piece, payer, consumer, share, tag) for payer, share, tag in shares if share)
    return Booking(piece=piece, overrun=amount - paid, legs=legs)


def _leg(piece, debit, credit, amount, tag):
    part = piece.charge
    start_ms, source = part.started_at * 1000, part.segment.key + tag
    # A piece that a border ended belongs to the period before the border, to the millisecond.
    cut_short = part.ended_at < part.segment.ended_at
    return Transfer(
        id=transfer_id(start_ms, source) if tag else piece.id,
        group=f"use:{piece.id.hex()}",
        debit=debit,
        credit=credit,
        amount=amount,
        code=TransferCode.SETTLE,
        source=source[:LONGEST_SOURCE],
        effective_us=(part.ended_at * 1000 - cut_short) * 1000,
    )
