"""The journal's leaves, recomputed from the rows that they seal."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apportion.apps.ledger.models import Hold, Note, Posting, Record
from apportion.core.journal import HASH_BYTES
from apportion.core.journal.lanes import hash_messages
from apportion.core.ledger.columns import (
    HASHED_BYTES,
    Columns,
    ids_column,
    pack_leaves,
)
from apportion.core.ledger.leaf import NO_ID, join_words

TRANSFERS = (
    "SELECT seq, transfer_id, debit_id, credit_id, amount, effective_us, code, leg, about,"
    " posting_id FROM ledger_transfer WHERE seq >= %s AND seq < %s ORDER BY seq"
)
MISSING = bytes(HASH_BYTES)  # no record hashes to it


def read_leaves(low: int, high: int) -> list[bytes]:
    """Hashes the leaves [low, high) as the rows give them; MISSING where there is no row."""
    found = dict(Record.objects.filter(seq__gte=low, seq__lt=high).values_list("seq", "hash"))
    leaves = [bytes(found.get(seq, MISSING)) for seq in range(low, high)]
    seqs, packed = pack_transfers(low, high)
    for seq, leaf in zip(seqs, hash_messages(packed), strict=True):
        leaves[seq - low] = leaf.tobytes()
    return leaves


def read_transfer_leaf(seq: int) -> bytes | None:
    """Packs the leaf of one transfer; None where no transfer has this seq."""
    _, packed = pack_transfers(seq, seq + 1)
    return packed[0, 1:].tobytes() if len(packed) else None


def pack_transfers(low: int, high: int) -> tuple[list[int], NDArray[np.uint8]]:
    """Packs the leaves of the transfers with seq in [low, high).

    Shape: their seqs, and a row of HASHED_BYTES of each: the leaf's prefix and the leaf.
    """
    with connection.cursor() as cursor:
        cursor.execute(TRANSFERS, [low, high])
        rows = cursor.fetchall()
    if not rows:
        return [], np.empty((0, HASHED_BYTES), dtype=np.uint8)
    seqs, ids, debits, credits_, amounts, effective, codes, legs, abouts, postings = zip(
        *rows, strict=True
    )
    recorded, words = _read_postings(postings)
    columns = Columns(
        id=ids_column([_id_bytes(one) for one in ids]),
        debit=_column(debits),
        credit=_column(credits_),
        amount=_column(amounts),
        effective_us=_column(effective),
        code=_column(codes),
        leg=_column(legs),
        expires_us=_read_ends(seqs),
        about=ids_column([_id_bytes(one) if one is not None else NO_ID for one in abouts]),
    )
    for seq, commitment in Note.objects.filter(seq__gte=low, seq__lt=high).values_list(
        "seq", "commitment"
    ):
        place = int(np.searchsorted(_column(seqs), seq))
        if place < len(seqs) and seqs[place] == seq:
            words[place] = join_words(words[place], bytes(commitment))
    packed = pack_leaves(
        columns,
        seq=_column(seqs),
        recorded_us=recorded,
        words=np.frombuffer(b"".join(words), dtype="V32"),
    )
    return list(seqs), packed


def _read_postings(numbers: Sequence[int]) -> tuple[NDArray[np.int64], list[bytes]]:
    """Gives each transfer's instant of recording and the commitment to its posting's words."""
    rows = Posting.objects.filter(number__gte=min(numbers), number__lte=max(numbers))
    found = {
        number: (recorded, bytes(commitment))
        for number, recorded, commitment in rows.values_list("number", "recorded_us", "commitment")
    }
    nothing = (0, MISSING)
    read = [found.get(number, nothing) for number in numbers]
    return _column([recorded for recorded, _ in read]), [words for _, words in read]


def _read_ends(seqs: Sequence[int]) -> NDArray[np.int64]:
    ends = np.zeros(len(seqs), dtype=np.int64)
    rows = Hold.objects.filter(seq__gte=seqs[0], seq__lte=seqs[-1]).order_by()
    for seq, expires_us in rows.values_list("seq", "expires_us"):
        place = int(np.searchsorted(_column(seqs), seq))
        if seqs[place] == seq:
            ends[place] = expires_us
    return ends


def _id_bytes(value: Any) -> bytes:
    """Gives the bytes of an id as the driver reads it: a uuid or bytes."""
    return value if isinstance(value, bytes) else value.bytes


def _column(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
