"""What an audit compares beside transfers: accounts, holds, words, tiles, checkpoints and the tip."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from apportion.apps.ledger.models import (
    Account,
    Checkpoint,
    Hold,
    Note,
    Posting,
    Record,
    Tile,
    Tip,
    Transfer,
)
from apportion.apps.ledger.queries import BATCH
from apportion.apps.ledger.writer import opening_of, posting_text
from apportion.core import journal
from apportion.core.journal import TILE_HEIGHT
from apportion.core.journal.commitments import commit_text
from apportion.core.ledger.audit import Difference, Fold
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import Key, find_signers, parse_checkpoint, parse_key, parse_note

COUNTERS = ("debits", "credits", "debits_pending", "credits_pending")


def differs(table: str, row: str, name: str, said: object, recomputed: object) -> Difference:
    """Makes a difference of any two values."""
    return Difference(table=table, row=row, field=name, said=str(said), recomputed=str(recomputed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the transfers of a chunk and goes into its leaves or is held against them.

    Shape: `records` and `notes` by seq, `tiles` by place; the arrays go with the transfers.
    """

    records: dict[int, bytes]
    notes: dict[int, bytes]
    tiles: dict[int, bytes]
    expires_us: NDArray[np.int64]
    recorded_us: NDArray[np.int64]
    words: NDArray[Any]


def read_beside(low: int, high: int, rows: NDArray[Any]) -> Beside:
    """Reads what stands beside the transfers in [low, high)."""
    seqs = rows["seq"].astype(np.int64)
    recorded, words = _read_postings(rows["posting"].astype(np.int64))
    return Beside(
        records=_read_records(low, high),
        notes=_read_notes(low, high),
        tiles=_read_tiles(low, high),
        expires_us=_read_ends(seqs),
        recorded_us=recorded,
        words=words,
    )


def count_leaves() -> int:
    """Says how many leaves there can be at most: one more than the largest seq of any row."""
    last = [table.objects.aggregate(last=Max("seq"))["last"] for table in (Transfer, Record)]
    return max((seq + 1 for seq in last if seq is not None), default=0)


def read_openings(accounts: Sequence[Account]) -> dict[int, bytes]:
    """Gives, by its seq, the leaf that each account's opening has as its row now reads."""
    rows = Record.objects.filter(kind="account").order_by().values_list("subject", "seq")
    sealed = dict(rows)
    return {
        sealed[str(row.pk)]: journal.hash_leaf(opening_of(row))
        for row in accounts
        if str(row.pk) in sealed
    }


def account_faults(accounts: Sequence[Account]) -> Iterator[Difference]:
    """An account is named as it was when it was opened."""
    rows = Record.objects.filter(kind="account").order_by().values_list("subject", "hash")
    sealed = {subject: bytes(leaf) for subject, leaf in rows}
    for row in accounts:
        leaf = journal.hash_leaf(opening_of(row))
        if sealed.get(str(row.pk)) != leaf:
            said = f"{row} with floor {row.floor}"
            yield differs("ledger_account", f"id {row.pk}", "name", said, "not what was sealed")


def counter_faults(accounts: Sequence[Account], fold: Fold) -> Iterator[Difference]:
    """Counters are what transfers come to, and no balance is below its floor."""
    for place, row in enumerate(accounts):
        for name in COUNTERS:
            said, folded = getattr(row, name), int(getattr(fold, name)[place])
            if said != folded:
                yield differs("ledger_account", f"id {row.pk}", name, said, folded)
        left = int(fold.credits[place] - fold.debits[place] - fold.debits_pending[place])
        if row.floor is not None and left < row.floor:
            yield differs("ledger_account", f"id {row.pk}", "floor", row.floor, f"{left} is left")


def hold_faults(fold: Fold) -> Iterator[Difference]:
    """Each hold has its row, open as long as nothing resolved it; each row has its hold."""
    seen: set[bytes] = set()
    for row in Hold.objects.order_by("seq").iterator():
        name = bytes(row.hold_id or b"")
        held = fold.holds.get(name)
        seen.add(name)
        if held is None or (held.seq, held.debit) != (row.seq, row.debit_id):
            yield differs("ledger_hold", f"seq {row.seq}", "hold_id", name.hex(), "no such hold")
        elif row.open is (name in fold.resolved):
            yield differs("ledger_hold", f"seq {row.seq}", "open", row.open, not row.open)
    for name, held in fold.holds.items():
        if name not in seen:
            yield differs("ledger_hold", f"seq {held.seq}", "row", "missing", name.hex())


