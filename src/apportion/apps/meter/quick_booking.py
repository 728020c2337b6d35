"""Uses into the books as columns: the transfers at once, the charges at the driver's speed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.actions import insert_rows, number_accounts, post_columns
from apportion.apps.ledger.queries import tip
from apportion.apps.meter.models import Charge
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.ledger.columns import Columns, ids_column
from apportion.core.ledger.leaf import NO_ID
from apportion.core.meter.plain import Use
from apportion.core.meter.tariff import DAY

if TYPE_CHECKING:
    from apportion.apps.meter.actions import Call

LONGEST_USER, LONGEST_JOB, LONGEST_NAME, LONGEST_STATE = 120, 120, 200, 20
EPOCH = date(1970, 1, 1)
Leg = tuple[bytes, Key, Key, int, int, int]  # id, debit, credit, amount, effective_us, place
COLUMNS = (
    "key",
    "source_id",
    "project_id",
    "account",
    "user",
    "job",
    "name",
    "state",
    "resource",
    "size",
    "submitted_at",
    "started_at",
    "ended_at",
    "unit_seconds",
    "overrun_seconds",
    "microcredits",
    "refunded_seconds",
    "is_open",
)


def post_uses(uses: Sequence[Use], paid: Sequence[int], *, source: int, call: "Call") -> None:
    """Posts uses, of which `paid` says what their accounts pay, and writes their charges.

    Shape: in order of time; `source` is the key of the import's row.
    """
    legs = [leg for use, share in zip(uses, paid, strict=True) for leg in _legs(use, share)]
    if not legs:
        return
    columns = _columns(legs, closed_before_us=tip().closed_before_us)
    post_columns(columns, now=call.now, actor=call.actor, memo=f"usage import {source}")
    projects = {slug: project.pk for slug, project in projects_by_slug().items()}
    _insert(_charge_rows(uses, paid, source=source, projects=projects))


def _columns(legs: Sequence[Leg], *, closed_before_us: int | None) -> Columns:
    ids, debits, credits_, amounts, effective, places = zip(*legs, strict=True)
    numbers = number_accounts({*debits, *credits_})
    effective_us = np.array(effective, dtype=np.int64)
    code = np.full(len(legs), TransferCode.SETTLE.number, dtype=np.int64)
    if closed_before_us is not None:  # usage of a closed period posts to the open one
        late = effective_us < closed_before_us
        effective_us[late], code[late] = closed_before_us, TransferCode.LATE.number
    return Columns(
        id=ids_column(ids),
        debit=np.array([numbers[key] for key in debits], dtype=np.int64),
        credit=np.array([numbers[key] for key in credits_], dtype=np.int64),
        amount=np.array(amounts, dtype=np.int64),
        effective_us=effective_us,
        code=code,
        leg=np.array(places, dtype=np.int64),
        expires_us=np.zeros(len(legs), dtype=np.int64),
        about=ids_column([NO_ID] * len(legs)),
    )


def _legs(use: Use, share: int) -> Iterator[Leg]:
    amount, payer, consumer = use.unit_seconds, use.payer, use.consumer
    at_us = (use.ended_at * 1000 - use.is_cut) * 1000
    is_split = 0 < share < amount
    if share:
        yield use.id, payer, consumer, share, at_us, int(is_split)
    if share < amount:
        beyond = Key(Kind.OVERRUN, use.project, use.resource)
        rest = transfer_id(use.started_at * 1000, f"{use.key}/overrun")
        yield rest, beyond, consumer, amount - share, at_us, 2 if is_split else 0


def _charge_rows(
    uses: Sequence[Use], paid: Sequence[int], *, source: int, projects: Mapping[str, int]
) -> Iterator[tuple[object, ...]]:
    stamp = _Stamps(offset="+00" if connection.vendor == "postgresql" else "")
    for use, share in zip(uses, paid, strict=True):
        used = use.unit_seconds
        yield (
            use.id,
            source,
            projects[use.project] if use.project else None,
            use.account,
            use.user[:LONGEST_USER],
            use.job[:LONGEST_JOB],
            use.name[:LONGEST_NAME],
            use.state[:LONGEST_STATE],
            use.resource,
            use.size,
            stamp.write(use.submitted_at),
            stamp.write(use.started_at),
            stamp.write(use.ended_at),
            used,
            used - share,
            use.microcredits,
            0,
            use.is_open,
        )


class _Stamps:
    """Instants as both databases read them; Django's own way looks at each a second time."""

    def __init__(self, *, offset: str) -> None:
        self.days: dict[int, str] = {}
        clock = range(60)
        self.hours = [f"{hour:02}:{minute:02}:" for hour in range(24) for minute in clock]
        self.seconds = [f"{second:02}{offset}" for second in clock]

    def write(self, epoch: int) -> str:
        """Writes an instant of epoch seconds."""
        day, second = divmod(epoch, DAY)
        written = self.days.get(day)
        if written is None:
            written = self.days[day] = f"{EPOCH + timedelta(days=day)} "
        minute, rest = divmod(second, 60)
        return written + self.hours[minute] + self.seconds[rest]


def _insert(rows: Iterator[tuple[object, ...]]) -> None:
    if connection.vendor == "postgresql":
        insert_rows(Charge, COLUMNS, list(rows))
        return
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    marks = ", ".join("?" * len(COLUMNS))
    table = Charge._meta.db_table  # noqa: SLF001  Django's own name for it
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names are ours
    # Straight to the driver: Django would look at each row again.
    with connection.wrap_database_errors:
        connection.connection.executemany(sql, rows)
