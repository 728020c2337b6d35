"""The audit: every counter, leaf, tile, root and checkpoint anew, and the first row that differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.apps.ledger.audit_reads import CHUNK, Malformed, read_chunks, snapshot
from apportion.apps.ledger.audit_rows import (
    COUNTERS,
    Beside,
    account_faults,
    checkpoint_faults,
    count_leaves,
    counter_faults,
    differs,
    hold_faults,
    posting_faults,
    read_openings,
    reversal_faults,
    tile_faults,
    tip_faults,
    word_faults,
)
from apportion.apps.ledger.audit_terms import term_faults
from apportion.apps.ledger.models import Account, Checkpoint, Tip
from apportion.apps.ledger.queries import tip
from apportion.core import journal
from apportion.core.journal import HASH_BYTES, TILE_HEIGHT
from apportion.core.journal.lanes import Bytes, grow_many, hash_messages
from apportion.core.ledger.audit import Difference, Fold, fold_columns, pending_left, start_fold
from apportion.core.ledger.columns import LEAF, Columns, pack_leaves
from apportion.core.ledger.leaf import join_words
from apportion.core.ledger.suspects import Block, Hints, find_change

WIDTH = 2**TILE_HEIGHT
MOST = 100  # differences told; more are only counted
SEARCHED = 4  # blocks in which the changed row is looked for
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What an audit found. Shape: what was changed comes first, then what follows from it."""

    transfers: int
    leaves: int
    root: bytes
    checkpoints: int
    sums: dict[str, int]  # per unit; zero in sound books
    differences: tuple[Difference, ...]
    more: int = 0


@dataclass(slots=True)
class _State:
    """The books as far as they are read."""

    fold: Fold
    size: int = 0
    frontier: bytes = b""
    transfers: int = 0
    found: list[Difference] = field(default_factory=list)
    broken: list[Block] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)  # by the size of the journal
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)  # above the first level
    spans: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # by posting
    gaps: set[int] = field(default_factory=set)  # tiles under which a leaf is missing or doubled
    tail: Block | None = None  # leaves over which no tile stands yet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaves:
    """The leaves of one chunk. Shape: `packed` has a transfer a row, `hashes` a leaf a row."""

    low: int
    seq: NDArray[np.int64]
    packed: Bytes
    hashes: Bytes

    def block(self, low: int, high: int, expected: bytes) -> Block:
        """Cuts out neighbours under one root."""
        first, last = np.searchsorted(self.seq, [low, high]).tolist()
        return Block(
            low=low,
            hashes=tuple(row.tobytes() for row in self.hashes[low - self.low : high - self.low]),
            packed=self.packed[first:last].tobytes(),
            expected=expected,
        )


def audit_books(*, progress: Progress | None = None) -> Audit:
    """Recomputes the counters from the transfers, and the journal from its rows.

    Nothing is believed but signatures: counters, tiles and the tip are what is checked.
    """
    with snapshot():
        end, accounts = tip(), list(Account.objects.order_by("pk"))
        state = _State(start_fold(np.array([row.pk for row in accounts], dtype=np.int64)))
        cuts = sorted(Checkpoint.objects.values_list("size", flat=True))
        size = min(end.size, count_leaves())  # a tip that counts too many is told below
        try:
            for low, high, rows, more in read_chunks(size):
                inside = [cut for cut in cuts if low < cut < high]
                _take_chunk(state, rows, more, low=low, bounds=(*inside, high))
                if progress is not None:
                    progress(state.size, size)
        except Malformed as malformed:
            told = differs("ledger_transfer", "some row", "form", malformed, "the writer's")
            state.found.append(told)
        pending_left(state.fold)
        found = [*_changed_rows(state, end, accounts), *state.found]
        found += _beside(state, end, accounts)
    sums: dict[str, int] = {}
    for row in accounts:
        sums[row.unit] = sums.get(row.unit, 0) + row.balance
    return Audit(
        transfers=state.transfers,
        leaves=state.size,
        root=journal.frontier_root(state.frontier),
        checkpoints=len(cuts),
        sums=sums,
        differences=tuple(found[:MOST]),
        more=max(0, len(found) - MOST),
    )


def _take_chunk(
    state: _State, rows: NDArray[Any], more: Beside, *, low: int, bounds: Sequence[int]
) -> None:
    """Folds one chunk, and grows the tree by its leaves, from each size of a checkpoint to the next."""
    state.transfers += len(rows)
    high = bounds[-1]
    if low < 0 or high - low > CHUNK:  # before the first leaf, or beyond the tip
        for seq in rows["seq"].tolist():
            state.found.append(differs("ledger_transfer", f"seq {seq}", "seq", seq, "no such leaf"))
        return
    leaves = _leaves_of(state, rows, more, low=low, high=high)
    for upto in bounds:
        new = leaves.hashes[state.size - low : upto - low]
        grown = grow_many(state.size, state.frontier, new)
        state.size, state.frontier = grown.size, grown.frontier
        state.roots[upto] = journal.frontier_root(grown.frontier)
        for tile in grown.tiles:
            if tile.level > 1:
                state.tiles[tile.level, tile.place] = tile.root
            elif more.tiles.get(tile.place) != tile.root:
                _take_broken(state, tile.place, more.tiles.get(tile.place), leaves)
    state.tail = leaves.block(high - high % WIDTH, high, b"")


