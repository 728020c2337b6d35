"""Batches as columns: the proof that a whole batch is acceptable, and its leaves, without a loop.

What a batch takes from each account is summed; where every limited account can pay all of it
before anything comes in, the batch is acceptable in any order, whole. All sums are of integers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.core.ledger.accounts import Key
from apportion.core.ledger.guards import LARGEST
from apportion.core.ledger.leaf import NO_ID, TRANSFER_BYTES, VERSION
from apportion.core.ledger.rules import split_groups
from apportion.core.ledger.transfers import BY_NUMBER, RELEASES, Transfer, TransferCode

ID = np.dtype("V16")
Integers = NDArray[np.int64]
LEAF = np.dtype(
    [
        ("prefix", "u1"),  # of a leaf, so that the buffer is hashed as it stands
        ("version", "u1"),
        ("code", "u1"),
        ("leg", ">u2"),
        ("debit", ">u4"),
        ("credit", ">u4"),
        ("seq", ">i8"),
        ("amount", ">i8"),
        ("effective_us", ">i8"),
        ("recorded_us", ">i8"),
        ("expires_us", ">i8"),
        ("id", ID),
        ("about", ID),
        ("words", "V32"),
    ]
)
HASHED_BYTES = LEAF.itemsize
# What depends on another transfer, or holds an amount for one, is for the exact rules.
SPECIAL = np.zeros(256, dtype=np.bool_)
SPECIAL[[code.number for code in (*RELEASES, TransferCode.HOLD, TransferCode.REVERSE)]] = True
if HASHED_BYTES != TRANSFER_BYTES + 1:
    raise AssertionError("the two shapes of a leaf differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Transfers as columns; `debit` and `credit` are numbers of accounts.

    Units: amount in base units; effective_us and expires_us in epoch microseconds.
    Shape: all of one length; `about` is zero bytes where a transfer is about no other.
    """

    id: NDArray[Any]
    debit: Integers
    credit: Integers
    amount: Integers
    effective_us: Integers
    code: Integers
    leg: Integers
    expires_us: Integers
    about: NDArray[Any]

    def __len__(self) -> int:
        return len(self.amount)

    def part(self, start: int, end: int) -> "Columns":
        """Gives some of the transfers, in place."""
        return Columns(**{each.name: getattr(self, each.name)[start:end] for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """The accounts that a batch touches, by ascending number.

    Shape: `unit` numbers the units; `floor` is meaningful where `limited`.
    """

    number: Integers
    unit: Integers
    limited: NDArray[np.bool_]
    floor: Integers
    debits: Integers
    credits: Integers
    debits_pending: Integers
    closed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a batch adds to the debits and credits of each of the accounts."""

    number: Integers
    debits: Integers
    credits: Integers


def prove(columns: Columns, ledgers: Ledgers, *, closed_before_us: int | None) -> Sums | None:
    """Sums a batch of plain transfers, or gives None where its acceptance is not proved.

    None says nothing against the batch: the exact rules decide then. Whether ids stand in the
    books is not asked here: the database's own key says so when the rows are written.
    """
    if not _well_formed(columns, closed_before_us) or _repeats(columns.id):
        return None
    debit = np.searchsorted(ledgers.number, columns.debit)
    credit = np.searchsorted(ledgers.number, columns.credit)
    if not _known(ledgers, debit, columns.debit) or not _known(ledgers, credit, columns.credit):
        return None
    if (ledgers.unit[debit] != ledgers.unit[credit]).any() or ledgers.closed.any():
        return None
    count = len(ledgers.number)
    out_of = _sum(debit, columns.amount, count)
    into = _sum(credit, columns.amount, count)
    if not _payable(ledgers, out_of) or not _countable(ledgers, out_of, into):
        return None
    return Sums(number=ledgers.number, debits=out_of, credits=into)


def is_plain(leg: Transfer) -> bool:
    """Says whether a transfer's columns say all of it and depend on no other transfer."""
    return (
        0 < leg.amount <= LARGEST
        and len(leg.id) == ID.itemsize
        and -LARGEST <= leg.effective_us <= LARGEST
        and leg.about is None
        and not leg.expires_us
        and not leg.balancing
        and not SPECIAL[leg.code.number]
    )


def place_legs(legs: Sequence[Transfer]) -> tuple[int, ...]:
    """Gives each leg's place in its group from 1, and 0 to those that stand alone."""
    return tuple(
        place if len(group) > 1 else 0
        for group in split_groups(legs)
        for place, _ in enumerate(group, start=1)
    )


def to_columns(
    transfers: Sequence[Transfer], legs: Sequence[int], numbers: Mapping[Key, int]
) -> Columns:
    """Turns transfers into columns; `numbers` has the number of every account."""
    return Columns(
        id=ids_column([t.id for t in transfers]),
        debit=np.array([numbers[t.debit] for t in transfers], dtype=np.int64),
        credit=np.array([numbers[t.credit] for t in transfers], dtype=np.int64),
        amount=np.array([t.amount for t in transfers], dtype=np.int64),
        effective_us=np.array([t.effective_us for t in transfers], dtype=np.int64),
        code=np.array([t.code.number for t in transfers], dtype=np.int64),
        leg=np.array(legs, dtype=np.int64),
        expires_us=np.array([t.expires_us for t in transfers], dtype=np.int64),
        about=ids_column([t.about or NO_ID for t in transfers]),
    )


def to_transfers(columns: Columns, keys: Mapping[int, Key]) -> list[Transfer]:
    """Turns columns into transfers; legs of one group stand together."""
    ids, abouts = columns.id.tolist(), columns.about.tolist()
    made: list[Transfer] = []
    group = ""
    for place in range(len(columns)):
        leg = int(columns.leg[place])
        if leg <= 1:
            group = ids[place].hex() if leg else ""
        made.append(
            Transfer(
                id=ids[place],
                debit=keys[int(columns.debit[place])],
                credit=keys[int(columns.credit[place])],
                amount=int(columns.amount[place]),
                code=BY_NUMBER[int(columns.code[place])],
                effective_us=int(columns.effective_us[place]),
                group=group,
                about=abouts[place] if abouts[place] != NO_ID else None,
                expires_us=int(columns.expires_us[place]),
            )
        )
    return made


def ids_column(ids: Sequence[bytes]) -> NDArray[Any]:
    """Makes a column of 16-byte ids."""
    return np.frombuffer(b"".join(ids), dtype=ID)


def pack_leaves(
    columns: Columns, *, seq: Integers, recorded_us: Integers | int, words: NDArray[Any]
) -> bytes:
    """Writes the leaves one after another, each with the prefix that is hashed before it.

    Shape: HASHED_BYTES each. `recorded_us` and `words` are one for all, or one each.
    """
    leaves = np.empty(len(columns), dtype=LEAF)
    leaves["prefix"], leaves["version"] = 0, VERSION
    leaves["seq"], leaves["recorded_us"], leaves["words"] = seq, recorded_us, words
    for name in ("code", "leg", "debit", "credit", "amount", "effective_us", "expires_us"):
        leaves[name] = getattr(columns, name)
    leaves["id"], leaves["about"] = columns.id, columns.about
    return leaves.tobytes()


def hash_leaves(packed: bytes) -> list[bytes]:
    """Hashes packed leaves, each as it stands."""
    view, width = memoryview(packed), HASHED_BYTES
    return [sha256(view[at : at + width]).digest() for at in range(0, len(packed), width)]


def _well_formed(columns: Columns, closed_before_us: int | None) -> bool:
    size = len(columns)
    if not size or SPECIAL[columns.code].any() or columns.about.tobytes().strip(b"\0"):
        return False
    if (
        columns.expires_us.any()
        or columns.amount.min() <= 0
        or int(columns.amount.max()) * size > LARGEST
    ):
        return False
    if (columns.debit == columns.credit).any():
        return False
    return closed_before_us is None or int(columns.effective_us.min()) >= closed_before_us


def _repeats(ids: NDArray[Any]) -> bool:
    """Says whether an id stands twice in the batch."""
    halves = ids.view(">u8").reshape(-1, 2)
    high, low = halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)
    ascending = (high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))
    if ascending.all():
        return False
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    return bool(((high[1:] == high[:-1]) & (low[1:] == low[:-1])).any())


def _known(ledgers: Ledgers, place: NDArray[np.intp], numbers: Integers) -> bool:
    if not len(ledgers.number) or int(place.max()) >= len(ledgers.number):
        return False
    return bool((ledgers.number[place] == numbers).all())


def _sum(place: NDArray[np.intp], amount: Integers, count: int) -> Integers:
    """Sums amounts by account, in integers: a sum in floats would lose the last units."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, place, amount)
    return total


def _payable(ledgers: Ledgers, out_of: Integers) -> bool:
    """Says whether every limited account could pay all before anything comes in."""
    limited = ledgers.limited & (out_of > 0)
    # Below the floor already is possible for nobody, so no difference here passes 2^63.
    left = ledgers.credits - ledgers.debits - ledgers.debits_pending - ledgers.floor
    return bool((left[limited] >= out_of[limited]).all())


def _countable(ledgers: Ledgers, out_of: Integers, into: Integers) -> bool:
    """Says whether every counter stays below 2^63."""
    spent = ledgers.debits + ledgers.debits_pending
    return bool((spent <= LARGEST - out_of).all() and (ledgers.credits <= LARGEST - into).all())
