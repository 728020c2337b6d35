"""Reads the books for an audit, by the chunk and straight from the driver.

A chunk is read in one thread while the one before it is hashed in another: on SQLite one row's
fields are joined inside the database, on PostgreSQL they come by binary COPY.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apportion.apps.ledger.audit_rows import Beside, read_beside
from apportion.core.ledger.columns import ID

CHUNK = 2**16  # leaves read at a time; whole tiles, and one tile of the second level
PARTS = (
    ("seq", ">i8"),
    ("debit", ">i4"),
    ("credit", ">i4"),
    ("amount", ">i8"),
    ("effective_us", ">i8"),
    ("code", ">i2"),
    ("leg", ">i2"),
    ("posting", ">i4"),
    ("id", ID),
    ("about", ID),
)
PACKED = np.dtype(list(PARTS))
COPIED = np.dtype(
    [
        ("fields", ">i2"),
        *(part for name, kind in PARTS for part in ((f"{name}_bytes", ">i4"), (name, kind))),
    ]
)
COPY_HEAD_BYTES, COPY_TAIL_BYTES = 19, 2
NOTHING = "00000000000000000000000000000000"
FROM = "FROM ledger_transfer WHERE seq >= %s AND seq < %s"
SQLITE = f"""
SELECT count(*), group_concat(printf('%%016x%%08x%%08x%%016x%%016x%%04x%%04x%%08x%%s%%s',
seq, debit_id, credit_id, amount, effective_us, code, leg, posting_id, hex(transfer_id),
coalesce(nullif(hex(about), ''), '{NOTHING}')), '') FROM (SELECT * {FROM} ORDER BY seq)
"""  # noqa: S608  all of it is ours
POSTGRES = f"""
COPY (SELECT seq, debit_id, credit_id, amount, effective_us, code, leg, posting_id, transfer_id,
coalesce(about, '{NOTHING}'::uuid) {FROM}) TO STDOUT (FORMAT BINARY)
"""


class Malformed(Exception):
    """Rows of a chunk do not have the form that the writer gives them."""


def read_chunks(size: int) -> Iterator[tuple[int, int, NDArray[Any], Beside]]:
    """Gives the transfers of a journal of this size, chunk by chunk, ordered by seq.

    Shape: where the chunk begins and ends, its rows as PACKED names them, and what stands beside
        them. What has a seq below 0 or beyond the size comes last, in two chunks of its own.

    Raises: Malformed where a row has not the form that the writer gives it.
    """
    inside = [(low, min(low + CHUNK, size)) for low in range(0, size, CHUNK)]
    bounds = [*inside, (-(2**63), 0), (size, 2**63 - 1)]
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(_reader(), *bounds[0])
        for place, (low, high) in enumerate(bounds):
            rows = coming.result()
            beside = read_beside(low, high, rows)  # first, for the connection serves one at a time
            if place + 1 < len(bounds):
                coming = ahead.submit(_reader(), *bounds[place + 1])
            yield low, high, rows, beside


@contextmanager
def snapshot() -> Iterator[None]:
    """Lets everything inside see the books at one moment, and hinders no writer."""
    if connection.in_atomic_block:
        yield
        return
    postgres = connection.vendor == "postgresql"
    level = " ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgres else ""
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN{level}")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _reader() -> Callable[[int, int], NDArray[Any]]:
    """Gives what reads one chunk; the driver's own connection may be used from another thread."""
    connection.ensure_connection()
    read = _read_postgres if connection.vendor == "postgresql" else _read_sqlite
    return partial(read, connection.connection)


def _read_sqlite(raw: Any, low: int, high: int) -> NDArray[Any]:
    sql = SQLITE.replace("%%", "%").replace("= %s", "= ?").replace("< %s", "< ?")
    count, text = raw.execute(sql, (low, high)).fetchone()
    data = bytes.fromhex(text or "")
    if len(data) != count * PACKED.itemsize:
        raise Malformed(f"a transfer from seq {low} on has a field of another width")
    return np.frombuffer(data, dtype=PACKED)


def _read_postgres(raw: Any, low: int, high: int) -> NDArray[Any]:
    with raw.cursor() as cursor, cursor.copy(POSTGRES, (low, high)) as copy:
        data = b"".join(bytes(part) for part in copy)
    body = data[COPY_HEAD_BYTES:-COPY_TAIL_BYTES]
    if len(body) % COPIED.itemsize:
        raise Malformed(f"a transfer from seq {low} on has an empty field")
    return in_order(np.frombuffer(body, dtype=COPIED))


def in_order(rows: NDArray[Any]) -> NDArray[Any]:
    """Orders rows by seq.

    A table is filled in order, and the server would sort, on disk, what is sorted already; only
    where it used the room of undone rows again do they come otherwise.
    """
    seq = rows["seq"].astype(np.int64)
    return rows if (seq[1:] >= seq[:-1]).all() else rows[np.argsort(seq, kind="stable")]
