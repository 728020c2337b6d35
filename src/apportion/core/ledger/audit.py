"""What an audit finds: counters added up anew from transfers, and rows that are not what was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.core.ledger.columns import Columns, Integers
from apportion.core.ledger.leaf import NO_ID
from apportion.core.ledger.transfers import BY_NUMBER, RELEASES, TransferCode

HOLD, REVERSE = TransferCode.HOLD.number, TransferCode.REVERSE.number
NO_MOVE = np.zeros(256, dtype=np.bool_)
NO_MOVE[[code.number for code in (*RELEASES, TransferCode.HOLD)]] = True
RELEASE_NUMBERS = frozenset(code.number for code in RELEASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which the books are not what they were: where, what they say, what it should be."""

    table: str
    row: str
    field: str
    said: str
    recomputed: str

    def __str__(self) -> str:
        what = f"{self.table}, {self.row}: {self.field} says {self.said}"
        return f"{what}, recomputed {self.recomputed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold as its transfer has it. Units: amount in base units, expires_us in epoch microseconds."""

    seq: int
    debit: int
    credit: int
    amount: int
    expires_us: int


@dataclass(slots=True, kw_only=True)
class Fold:
    """The counters of all accounts, added up from zero, chunk after chunk.

    Shape: `number` ascends; the four columns go with it. `holds` maps a hold's id to it, and
        `resolved` to the seq of what resolved it.
    """

    number: Integers
    debits: Integers
    credits: Integers
    debits_pending: Integers
    credits_pending: Integers
    holds: dict[bytes, Held] = field(default_factory=dict)
    resolved: dict[bytes, int] = field(default_factory=dict)
    reversals: dict[bytes, tuple[int, int, int, int]] = field(default_factory=dict)


def start_fold(number: Integers) -> Fold:
    """Starts with every counter at zero; `number` ascends."""
    zeros = [np.zeros(len(number), dtype=np.int64) for _ in range(4)]
    return Fold(
        number=number,
        debits=zeros[0],
        credits=zeros[1],
        debits_pending=zeros[2],
        credits_pending=zeros[3],
    )


def fold_columns(
    fold: Fold, columns: Columns, *, seq: Integers, recorded_us: Integers
) -> list[Difference]:
    """Adds transfers up, in the order of the journal; lists what breaks a rule among them."""
    debit, debit_known = _find(fold.number, columns.debit)
    credit, credit_known = _find(fold.number, columns.credit)
    known = debit_known & credit_known
    found = [
        _differs(int(seq[at]), "account", f"{columns.debit[at]}, {columns.credit[at]}", "none such")
        for at in np.flatnonzero(~known)
    ]
    plain = known & ~NO_MOVE[columns.code & 255]
    np.add.at(fold.debits, debit[plain], columns.amount[plain])
    np.add.at(fold.credits, credit[plain], columns.amount[plain])
    special = known & ((columns.code == HOLD) | (columns.about != np.void(NO_ID)))
    for at in np.flatnonzero(special).tolist():
        found += _fold_special(fold, columns, at, int(seq[at]), int(recorded_us[at]))
    return found


def pending_left(fold: Fold) -> None:
    """Adds the holds that nothing resolved to the pending counters; the last step of a fold."""
    for name, held in fold.holds.items():
        if name not in fold.resolved:
            for column, number in (
                (fold.debits_pending, held.debit),
                (fold.credits_pending, held.credit),
            ):
                column[np.searchsorted(fold.number, number)] += held.amount


def _fold_special(
    fold: Fold, columns: Columns, at: int, seq: int, recorded_us: int
) -> Iterator[Difference]:
    """Remembers a hold; checks what resolves one, and what reverses a transfer."""
    code, amount = int(columns.code[at]), int(columns.amount[at])
    debit, credit = int(columns.debit[at]), int(columns.credit[at])
    if code == HOLD:
        held = Held(
            seq=seq,
            debit=debit,
            credit=credit,
            amount=amount,
            expires_us=int(columns.expires_us[at]),
        )
        fold.holds[columns.id[at].tobytes()] = held
        return
    about = columns.about[at].tobytes()
    if code == REVERSE:
        fold.reversals[about] = (seq, debit, credit, amount)
        return
    hold = fold.holds.get(about)
    if hold is None:
        yield _differs(seq, "about", about.hex(), "no hold before it")
        return
    if about in fold.resolved:
        yield _differs(seq, "about", about.hex(), f"resolved before, at seq {fold.resolved[about]}")
        return
    fold.resolved[about] = seq
    if (debit, credit) != (hold.debit, hold.credit):
        yield _differs(seq, "account", f"{debit}, {credit}", f"{hold.debit}, {hold.credit}")
    if amount > hold.amount or (code in RELEASE_NUMBERS and amount != hold.amount):
        yield _differs(seq, "amount", str(amount), f"{hold.amount} held")
    if code not in RELEASE_NUMBERS and recorded_us >= hold.expires_us:
        yield _differs(seq, "about", about.hex(), f"a hold that ended at {hold.expires_us}")


def _find(
    numbers: Integers, wanted: Integers
) -> tuple[NDArray[np.integer[Any]], NDArray[np.bool_]]:
    """Gives the place of each wanted number among those that ascend, and whether it is one of them."""
    if not len(numbers):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    if numbers[0] == 1 and numbers[-1] == len(numbers):  # as the writer numbers accounts
        place: NDArray[np.integer[Any]] = np.clip(wanted - 1, 0, len(numbers) - 1)
    else:
        place = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    known: NDArray[np.bool_] = numbers[place] == wanted
    return place, known


def _differs(seq: int, name: str, said: str, recomputed: str) -> Difference:
    row = f"seq {seq}"
    return Difference(
        table="ledger_transfer", row=row, field=name, said=said, recomputed=recomputed
    )


def code_name(number: Any) -> str:
    """Names a transfer's code; an unknown number stands for itself."""
    code = BY_NUMBER.get(int(number))
    return code.value if code else str(number)
