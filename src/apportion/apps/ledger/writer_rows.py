"""Rows by the thousand, at the speed of the driver: binary COPY on PostgreSQL, executemany on SQLite.

The ORM's bulk path is several times slower.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

from apportion.apps.ledger.models import Account, Transfer
from apportion.core.ledger import Counters
from apportion.core.ledger.columns import ID, Columns, Integers
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
FEW = 4  # rows up to which a plain statement is quicker than a COPY
PART = 1_536  # transfers handed over at a time: about what a socket takes without waiting
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
    """What accounts' counters grow by, as columns; those that do not grow may be absent."""

    number: NDArray[np.int64]
    debits: NDArray[np.int64] | None = None
    credits: NDArray[np.int64] | None = None
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
    """Inserts many rows of a table; their values must be what the driver takes, or datetimes."""
    if not rows:
        return
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)  # noqa: SLF001  Django's own name for it
    if connection.vendor == "postgresql" and len(rows) > FEW:
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names are ours
    adapt = connection.ops.adapt_datetimefield_value
    adapted: list[tuple[Any, ...]] = [
        tuple(adapt(value) if isinstance(value, datetime) else value for value in row)
        for row in rows
    ]
    with connection.cursor() as cursor:
        if len(adapted) == 1:
            cursor.execute(sql, adapted[0])
        else:
            cursor.executemany(sql, adapted)


def insert_transfers(
    columns: Columns, *, first_seq: int, posting: Integers, meanwhile: Callable[[int, int], None]
) -> None:
    """Inserts transfers, part by part, and calls `meanwhile` with the places of each part.

    PostgreSQL's server takes a part in while the call runs.

    Raises: IntegrityError where an id stands in the books.
    """
    names = ", ".join(TRANSFER_COLUMNS)
    table = Transfer._meta.db_table  # noqa: SLF001  Django's own name for it
    parts = [(at, min(at + PART, len(columns))) for at in range(0, len(columns), PART)]
    if connection.vendor == "postgresql":
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.write(COPY_HEAD)
            for start, end in parts:
                copy.write(
                    _copy_rows(
                        columns.part(start, end), first_seq + start, _of(posting, start, end)
                    )
                )
                meanwhile(start, end)
            copy.write(COPY_TAIL)
        return
    marks = ", ".join("?" * len(TRANSFER_COLUMNS))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  names are ours
    for start, end in parts:
        rows = _tuples(columns.part(start, end), first_seq + start, _of(posting, start, end))
        # Straight to the driver: Django would look at each row again.
        with connection.wrap_database_errors:
            connection.connection.executemany(sql, rows)
        meanwhile(start, end)


def add_counters(growth: Growth) -> None:
    """Adds to counters of accounts, in one statement; columns that are absent stay as they are.

    Raises: IntegrityError where an account would fall below its floor.
    """
    parts = {name: getattr(growth, name) for name in COUNTERS}
    columns = {name: part for name, part in parts.items() if part is not None}
    if not len(growth.number) or not columns:
        return
    table = Account._meta.db_table  # noqa: SLF001  Django's own name for it
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f"{name} = a.{name} + g.{name}" for name in columns)
            casts = ", ".join(["%s::int[]", *["%s::bigint[]"] * len(columns)])
            cursor.execute(
                f"UPDATE {table} a SET {sets} FROM unnest({casts}) "  # noqa: S608  names are ours
                f"AS g(number, {', '.join(columns)}) WHERE a.id = g.number",
                [array_text(part) for part in (growth.number, *columns.values())],
            )
        else:
            sets = ", ".join(f"{name} = {name} + %s" for name in columns)
            rows = zip(*(c.tolist() for c in (*columns.values(), growth.number)), strict=True)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", list(rows))  # noqa: S608  as above


def array_text(numbers: NDArray[np.int64]) -> str:
    """Writes integers as PostgreSQL's array; the driver's own way looks at each of them."""
    return "{" + ",".join(map(str, numbers.tolist())) + "}"


def _of(posting: Integers, start: int, end: int) -> Integers:
    """Gives the postings of some transfers; one number stands for all."""
    return posting if len(posting) == 1 else posting[start:end]


def _copy_rows(columns: Columns, first_seq: int, posting: Integers) -> bytes:
    rows = np.empty(len(columns), dtype=ROW)
    rows["fields"] = len(TRANSFER_COLUMNS)
    rows["seq"] = np.arange(first_seq, first_seq + len(columns))
    rows["posting"], rows["about_bytes"] = posting, -1
    for name in ("id", "amount", "effective_us", "debit", "credit", "code", "leg"):
        rows[name] = getattr(columns, name)
    for name in ROW.names or ():
        if name.endswith("_bytes") and name != "about_bytes":
            rows[name] = rows.dtype[name.removesuffix("_bytes")].itemsize
    return _with_abouts(rows, columns) if columns.about_any else rows.tobytes()


def _with_abouts(rows: NDArray[Any], columns: Columns) -> bytes:
    """Gives each row that is about another transfer its id; the others keep their null."""
    longer = np.empty(len(rows), dtype=ROW_ABOUT)
    longer["row"], longer["about"] = rows, columns.about
    longer["row"]["about_bytes"] = ID.itemsize
    return b"".join(
        rows[place].tobytes() if about == NO_ID else longer[place].tobytes()
        for place, about in enumerate(columns.about.tolist())
    )


def _tuples(columns: Columns, first_seq: int, posting: Integers) -> Iterator[tuple[object, ...]]:
    count = len(columns)
    abouts = [None if about == NO_ID else about for about in columns.about.tolist()]
    return zip(
        range(first_seq, first_seq + count),
        columns.id.tolist(),
        columns.amount.tolist(),
        columns.effective_us.tolist(),
        columns.debit.tolist(),
        columns.credit.tolist(),
        posting.tolist() if len(posting) > 1 else posting.tolist() * count,
        columns.code.tolist(),
        columns.leg.tolist(),
        abouts,
        strict=True,
    )
