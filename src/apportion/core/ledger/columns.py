"""Batches as columns: what a batch takes and gives in all, and its leaves, without a loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
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


MANY_ACCOUNTS = 10_000_000  # beyond, a table of all numbers would be larger than sorting them


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

    @property
    def about_any(self) -> bool:
        """Says whether any transfer is about another one."""
        return bool(np.ascontiguousarray(self.about).view(np.uint64).any())

    def part(self, start: int, end: int) -> "Columns":
        """Gives some of the transfers, in place."""
        return Columns(**{each.name: getattr(self, each.name)[start:end] for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a batch takes from accounts and what it gives to accounts.

    Shape: the numbers of accounts ascend; each list of numbers has its amounts beside it.
    """

    debited: Integers
    debits: Integers
    credited: Integers
    credits: Integers
    total: int

    def numbers(self) -> Integers:
        """Lists every account that the batch touches."""
        return np.union1d(self.debited, self.credited)


def sum_plain(columns: Columns, *, closed_before_us: int | None) -> Sums | None:
    """Sums a batch of plain transfers, or gives None where it is for the exact rules.

    Where every account can pay its sum before anything comes in, is open and counts one unit with
    its partners, and no id stands in the books, the batch is acceptable in any order: the writer
    lets the database's own constraints say so.
    """
    if not _well_formed(columns, closed_before_us) or _repeats(columns.id):
        return None
    total = int(columns.amount.sum())
    debited, debits = _sum(columns.debit, columns.amount)
    credited, credits_ = _sum(columns.credit, columns.amount)
    return Sums(debited=debited, debits=debits, credited=credited, credits=credits_, total=total)


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
) -> NDArray[np.uint8]:
    """Writes the leaves, each with the prefix that is hashed before it.

    Shape: (n, HASHED_BYTES). `recorded_us` and `words` are one for all, or one each.
    """
    leaves = np.empty(len(columns), dtype=LEAF)
    leaves["prefix"], leaves["version"] = 0, VERSION
    leaves["seq"], leaves["recorded_us"], leaves["words"] = seq, recorded_us, words
    for name in ("code", "leg", "debit", "credit", "amount", "effective_us", "expires_us"):
        leaves[name] = getattr(columns, name)
    leaves["id"], leaves["about"] = columns.id, columns.about
    return leaves.view(np.uint8).reshape(-1, HASHED_BYTES)


def _well_formed(columns: Columns, closed_before_us: int | None) -> bool:
    size = len(columns)
    if not size or SPECIAL[columns.code].any() or columns.about_any:
        return False
    if (
        columns.expires_us.any()
        or columns.amount.min() <= 0
        or int(columns.amount.max()) * size > LARGEST
    ):
        return False
    if (columns.debit == columns.credit).any() or min(
        columns.debit.min(), columns.credit.min()
    ) < 1:
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


def _sum(account: Integers, amount: Integers) -> tuple[Integers, Integers]:
    """Sums amounts by account, in integers: a sum in floats would lose the last units."""
    largest = int(account.max())
    if largest > MANY_ACCOUNTS:
        numbers, place = np.unique(account, return_inverse=True)
        sums = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(sums, place, amount)
        return numbers, sums
    sums = np.zeros(largest + 1, dtype=np.int64)
    np.add.at(sums, account, amount)
    numbers = np.flatnonzero(sums)  # amounts are above zero, so every account named is found
    return numbers, sums[numbers]
