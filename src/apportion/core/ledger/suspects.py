"""Finds the row that was changed, and what it said when it was sealed.

Leaves are not stored, only the roots over each 256 of them. Where such a root does not come out,
every single change that could have been made is tried backwards: the one after which the root
comes out is what happened, proved by the hash itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations
from typing import Any

import numpy as np

from apportion.core.journal import hash_node
from apportion.core.journal.tree import NODE_PREFIX
from apportion.core.ledger.audit import Difference, code_name
from apportion.core.ledger.columns import HASHED_BYTES, LEAF
from apportion.core.ledger.leaf import NO_ID
from apportion.core.ledger.transfers import BY_NUMBER

MOST_LEGS = 16
MOST_ACCOUNTS = 64
TABLES = {"recorded_us": "ledger_posting", "expires_us": "ledger_hold"}
COLUMNS = {"id": "transfer_id", "debit": "debit_id", "credit": "credit_id"}
PARTS: Mapping[str, Any] = LEAF.fields or {}
FLIPPED = ("code", "leg", "debit", "credit", "amount", "effective_us", "recorded_us", "expires_us")
BITS = 8
Path = tuple[tuple[bool, bytes], ...]  # from a leaf up: is the sibling to the left, and its hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Neighbouring leaves under one root that does not come out.

    Shape: `hashes` are a power of two; `packed` holds the transfers among them as LEAF rows.
    """

    low: int
    hashes: tuple[bytes, ...]
    packed: bytes
    expected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the rest of the books says may have been changed, so that it is tried first."""

    amounts: tuple[int, ...] = ()  # by which counters are not what transfers come to
    accounts: tuple[int, ...] = ()
    records: dict[int, bytes] = field(default_factory=dict)  # leaf hashes as owners give them


def find_change(block: Block, hints: Hints) -> Difference | None:
    """Names the single change that explains why a root does not come out, or None."""
    levels = _levels(block.hashes)
    for seq, leaf in hints.records.items():
        place = seq - block.low
        inside = 0 <= place < len(block.hashes)
        if inside and _climb(leaf, _path(levels, place)) == block.expected:
            said = block.hashes[place].hex()
            return _difference("ledger_record", seq, "hash", said, leaf.hex())
    rows = {_number(raw, "seq"): raw for raw in _split(block.packed)}
    for seq, raw in rows.items():
        path = _path(levels, seq - block.low)
        for name, other in _others(raw, hints):
            if _climb(sha256(other).digest(), path) == block.expected:
                return _changed(seq, name, raw, other)
    return _find_swap(block, rows, levels)


def _others(raw: bytes, hints: Hints) -> Iterator[tuple[str, bytes]]:
    """Gives what the row may have been before one field was changed: likely values, then bits."""
    for name, values in _likely(raw, hints):
        for value in values:
            yield name, _with(raw, name, value)
    bent = bytearray(raw)
    for name in FLIPPED:
        kind, start = PARTS[name][:2]
        for at in range(start, start + kind.itemsize):
            for bit in range(BITS):
                bent[at] ^= 1 << bit
                yield name, bytes(bent)
                bent[at] ^= 1 << bit


def _likely(raw: bytes, hints: Hints) -> Iterator[tuple[str, Sequence[int | bytes]]]:
    amount, effective = _number(raw, "amount"), _number(raw, "effective_us")
    amounts = {amount + sign * by for by in hints.amounts for sign in (1, -1)}
    yield "amount", sorted(one for one in amounts if 0 < one < 2**63)
    yield "code", tuple(BY_NUMBER)
    yield "leg", tuple(range(MOST_LEGS))
    accounts = hints.accounts[:MOST_ACCOUNTS]
    yield "debit", accounts
    yield "credit", accounts
    born = int.from_bytes(_bytes(raw, "id")[:6]) * 1000  # an id begins with its instant
    yield "effective_us", (born, born + effective % 1000)
    yield "about", (NO_ID,)


def _find_swap(
    block: Block, rows: Mapping[int, bytes], levels: Sequence[Sequence[bytes]]
) -> Difference | None:
    """Finds two transfers that changed places."""
    for one, other in combinations(rows, 2):
        changed = {
            one - block.low: sha256(_with(rows[other], "seq", one)).digest(),
            other - block.low: sha256(_with(rows[one], "seq", other)).digest(),
        }
        if _root_with(levels, changed) == block.expected:
            said, sealed = (_bytes(rows[seq], "id").hex() for seq in (one, other))
            return _difference("ledger_transfer", one, "transfer_id", said, sealed)
    return None


def _changed(seq: int, name: str, raw: bytes, other: bytes) -> Difference:
    said, sealed = (_write(name, each) for each in (raw, other))
    table = TABLES.get(name, "ledger_transfer")
    return _difference(table, seq, COLUMNS.get(name, name), said, sealed)


def _write(name: str, raw: bytes) -> str:
    if name in {"id", "about"}:
        return _bytes(raw, name).hex()
    return code_name(_number(raw, name)) if name == "code" else str(_number(raw, name))


def _difference(table: str, seq: int, name: str, said: str, sealed: str) -> Difference:
    row = f"seq {seq}"
    return Difference(table=table, row=row, field=name, said=said, recomputed=sealed)


def _split(packed: bytes) -> list[bytes]:
    return [packed[at : at + HASHED_BYTES] for at in range(0, len(packed), HASHED_BYTES)]


def _bytes(raw: bytes, name: str) -> bytes:
    kind, start = PARTS[name][:2]
    return raw[start : start + kind.itemsize]


def _number(raw: bytes, name: str) -> int:
    return int(np.frombuffer(_bytes(raw, name), dtype=PARTS[name][0])[0])


def _with(raw: bytes, name: str, value: int | bytes) -> bytes:
    kind, start = PARTS[name][:2]
    end = start + kind.itemsize
    put = value if isinstance(value, bytes) else value.to_bytes(kind.itemsize, "big", signed=True)
    return raw[:start] + put + raw[end:]


def _levels(hashes: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=True)
        levels.append([hash_node(left, right) for left, right in pairs])
    return levels


def _path(levels: Sequence[Sequence[bytes]], place: int) -> Path:
    path = []
    for level in levels[:-1]:
        path.append((bool(place & 1), level[place ^ 1]))
        place >>= 1
    return tuple(path)


def _climb(leaf: bytes, path: Path) -> bytes:
    node = leaf
    for left, sibling in path:
        both = sibling + node if left else node + sibling
        node = sha256(NODE_PREFIX + both).digest()
    return node


def _root_with(levels: Sequence[Sequence[bytes]], changed: dict[int, bytes]) -> bytes:
    """Gives the root with some leaves exchanged; hashes their paths alone."""
    for level in levels[:-1]:
        above: dict[int, bytes] = {}
        for at in changed:
            pair = at >> 1
            if pair not in above:
                left, right = (changed.get(one, level[one]) for one in (2 * pair, 2 * pair + 1))
                above[pair] = hash_node(left, right)
        changed = above
    return changed[0]
