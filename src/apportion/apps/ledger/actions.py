"""The one writer of the books: batches of transfers, and seals of what is not a transfer.

Both go through the locked tip row, which orders all writers, and both are sealed into the
journal in the same transaction: there is no moment at which a row stands unsealed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from apportion.apps.ledger.models import Account, Leaf, Tip, Transfer
from apportion.apps.ledger.queries import find_accounts, find_payloads
from apportion.core import journal
from apportion.core.ledger import Key, Posted, payload, post_batch
from apportion.core.ledger import Transfer as Leg
from apportion.core.refusals import Refused
from apportion.core.windows import from_epoch


def post_transfers(
    legs: Sequence[Leg], *, now: datetime, actor: str, partial: bool = False
) -> Posted:
    """Posts a batch. Legs of one group stand together in the batch and are taken or left whole.

    With `partial` the accepted groups stand although others are refused; without it any refusal
    undoes the batch.

    Refuses: what core.ledger.post_batch refuses.
    """
    with transaction.atomic():
        tip = lock_tip()
        accounts = _open_accounts(key for leg in legs for key in (leg.debit, leg.credit))
        posted = post_batch(
            legs,
            balances={key: row.balance for key, row in accounts.items()},
            known=find_payloads([leg.id for leg in legs]),
            closed=frozenset(key for key, row in accounts.items() if row.closed_at is not None),
        )
        if posted.refusals and not partial:
            raise Refused(posted.refusals)
        if posted.accepted:
            _write(posted, accounts, tip, now=now, actor=actor)
    return posted


def seal(kind: str, subject: str, record: bytes) -> int:
    """Adds one record that is not a transfer to the journal; gives its index.

    Call it inside the transaction that stores the record itself.
    """
    with transaction.atomic():
        tip = lock_tip()
        index = tip.size
        _append_leaves(tip, [(kind, subject, journal.hash_leaf(record))])
        tip.save(update_fields=["size", "frontier"])
    return index


def lock_tip() -> Tip:
    """Locks the tip until the transaction ends; two writers never pass here at once."""
    Tip.objects.get_or_create(pk=1)
    return Tip.objects.select_for_update().get(pk=1)


def _open_accounts(keys: Iterable[Key]) -> dict[Key, Account]:
    wanted = set(keys)
    found = find_accounts(wanted)
    missing = sorted(wanted - set(found))
    if missing:
        Account.objects.bulk_create(
            [Account(kind=k.kind, owner=k.owner, unit=k.unit, floor=k.kind.floor) for k in missing]
        )
        found = find_accounts(wanted)
    return found


def _write(
    posted: Posted, accounts: Mapping[Key, Account], tip: Tip, *, now: datetime, actor: str
) -> None:
    rows = [
        (
            tip.seq + place,
            leg.id,
            leg.group,
            accounts[leg.debit].pk,
            accounts[leg.credit].pk,
            leg.amount,
            leg.code.value,
            leg.source,
            actor,
            from_epoch(leg.effective_ms // 1000).replace(
                microsecond=leg.effective_ms % 1000 * 1000
            ),
            now,
        )
        for place, leg in enumerate(posted.accepted, start=1)
    ]
    insert_rows(Transfer._meta.db_table, TRANSFER_COLUMNS, rows)  # noqa: SLF001  Django's own name for it
    for key, (debited, credited) in posted.changes.items():
        Account.objects.filter(pk=accounts[key].pk).update(
            debits=F("debits") + debited, credits=F("credits") + credited
        )
    _append_leaves(
        tip,
        [("transfer", leg.source, journal.hash_leaf(payload(leg))) for leg in posted.accepted],
    )
    tip.seq += len(posted.accepted)
    tip.save(update_fields=["seq", "size", "frontier"])


TRANSFER_COLUMNS = (
    "seq",
    "transfer_id",
    "group",
    "debit_id",
    "credit_id",
    "amount",
    "code",
    "source",
    "actor",
    "effective_at",
    "recorded_at",
)


def _append_leaves(tip: Tip, leaves: Sequence[tuple[str, str, bytes]]) -> None:
    rows = [
        (tip.size + place, kind, subject, leaf)
        for place, (kind, subject, leaf) in enumerate(leaves)
    ]
    insert_rows(Leaf._meta.db_table, ("index", "kind", "subject", "hash"), rows)  # noqa: SLF001  as above
    tip.size, tip.frontier = journal.extend(
        tip.size, bytes(tip.frontier), (leaf for _, _, leaf in leaves)
    )


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Inserts many rows at the speed of the driver; the ORM's bulk path is several times slower.

    Datetimes are adapted to the database; everything else must be what the driver takes.
    """
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"  # noqa: S608  names are ours
    adapted: list[tuple[Any, ...]] = [
        tuple(adapt(value) if isinstance(value, datetime) else value for value in row)
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, adapted)