def reversal_faults(fold: Fold) -> Iterator[Difference]:
    """A reversal is the exact mirror of a transfer."""
    names = list(fold.reversals)
    for at in range(0, len(names), BATCH):
        rows = Transfer.objects.filter(transfer_id__in=names[at : at + BATCH]).order_by()
        found = rows.values_list("transfer_id", "seq", "debit_id", "credit_id", "amount")
        undone = {bytes(name): rest for name, *rest in found}
        for name in names[at : at + BATCH]:
            seq, debit, credit, amount = fold.reversals[name]
            of, *mirror = undone.get(name, [seq, 0, 0, 0])
            if of >= seq or mirror != [credit, debit, amount]:
                said = f"{debit} to {credit}, {amount}"
                yield differs("ledger_transfer", f"seq {seq}", "about", said, "no mirror of one")


def word_faults() -> Iterator[Difference]:
    """Words that were not erased are those to which their commitment was made."""
    for post in Posting.objects.filter(salt__isnull=False).order_by("number").iterator():
        text = posting_text(post.actor or "", post.memo or "")
        if commit_text(salt=bytes(post.salt or b""), text=text) != bytes(post.commitment):
            yield differs("ledger_posting", f"number {post.pk}", "words", repr(text), "others")
    for note in Note.objects.filter(salt__isnull=False).order_by("seq").iterator():
        text = note.text or ""
        if commit_text(salt=bytes(note.salt or b""), text=text) != bytes(note.commitment):
            yield differs("ledger_note", f"seq {note.pk}", "text", repr(text), "others")


def posting_faults(spans: Mapping[int, tuple[int, int, int]], tip: Tip) -> Iterator[Difference]:
    """A posting's transfers stand together where it says, and the clock of the books only rises.

    Shape: `spans` gives of each posting its first and last seq, and how many it has.
    """
    before = 0
    for post in Posting.objects.order_by("number").iterator():
        row = f"number {post.pk}"
        said = (post.first_seq, post.first_seq + post.transfers - 1, post.transfers)
        if spans.get(post.pk) != said:
            yield differs("ledger_posting", row, "span", said, spans.get(post.pk))
        if post.recorded_us <= before:
            yield differs("ledger_posting", row, "recorded_us", post.recorded_us, f"> {before}")
        before = post.recorded_us
    if before > tip.recorded_us:
        yield differs("ledger_tip", "id 1", "recorded_us", tip.recorded_us, before)


def tile_faults(size: int, tiles: Mapping[tuple[int, int], bytes]) -> Iterator[Difference]:
    """Tiles above the first level come out, and there are as many as there can be.

    Shape: `tiles` maps level and place to what was recomputed.
    """
    stored = {
        (level, place): bytes(root)
        for level, place, root in Tile.objects.filter(level__gt=1).values_list(
            "level", "place", "root"
        )
    }
    for level, place in sorted({*stored, *tiles}):
        said, found = stored.get((level, place)), tiles.get((level, place))
        if said != found:
            row = f"level {level}, place {place}"
            yield differs("ledger_tile", row, "root", _hex(said), _hex(found))
    beyond = Tile.objects.filter(level=1, place__gte=size >> TILE_HEIGHT)
    for place in beyond.values_list("place", flat=True):
        yield differs("ledger_tile", f"level 1, place {place}", "row", "there", "none")


def tip_faults(tip: Tip, *, size: int, frontier: bytes, transfers: int) -> Iterator[Difference]:
    """The tip says what the journal comes to, and no record stands outside it."""
    said = {"size": tip.size, "transfers": tip.transfers, "frontier": bytes(tip.frontier).hex()}
    found = {"size": size, "transfers": transfers, "frontier": frontier.hex()}
    for name, value in said.items():
        if value != found[name]:
            yield differs("ledger_tip", "id 1", name, value, found[name])
    outside = Record.objects.exclude(seq__gte=0, seq__lt=tip.size)
    for seq in outside.values_list("seq", flat=True):
        yield differs("ledger_record", f"seq {seq}", "seq", seq, "no such leaf")


