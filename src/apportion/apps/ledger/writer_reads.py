"""What the writer asks of the books before it decides: rows to facts of the rules."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from apportion.apps.ledger.models import Account, Hold, Transfer
from apportion.apps.ledger.queries import BATCH, key_of
from apportion.core.ledger import Account as Facts
from apportion.core.ledger import Counters, Standing, TransferCode
from apportion.core.ledger import Transfer as Leg
from apportion.core.ledger.columns import Ledgers

T = TypeVar("T")


def account_of(row: Account) -> Facts:
    """Turns a row into the core's account."""
    counters = Counters(
        debits=row.debits,
        credits=row.credits,
        debits_pending=row.debits_pending,
        credits_pending=row.credits_pending,
    )
    closed = row.closed_at is not None
    return Facts(key=key_of(row), floor=row.floor, counters=counters, closed=closed)


def leg_of(row: Transfer, *, expires_us: int = 0) -> Leg:
    """Turns a row into the core's transfer, without its words."""
    return Leg(
        id=row.transfer_id,
        debit=key_of(row.debit),
        credit=key_of(row.credit),
        amount=row.amount,
        code=row.code,
        effective_us=row.effective_us,
        about=row.about,
        expires_us=expires_us,
    )


def find_standing(ids: Sequence[bytes], abouts: Sequence[bytes] = ()) -> dict[bytes, Standing]:
    """Finds what stands in the books under ids, and of `abouts` whether each was resolved."""
    rows: list[Transfer] = []
    for part in _parts({*ids, *abouts}):
        found = Transfer.objects.filter(transfer_id__in=part)
        rows.extend(found.select_related("debit", "credit").order_by())
    ends = _ends(row.seq for row in rows if row.code is TransferCode.HOLD)
    resolved: set[bytes] = set()
    for part in _parts(set(abouts)):
        done = Transfer.objects.filter(about__in=part).order_by()
        resolved.update(about for (about,) in done.values_list("about") if about is not None)
    return {
        row.transfer_id: Standing(
            seq=row.seq,
            leg=row.leg,
            transfer=leg_of(row, expires_us=ends.get(row.seq, 0)),
            resolved=row.transfer_id in resolved,
        )
        for row in rows
    }


def due_holds(*, now_us: int, accounts: Collection[int] | None = None) -> tuple[Leg, ...]:
    """Lists the open holds whose time is over, of some debited accounts or of all."""
    due = Hold.objects.filter(open=True, expires_us__lte=now_us).order_by("expires_us", "seq")
    wanted = [hold for hold in due if accounts is None or hold.debit_id in accounts]
    if not wanted:
        return ()
    rows: dict[bytes, Transfer] = {}
    for part in _parts({hold.hold_id for hold in wanted}):
        found = Transfer.objects.filter(transfer_id__in=part)
        rows |= {row.transfer_id: row for row in found.select_related("debit", "credit")}
    return tuple(leg_of(rows[hold.hold_id], expires_us=hold.expires_us) for hold in wanted)


def ledgers_of(numbers: NDArray[np.int64]) -> Ledgers:
    """Reads accounts as columns, by ascending number; those that do not exist are missing."""
    fields = ("id", "unit", "floor", "debits", "credits", "debits_pending", "closed_at")
    rows: list[tuple[Any, ...]] = []
    for part in _parts(set(numbers.tolist())):
        rows.extend(Account.objects.filter(pk__in=part).order_by().values_list(*fields))
    rows.sort(key=itemgetter(0))
    units = {unit: place for place, unit in enumerate({row[1] for row in rows})}
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    number, unit, floor, debits, credits_, pending, closed = columns
    return Ledgers(
        number=_column(number),
        unit=_column(units[one] for one in unit),
        limited=np.array([one is not None for one in floor], dtype=np.bool_),
        floor=_column(one or 0 for one in floor),
        debits=_column(debits),
        credits=_column(credits_),
        debits_pending=_column(pending),
        closed=np.array([one is not None for one in closed], dtype=np.bool_),
    )


def _ends(holds: Iterable[int]) -> dict[int, int]:
    """Reads when holds end, by their seq."""
    ends: dict[int, int] = {}
    for part in _parts(set(holds)):
        rows = Hold.objects.filter(seq__in=part).order_by()
        ends |= dict(rows.values_list("seq", "expires_us"))
    return ends


def _parts(values: Collection[T]) -> Iterator[list[T]]:
    """Splits what a statement asks for into what both databases take at once."""
    listed = list(values)
    for at in range(0, len(listed), BATCH):
        yield listed[at : at + BATCH]


def _column(values: Iterable[object]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)
