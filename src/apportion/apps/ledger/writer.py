"""The pen of the books: whoever holds the locked tip writes, and seals what it writes.

Every row and its leaf stand in one transaction, so there is no moment at which a row is unsealed.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Max
from numpy.typing import NDArray

from apportion.apps.ledger.models import Account, Note, Posting, Record, Tile, Tip
from apportion.apps.ledger.queries import key_of
from apportion.apps.ledger.writer_rows import Growth, add_counters, insert_rows, insert_transfers
from apportion.core import journal
from apportion.core.faults import WorldError
from apportion.core.journal.commitments import SALT_BYTES, commit_text
from apportion.core.journal.lanes import grow_many, hash_messages
from apportion.core.ledger import Key
from apportion.core.ledger.columns import Columns, pack_leaves
from apportion.core.ledger.leaf import join_words, pack_account

POSTING_COLUMNS = (
    "number",
    "first_seq",
    "transfers",
    "recorded_us",
    "actor",
    "memo",
    "salt",
    "commitment",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What one caller posts: how many transfers, who and why, and notes by place among them."""

    count: int
    actor: str
    memo: str = ""
    notes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sealed:
    """What transfers say of their posting: one value for all of a single call, or one each."""

    number: NDArray[np.int64]
    recorded_us: NDArray[np.int64]
    words: NDArray[Any]


class Pen:
    """The locked tip while one transaction writes; the second pen waits at the lock."""

    def __init__(self, *, epoch: int | None = None) -> None:
        self.tip = _lock_tip()
        if epoch is not None and epoch != self.tip.epoch:
            raise WorldError(
                f"another writer took over (epoch {self.tip.epoch}, ours {epoch})", retryable=False
            )
        self._size_read = self.tip.size

    def seal(self, kind: str, subject: str, record: bytes) -> int:
        """Adds the leaf of one record that is not a transfer; gives its seq."""
        return self.seal_all([(kind, subject, record)])

    def seal_all(self, records: Sequence[tuple[str, str, bytes]]) -> int:
        """Adds the leaves of records; gives the seq of the first."""
        first = self.tip.size
        hashes = [journal.hash_leaf(record) for _, _, record in records]
        insert_rows(
            Record,
            ("seq", "kind", "subject", "hash"),
            [
                (first + place, kind, subject, leaf)
                for place, ((kind, subject, _), leaf) in enumerate(
                    zip(records, hashes, strict=True)
                )
            ],
        )
        tiles = self._grow(
            np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, journal.HASH_BYTES)
        )
        insert_rows(Tile, ("level", "place", "root"), tiles)
        return first

    def open_accounts(self, keys: Iterable[Key]) -> list[Account]:
        """Opens accounts, and seals what their numbers stand for."""
        last: int = Account.objects.aggregate(last=Max("pk"))["last"] or 0
        rows = [
            Account(pk=number, kind=key.kind, owner=key.owner, unit=key.unit, floor=key.kind.floor)
            for number, key in enumerate(sorted(keys), start=last + 1)
        ]
        Account.objects.bulk_create(rows)
        self.seal_all([("account", str(row.pk), opening_of(row)) for row in rows])
        return rows

    def write(
        self, columns: Columns, *, calls: Sequence[Call], growth: Sequence[Growth], now_us: int
    ) -> int:
        """Writes the transfers of calls, each a posting, and what they add to counters.

        Gives the seq of the first.

        Raises: IntegrityError where an id stands in the books, or an account cannot pay.
        """
        tip, first = self.tip, self.tip.size
        sealed = self._write_postings(calls, now_us)
        leaves = np.empty((len(columns), journal.HASH_BYTES), dtype=np.uint8)
        tiles: list[journal.Tile] = []

        def seal(start: int, end: int) -> None:
            """Hashes a part while the database takes it in."""
            packed = pack_leaves(
                columns.part(start, end),
                seq=np.arange(first + start, first + end),
                recorded_us=_part(sealed.recorded_us, start, end),
                words=_part(sealed.words, start, end),
            )
            leaves[start:end] = hash_messages(packed)
            if end == len(columns):
                tiles.extend(self._grow(leaves))

        insert_transfers(columns, first_seq=first, posting=sealed.number, meanwhile=seal)
        insert_rows(Tile, ("level", "place", "root"), tiles)
        for each in growth:
            add_counters(each)
        tip.transfers += len(columns)
        return first

    def close(self) -> None:
        """Writes the tip.

        Raises: WorldError where another writer wrote behind the lock, which undoes everything.
        """
        tip = self.tip
        fields = ("size", "transfers", "postings", "recorded_us", "epoch", "frontier")
        ours = Tip.objects.filter(pk=1, size=self._size_read)
        if ours.update(**{name: getattr(tip, name) for name in fields}) != 1:
            raise WorldError("another writer wrote to the books at once", retryable=True)
        self._size_read = tip.size

    def keep(self) -> Tip:
        """Gives the tip as it is, to come back to."""
        return copy(self.tip)

    def come_back(self, tip: Tip) -> None:
        """Forgets what was written since, when the database has forgotten it too."""
        self.tip = tip

    def instant(self, now_us: int) -> int:
        """Gives the instant of what is written now: after all before it, whatever the clock says."""
        return max(now_us, self.tip.recorded_us + 1)

    def _write_postings(self, calls: Sequence[Call], now_us: int) -> _Sealed:
        """Writes a posting for each call, its notes too; gives what their transfers say of it."""
        tip, seq = self.tip, self.tip.size
        rows: list[tuple[object, ...]] = []
        words: list[bytes] = []
        notes: list[tuple[object, ...]] = []
        at_us = self.instant(now_us)
        for call in calls:
            tip.postings, tip.recorded_us = tip.postings + 1, at_us + len(rows)
            salt = new_salt()
            commitment = commit_text(salt=salt, text=posting_text(call.actor, call.memo))
            row = (tip.postings, seq, call.count, tip.recorded_us, call.actor, call.memo)
            rows.append((*row, salt, commitment))
            said, more = _commit_notes(seq, call, commitment, alone=len(calls) == 1)
            words.extend(said)
            notes.extend(more)
            seq += call.count
        insert_rows(Posting, POSTING_COLUMNS, rows)
        insert_rows(Note, ("seq", "text", "salt", "commitment"), notes)
        counts = [call.count for call in calls] if len(calls) > 1 else [1]
        last = len(rows)
        return _Sealed(
            number=np.repeat(np.arange(tip.postings - last + 1, tip.postings + 1), counts),
            recorded_us=np.repeat(np.arange(at_us, at_us + last), counts),
            words=np.frombuffer(b"".join(words), dtype="V32"),
        )

    def _grow(self, leaves: NDArray[np.uint8]) -> tuple[journal.Tile, ...]:
        """Adds leaves to the tip; gives the tiles that they completed."""
        grown = grow_many(self.tip.size, bytes(self.tip.frontier), leaves)
        self.tip.size, self.tip.frontier = grown.size, grown.frontier
        return grown.tiles