def _leaves_of(state: _State, rows: NDArray[Any], more: Beside, *, low: int, high: int) -> _Leaves:
    """Hashes the leaves of a chunk, and adds its transfers up."""
    seq = rows["seq"].astype(np.int64)
    columns = Columns(
        id=rows["id"],
        expires_us=more.expires_us,
        about=rows["about"],
        **{
            name: rows[name].astype(np.int64)
            for name in ("debit", "credit", "amount", "effective_us", "code", "leg")
        },
    )
    words = more.words
    for noted, commitment in more.notes.items():
        for at in np.flatnonzero(seq == noted):
            words[at] = np.void(join_words(words[at].tobytes(), commitment))
    _take_spans(state, rows["posting"].astype(np.int64), seq)
    state.found += fold_columns(state.fold, columns, seq=seq, recorded_us=more.recorded_us)
    packed = pack_leaves(columns, seq=seq, recorded_us=more.recorded_us, words=words)
    hashes = hash_messages(packed)
    if more.records or len(rows) != high - low or (np.diff(seq) != 1).any():
        hashes = _place(state, seq, hashes, more.records, low=low, high=high)
    return _Leaves(low=low, seq=seq, packed=packed, hashes=hashes)


def _place(
    state: _State,
    seq: NDArray[np.int64],
    hashes: Bytes,
    records: Mapping[int, bytes],
    *,
    low: int,
    high: int,
) -> Bytes:
    """Puts records between transfers; a seq has one of them, neither none nor two."""
    leaves = np.zeros((high - low, HASH_BYTES), dtype=np.uint8)
    times = np.bincount(seq - low, minlength=high - low)
    for at, leaf in records.items():
        leaves[at - low] = np.frombuffer(leaf, dtype=np.uint8)
        times[at - low] += 1
    leaves[seq - low] = hashes
    for place in np.flatnonzero(times != 1).tolist():
        said, right = ("missing", "a leaf") if not times[place] else ("taken twice", "one leaf")
        state.gaps.add((low + place) // WIDTH)
        row = f"seq {low + place}"
        state.found.append(differs("ledger_transfer", row, "seq", said, right))
    return leaves


def _take_spans(state: _State, posting: NDArray[np.int64], seq: NDArray[np.int64]) -> None:
    """Remembers where each posting's transfers stand."""
    if not len(seq):
        return
    starts = np.flatnonzero(np.diff(posting, prepend=posting[0] - 1))
    ends = np.append(starts[1:], len(posting)) - 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        number, first, last = int(posting[start]), int(seq[start]), int(seq[end])
        before = state.spans.get(number, (first, last, 0))
        state.spans[number] = (before[0], last, before[2] + end - start + 1)


def _take_broken(state: _State, place: int, stored: bytes | None, leaves: _Leaves) -> None:
    low = place * WIDTH
    if stored is None:
        row = f"level 1, place {place}"
        state.found.append(differs("ledger_tile", row, "row", "missing", "a root"))
        return
    state.broken.append(leaves.block(low, low + WIDTH, stored))


def _changed_rows(state: _State, end: Tip, accounts: Sequence[Account]) -> Iterable[Difference]:
    """Looks in each block whose root does not come out for the row that was changed."""
    frontier = bytes(end.frontier)
    rows_are_right = journal.frontier_root(state.frontier) == journal.frontier_root(frontier)
    hints = _hints(accounts, state.fold)
    for number, block in enumerate((*state.broken, *_broken_tail(state, frontier))):
        last = block.low + len(block.hashes) - 1
        if rows_are_right:
            row = f"level 1, place {block.low // WIDTH}"
            yield differs("ledger_tile", row, "root", block.expected.hex(), "another")
            continue
        if block.low // WIDTH in state.gaps:
            continue
        found = find_change(block, hints) if number < SEARCHED else None
        yield found or differs(
            "ledger_transfer", f"seq {block.low} to {last}", "leaf", "several changes", "others"
        )


def _broken_tail(state: _State, frontier: bytes) -> Iterable[Block]:
    """Cuts the leaves over which no tile stands by the subtrees of the tip, largest first."""
    tail = state.tail
    if tail is None or len(frontier) != len(state.frontier):
        return
    count = len(tail.hashes)
    low, at = tail.low, len(frontier) - count.bit_count() * HASH_BYTES
    for level in range(TILE_HEIGHT - 1, -1, -1):
        if not count >> level & 1:
            continue
        expected = frontier[at : at + HASH_BYTES]
        if expected != state.frontier[at : at + HASH_BYTES]:
            hashes = tail.hashes[low - tail.low : low - tail.low + 2**level]
            rows = np.frombuffer(tail.packed, dtype=LEAF)
            inside = rows[(rows["seq"] >= low) & (rows["seq"] < low + 2**level)]
            yield Block(low=low, hashes=hashes, packed=inside.tobytes(), expected=expected)
        low, at = low + 2**level, at + HASH_BYTES


def _hints(accounts: Sequence[Account], fold: Fold) -> Hints:
    """Counters that differ from what transfers come to betray amounts and accounts."""
    amounts: set[int] = set()
    touched: list[int] = []
    for place, row in enumerate(accounts):
        pairs = ((getattr(row, name), int(getattr(fold, name)[place])) for name in COUNTERS)
        off = {said - folded for said, folded in pairs if said != folded}
        amounts |= off
        touched += [row.pk] if off else []
    return Hints(
        amounts=tuple(sorted(amounts)),
        accounts=tuple(touched),
        records=read_openings(accounts),
    )


def _beside(state: _State, end: Tip, accounts: Sequence[Account]) -> Iterable[Difference]:
    """Lists what differs beside the transfers, and what follows from a changed one."""
    yield from account_faults(accounts)
    yield from hold_faults(state.fold)
    yield from reversal_faults(state.fold)
    yield from word_faults()
    yield from counter_faults(accounts, state.fold)
    yield from posting_faults(state.spans, end)
    yield from tile_faults(state.size, state.tiles)
    yield from tip_faults(end, size=state.size, frontier=state.frontier, transfers=state.transfers)
    yield from checkpoint_faults(state.roots, state.size)
    yield from term_faults(end)
