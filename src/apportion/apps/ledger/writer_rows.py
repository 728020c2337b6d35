"""Rows by the thousand, at the speed of the driver: binary COPY on PostgreSQL, executemany on SQLite.

The ORM's bulk path is several times slower.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from apportion.apps.ledger.models import Account, Transfer
from apportion.core.ledger import Counters
from apportion.core.ledger.columns import ID, Columns
from apportion.core.ledger.leaf import NO_ID

TRANSFER_COLUMNS = (
    "seq",
    "transfer_id",
    "amount",
    "effective_us",
    "debit_id",
    "credit_id",
    "posting_id",
    "code",
    "leg",
    "about",
)
COUNTERS = ("debits", "credits", "debits_pending", "credits_pending")
COPY_HEAD, COPY_TAIL = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
# One row of COPY's binary form: how many fields, then each with its length before it.
ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, width, shape in (
            ("seq", 8, ">i8"),
            ("id", 16, ID),
            ("amount", 8, ">i8"),
            ("effective_us", 8, ">i8"),
            ("debit", 4, ">i4"),
            ("credit", 4, ">i4"),
            ("posting", 4, ">i4"),
            ("code", 2, ">i2"),
            ("leg", 2, ">i2"),
        )
        for part in ((f"{name}_bytes", ">i4"), (name, shape))
    ]
    + [("about_bytes", ">i4")]
)
ROW_ABOUT = np.dtype([("row", ROW), ("about", ID)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What accounts' counters grow by, as columns; the pending ones may be absent."""

    number: NDArray[np.int64]
    debits: NDArray[np.int64]
    credits: NDArray[np.int64]
    debits_pending: NDArray[np.int64] | None = None
    credits_pending: NDArray[np.int64] | None = None


def grow_counters(changes: Mapping[int, Counters]) -> Growth:
    """Makes columns of what accounts, by number, grow by."""
    ordered = sorted(changes.items())

    def column(name: str) -> NDArray[np.int64]:
        return np.array([getattr(change, name) for _, change in ordered], dtype=np.int64)

    return Growth(
        number=np.array([number for number, _ in ordered], dtype=np.int64),
        **{name: column(name) for name in COUNTERS},
    )


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Inserts many rows of a table.

    Datetimes are adapted to the database; everything else must be what the driver takes.
    """
    if not rows:
        return
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)  # noqa: SLF001  Django's own name for it
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names are ours
    adapted: list[tuple[Any, ...]] = [
        tuple(adapt(value) if isinstance(value, datetime) else value for value in row)
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, adapted)


@contextmanager
def insert_transfers(columns: Columns, *, first_seq: int, posting: int) -> Iterator[None]:
    """Inserts transfers; on PostgreSQL the server takes them in while the caller goes on.

    Raises: IntegrityError where an id stands in the books, on entering or on leaving.
    """
    names = ", ".join(TRANSFER_COLUMNS)
    table = Transfer._meta.db_table  # noqa: SLF001  Django's own name for it
    if connection.vendor == "postgresql":
        buffer = _copy_rows(columns, first_seq, posting)
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.write(COPY_HEAD)
            copy.write(buffer)
            copy.write(COPY_TAIL)
            yield
        return
    marks = ", ".join("?" * len(TRANSFER_COLUMNS))
    # Straight to the driver: Django would look at each row again.
    with connection.wrap_database_errors:
        connection.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608  names are ours
            _tuples(columns, first_seq, posting),
        )
    yield


def add_counters(growth: Growth) -> None:
    """Adds to the counters of accounts, in one statement."""
    if not len(growth.number):
        return
    parts = {name: getattr(growth, name) for name in COUNTERS}
    columns = {name: part.tolist() for name, part in parts.items() if part is not None}
    table = Account._meta.db_table  # noqa: SLF001  Django's own name for it
    numbers = growth.number.tolist()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f"{name} = a.{name} + g.{name}" for name in columns)
            casts = ", ".join(["%s::int[]", *["%s::bigint[]"] * len(columns)])
            cursor.execute(
                f"UPDATE {table} a SET {sets} FROM unnest({casts}) "  # noqa: S608  names are ours
                f"AS g(number, {', '.join(columns)}) WHERE a.id = g.number",
                [numbers, *columns.values()],
            )
        else:
            sets = ", ".join(f"{name} = {name} + %s" for name in columns)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE id = %s",  # noqa: S608  names are ours
                list(zip(*columns.values(), numbers, strict=True)),
            )


def _copy_rows(columns: Columns, first_seq: int, posting: int) -> bytes:
    rows = np.empty(len(columns), dtype=ROW)
    rows["fields"] = len(TRANSFER_COLUMNS)
    rows["seq"] = np.arange(first_seq, first_seq + len(columns))
    rows["posting"], rows["about_bytes"] = posting, -1
    for name in ("id", "amount", "effective_us", "debit", "credit", "code", "leg"):
        rows[name] = getattr(columns, name)
    for name in ROW.names or ():
        if name.endswith("_bytes") and name != "about_bytes":
            rows[name] = rows.dtype[name.removesuffix("_bytes")].itemsize
    return _with_abouts(rows, columns) if columns.about.tobytes().strip(b"\0") else rows.tobytes()


def _with_abouts(rows: NDArray[Any], columns: Columns) -> bytes:
    """Gives each row that is about another transfer its id; the others keep their null."""
    longer = np.empty(len(rows), dtype=ROW_ABOUT)
    longer["row"], longer["about"] = rows, columns.about
    longer["row"]["about_bytes"] = ID.itemsize
    return b"".join(
        rows[place].tobytes() if about == NO_ID else longer[place].tobytes()
        for place, about in enumerate(columns.about.tolist())
    )


def _tuples(columns: Columns, first_seq: int, posting: int) -> Iterator[tuple[object, ...]]:
    count = len(columns)
    abouts = [None if about == NO_ID else about for about in columns.about.tolist()]
    return zip(
        range(first_seq, first_seq + count),
        columns.id.tolist(),
        columns.amount.tolist(),
        columns.effective_us.tolist(),
        columns.debit.tolist(),
        columns.credit.tolist(),
        [posting] * count,
        columns.code.tolist(),
        columns.leg.tolist(),
        abouts,
        strict=True,
    )