def checkpoint_faults(roots: Mapping[int, bytes], size: int) -> Iterator[Difference]:
    """Each checkpoint is signed by us, and today's journal begins with it.

    Shape: `roots` gives the journal's recomputed root at the size of each checkpoint.
    """
    keys = _keys_that_signed()
    for row in Checkpoint.objects.order_by("size").iterator():
        name = f"size {row.size}"
        if row.size > size:
            yield differs("ledger_checkpoint", name, "size", row.size, f"at most {size}")
        elif bytes(row.root) != roots.get(row.size):
            found = _hex(roots.get(row.size))
            yield differs("ledger_checkpoint", name, "root", bytes(row.root).hex(), found)
        try:
            note = parse_note(row.note)
            told = parse_checkpoint(note.text)
            signed = find_signers(note, keys)
        except Untrue as untrue:
            yield differs("ledger_checkpoint", name, "note", untrue, "a signature that holds")
            continue
        if (told.size, told.root) != (row.size, bytes(row.root)) or not signed:
            yield differs("ledger_checkpoint", name, "note", told.size, "signed for this size")


def _read_tiles(low: int, high: int) -> dict[int, bytes]:
    """Reads the roots of the first level that stand over [low, high), by their place."""
    rows = Tile.objects.filter(
        level=1, place__gte=low >> TILE_HEIGHT, place__lt=high >> TILE_HEIGHT
    )
    return {place: bytes(root) for place, root in rows.order_by().values_list("place", "root")}


def _read_records(low: int, high: int) -> dict[int, bytes]:
    """Reads the leaf hashes of the records in [low, high), by seq."""
    rows = Record.objects.filter(seq__gte=low, seq__lt=high).order_by()
    return {seq: bytes(leaf) for seq, leaf in rows.values_list("seq", "hash")}


def _read_ends(seqs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reads until when the holds among these transfers may be posted; 0 for what is no hold."""
    ends = np.zeros(len(seqs), dtype=np.int64)
    if not len(seqs):
        return ends
    rows = Hold.objects.filter(seq__gte=int(seqs[0]), seq__lte=int(seqs[-1])).order_by()
    for seq, expires_us in rows.values_list("seq", "expires_us"):
        ends[seqs == seq] = expires_us
    return ends


def _read_notes(low: int, high: int) -> dict[int, bytes]:
    """Reads the commitments of the notes in [low, high), by seq."""
    rows = Note.objects.filter(seq__gte=low, seq__lt=high).order_by()
    return {seq: bytes(made) for seq, made in rows.values_list("seq", "commitment")}


def _read_postings(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Reads when each transfer was recorded and the commitment to its posting's words.

    Zero for both where there is no such posting: its leaf then comes out otherwise.
    """
    if not len(numbers):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype="V32")
    known = np.unique(numbers)
    rows = Posting.objects.filter(number__gte=int(known[0]), number__lte=int(known[-1]))
    found = {
        number: (recorded, bytes(made))
        for number, recorded, made in rows.values_list("number", "recorded_us", "commitment")
    }
    none = (0, bytes(journal.HASH_BYTES))
    told = [found.get(number, none) for number in known.tolist()]
    place = np.searchsorted(known, numbers)
    recorded = np.array([at for at, _ in told], dtype=np.int64)[place]
    words = np.array([np.void(made) for _, made in told], dtype="V32")[place]
    return recorded, words


def _keys_that_signed() -> list[Key]:
    """Reads every key with which the office ever signed, from the journal that sealed them."""
    found = []
    for subject, leaf in Record.objects.filter(kind="key").values_list("subject", "hash"):
        if journal.hash_leaf(subject.encode()) == bytes(leaf):
            found.append(parse_key(subject))
    return found


def _hex(root: bytes | None) -> str:
    return "none" if root is None else root.hex()
