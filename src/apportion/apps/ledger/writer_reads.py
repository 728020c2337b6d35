"""What the writer asks of the books before it decides: rows to facts of the rules."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apportion.apps.ledger.models import Account, Hold, Transfer
from apportion.apps.ledger.queries import BATCH, key_of
from apportion.apps.ledger.writer_rows import array_text
from apportion.core.ledger import Account as Facts
from apportion.core.ledger import Counters, Key, Standing, TransferCode
from apportion.core.ledger import Transfer as Leg
from apportion.core.ledger.columns import Columns, Sums
from apportion.core.ledger.guards import LARGEST

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The accounts that a batch names and that exist, and their numbers."""

    accounts: dict[Key, Facts]
    numbers: dict[Key, int]


ACCOUNT = (
    "kind, owner, unit, id, floor, debits, credits, debits_pending, credits_pending, closed_at"
)


def read_accounts(keys: Collection[Key]) -> Found:
    """Reads accounts as the rules know them."""
    wanted, accounts, numbers = set(keys), dict[Key, Facts](), dict[Key, int]()
    kinds = {key.kind.value: key.kind for key in wanted}
    for owners in _parts({key.owner for key in wanted}):
        for row in _named_accounts(list(kinds), owners):
            kind, owner, unit, number, floor, debits, credits_, out_of, into, closed_at = row
            key = Key(kinds[kind], owner, unit)
            if key in wanted:
                numbers[key] = number
                counters = Counters(
                    debits=debits, credits=credits_, debits_pending=out_of, credits_pending=into
                )
                accounts[key] = Facts(
                    key=key, floor=floor, counters=counters, closed=closed_at is not None
                )
    return Found(accounts=accounts, numbers=numbers)


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
        if taken := _taken_ids(part):
            found = Transfer.objects.filter(transfer_id__in=taken)
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


def fits(columns: Columns, sums: Sums, *, now_us: int) -> bool:
    """Says whether the accounts of a batch are open, of one unit leg by leg, and can count it.

    Neither does one where a hold on them is due: the exact rules release it first.
    """
    numbers = sums.numbers()
    holds = Hold._meta.db_table  # noqa: SLF001  Django's own name for it
    ended = f"SELECT count(*) FROM {holds} WHERE open AND expires_us <= {now_us:d}"  # noqa: S608  our own name, and an integer
    facts = "count(*), min(unit), max(unit), max(debits + debits_pending), max(credits)"
    found, least_unit, last_unit, debits, credits_, due = _one(f"{facts}, ({ended})", numbers)
    if found != len(numbers) or max(debits, credits_) + sums.total > LARGEST:
        return False
    if due and due_holds(now_us=now_us, accounts=set(numbers.tolist())):
        return False
    if least_unit == last_unit:
        return True
    units = dict(_all("id, unit", numbers))
    return all(
        units[debit] == units[credit]
        for debit, credit in set(zip(columns.debit.tolist(), columns.credit.tolist(), strict=True))
    )


def _named_accounts(kinds: list[str], owners: list[str]) -> list[tuple[Any, ...]]:
    """Reads the accounts of some kinds and owners: two parameters, however many are asked for."""
    table = Account._meta.db_table  # noqa: SLF001  Django's own name for it
    asked: list[Any] = [kinds, owners]
    which = "kind = ANY(%s) AND owner = ANY(%s)"
    if connection.vendor == "sqlite":
        asked = [json.dumps(names) for names in (kinds, owners)]
        one_of = "IN (SELECT value FROM json_each(%s))"
        which = f"kind {one_of} AND owner {one_of}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ACCOUNT} FROM {table} WHERE {which}", asked)  # noqa: S608  names are ours
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _taken_ids(ids: Iterable[bytes]) -> list[bytes]:
    """Says which ids stand in the books; most of what is posted is new, and so none does."""
    table = Transfer._meta.db_table  # noqa: SLF001  Django's own name for it
    if connection.vendor == "postgresql":
        listed = ",".join(one.hex() for one in ids)
        which = f"= ANY('{{{listed}}}'::uuid[])"
    else:
        listed = ",".join(f"x'{one.hex()}'" for one in ids)
        which = f"IN ({listed})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT transfer_id FROM {table} WHERE transfer_id {which}")  # noqa: S608  hexadecimal digits alone
        return [getattr(one, "bytes", one) for (one,) in cursor.fetchall()]


def _one(what: str, numbers: NDArray[np.int64]) -> tuple[Any, ...]:
    return _all(what, numbers)[0]


def _all(what: str, numbers: NDArray[np.int64]) -> list[tuple[Any, ...]]:
    """Reads open accounts by number: one parameter, as a list would be looked at one by one."""
    table = Account._meta.db_table  # noqa: SLF001  Django's own name for it
    if connection.vendor == "postgresql":
        which, asked = "id = ANY(%s::int[])", array_text(numbers)
    else:
        which, asked = "id IN (SELECT value FROM json_each(%s))", str(numbers.tolist())
    with connection.cursor() as cursor:
        sql = f"SELECT {what} FROM {table} WHERE {which} AND closed_at IS NULL"  # noqa: S608  names are ours
        cursor.execute(sql, [asked])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


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
