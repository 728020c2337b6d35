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
from numpy.typing import NDArray

from apportion.core.journal import hash_node
from apportion.core.ledger.audit import Difference, code_name
from apportion.core.ledger.columns import LEAF
from apportion.core.ledger.leaf import NO_ID
from apportion.core.ledger.transfers import BY_NUMBER

MOST_LEGS = 16
MOST_ACCOUNTS = 64
TABLES = {"recorded_us": "ledger_posting", "words": "ledger_posting", "expires_us": "ledger_hold"}
COLUMNS = {"id": "transfer_id", "debit": "debit_id", "credit": "credit_id", "words": "commitment"}
BITS = 8
PARTS: Mapping[str, Any] = LEAF.fields or {}
FLIPPED = tuple(name for name in PARTS if name not in {"prefix", "version", "seq"})


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
        inside = block.low <= seq < block.low + len(block.hashes)
        if inside and _root_with(levels, {seq - block.low: leaf}) == block.expected:
            said = block.hashes[seq - block.low].hex()
            return _difference("ledger_record", seq, "hash", said, leaf.hex())
    rows = np.frombuffer(block.packed, dtype=LEAF)
    for row in rows:
        place = int(row["seq"]) - block.low
        for name, value, leaf in _other_rows(row, hints):
            if _root_with(levels, {place: leaf}) == block.expected:
                return _changed(row, name, value)
    return _find_swap(block, rows, levels)


def _other_rows(row: np.void, hints: Hints) -> Iterator[tuple[str, Any, bytes]]:
    """Gives what the row may have been before one field was changed: likely values, then bits."""
    for name, values in _likely(row, hints):
        for value in values:
            other = row.copy()
            other[name] = value
            if other != row:
                yield name, value, sha256(other.tobytes()).digest()
    raw = bytearray(row.tobytes())
    for name in FLIPPED:
        kind, at = PARTS[name][:2]
        for bit in range(kind.itemsize * BITS):
            raw[at + bit // BITS] ^= 1 << bit % BITS
            flipped = bytes(raw)
            raw[at + bit // BITS] ^= 1 << bit % BITS
            value = np.frombuffer(flipped, dtype=LEAF)[0][name]
            yield name, value, sha256(flipped).digest()


def _likely(row: np.void, hints: Hints) -> Iterator[tuple[str, Sequence[Any]]]:
    amount, effective = int(row["amount"]), int(row["effective_us"])
    amounts = {amount + sign * by for by in hints.amounts for sign in (1, -1)}
    yield "amount", sorted(one for one in amounts if 0 < one < 2**63)
    yield "code", tuple(BY_NUMBER)
    yield "leg", tuple(range(MOST_LEGS))
    accounts = hints.accounts[:MOST_ACCOUNTS]
    yield "debit", accounts
    yield "credit", accounts
    born = int.from_bytes(row["id"].tobytes()[:6]) * 1000  # an id begins with its instant
    yield "effective_us", (born, born + effective % 1000)
    yield "about", (np.void(NO_ID),)


def _find_swap(block: Block, rows: NDArray[Any], levels: list[list[bytes]]) -> Difference | None:
    """Finds two transfers that changed places."""
    for one, other in combinations(range(len(rows)), 2):
        first, second = rows[one].copy(), rows[other].copy()
        first["seq"], second["seq"] = int(rows[other]["seq"]), int(rows[one]["seq"])
        changed = {
            int(moved["seq"]) - block.low: sha256(moved.tobytes()).digest()
            for moved in (first, second)
        }
        if _root_with(levels, changed) == block.expected:
            seq, said = int(rows[one]["seq"]), rows[one]["id"].tobytes().hex()
            sealed = second["id"].tobytes().hex()
            return _difference("ledger_transfer", seq, "transfer_id", said, sealed)
    return None


def _changed(row: np.void, name: str, value: object) -> Difference:
    seq, before = int(row["seq"]), row[name]
    said, sealed = (_write(name, each) for each in (before, value))
    table = TABLES.get(name, "ledger_transfer")
    return _difference(table, seq, COLUMNS.get(name, name), said, sealed)


def _write(name: str, value: object) -> str:
    if name == "code":
        return code_name(value)
    if isinstance(value, np.void):
        return value.tobytes().hex()
    return str(value)


def _difference(table: str, seq: int, name: str, said: str, sealed: str) -> Difference:
    row = f"seq {seq}"
    return Difference(table=table, row=row, field=name, said=said, recomputed=sealed)


def _levels(hashes: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=True)
        levels.append([hash_node(left, right) for left, right in pairs])
    return levels


def _root_with(levels: list[list[bytes]], changed: dict[int, bytes]) -> bytes:
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