def _part(values: NDArray[Any], start: int, end: int) -> NDArray[Any]:
    """Gives the values of some transfers, where there is not one for all."""
    return values if len(values) == 1 else values[start:end]


def _commit_notes(
    first: int, call: Call, posting: bytes, *, alone: bool
) -> tuple[list[bytes], list[tuple[object, ...]]]:
    """Gives the words of each transfer's leaf, or once where all are alike, and the notes' rows."""
    if not call.notes:
        return [posting] * (1 if alone else call.count), []
    words, rows = [posting] * call.count, list[tuple[object, ...]]()
    for place, text in call.notes:
        salt = new_salt()
        commitment = commit_text(salt=salt, text=text)
        words[place] = join_words(posting, commitment)
        rows.append((first + place, text, salt, commitment))
    return words, rows


def _lock_tip() -> Tip:
    rows = Tip.objects.select_for_update()
    found = rows.filter(pk=1).first()
    if found is None:
        Tip.objects.get_or_create(pk=1)
        found = rows.get(pk=1)
    return found


def opening_of(row: Account) -> bytes:
    """Writes the record that seals an account's opening, again from its row."""
    return pack_account(number=row.pk, key=key_of(row), floor=row.floor)


def posting_text(actor: str, memo: str) -> str:
    """Joins what a posting's commitment commits to."""
    return f"{actor}\n{memo}"


def new_salt() -> bytes:
    """Gives a random salt; randomness is the office's."""
    salt: bytes = settings.APPORTION_SALT(SALT_BYTES)
    return salt
