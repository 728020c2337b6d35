"""Many hashes at once: whole levels of the tree, sixteen messages side by side.

A loop over hashlib spends more on each call than on its bytes. Compiled code that hashes sixteen
messages in the lanes of the processor's vectors takes a quarter of the time, but costs about a second
once in a process, so it is loaded only where a process hashes enough to repay it.

Source: FIPS 180-4, section 6.2 (SHA-256).
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.core.journal.tree import HASH_BYTES, NODE_PREFIX, TILE_HEIGHT, Grown, Tile

Bytes = NDArray[np.uint8]  # one message or hash a row
REPAID = 1_000_000  # messages from which on loading the compiled code has paid for itself
BLOCK_BYTES, LENGTH_BYTES, LANES = 64, 8, 16
Compiled = Callable[[Any, Any, Any], None]


class _Hasher:
    """Counts what this process has hashed, and loads the compiled code when that repays it."""

    def __init__(self) -> None:
        self.hashed = 0
        self.compiled: Compiled | None = None

    def hash(self, messages: Bytes) -> Bytes:
        """Hashes each row."""
        self.hashed += len(messages)
        if self.compiled is None and self.hashed >= REPAID:
            self.compiled = load_compiled()
        if self.compiled is None:
            return hash_one_by_one(messages)
        hashes = np.empty((len(messages), 8), dtype=np.uint32)
        self.compiled(messages, _padding(messages.shape[1]), hashes)
        return hashes.view(np.uint8)


_HASHER = _Hasher()


def hash_messages(messages: Bytes) -> Bytes:
    """Hashes each row of an array of bytes by SHA-256.

    Shape: messages (n, width), hashes (n, 32).
    """
    return _HASHER.hash(messages)


def grow_many(size: int, frontier: bytes, leaves: Bytes) -> Grown:
    """Appends leaf hashes as `tree.grow` does, level by level.

    Shape: leaves (n, 32); tiles come lowest level first.
    """
    held = np.frombuffer(frontier, dtype=np.uint8).reshape(-1, HASH_BYTES)
    if len(held) != size.bit_count():
        raise ValueError(f"a log of {size} leaves has {size.bit_count()} subtrees, got {len(held)}")
    below = list(held)  # smallest subtree last
    kept: list[Bytes] = []
    tiles: list[Tile] = []
    nodes, first, level = leaves, size, 0
    while len(nodes):
        if level and level % TILE_HEIGHT == 0:
            tiles += [
                Tile(level // TILE_HEIGHT, first + place, node.tobytes())
                for place, node in enumerate(nodes)
            ]
        if first & 1:  # the first of them completes a pair whose left half was waiting
            nodes = np.vstack([below.pop(), nodes])
        if len(nodes) & 1:
            kept.append(nodes[-1])
            nodes = nodes[:-1]
        nodes, first, level = _hash_pairs(nodes), first >> 1, level + 1
    grown = b"".join(node.tobytes() for node in (*below, *reversed(kept)))
    return Grown(size + len(leaves), grown, tuple(tiles))


def hash_one_by_one(messages: Bytes) -> Bytes:
    """Hashes each row with hashlib."""
    width, packed = messages.shape[1], memoryview(messages.tobytes())
    hashes = [sha256(packed[at : at + width]).digest() for at in range(0, len(packed), width)]
    return np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, HASH_BYTES)


def load_compiled() -> Compiled:
    """Loads, and where need be compiles, the code that fills hashes from messages.

    Shape: messages (n, width), the padding of as many as are hashed at once, hashes (n, 8 words).
    """
    from apportion.core.journal.sha256 import hash_rows

    compiled: Compiled = hash_rows
    return compiled


def _hash_pairs(nodes: Bytes) -> Bytes:
    if not len(nodes):
        return nodes
    pairs = np.empty((len(nodes) // 2, 1 + 2 * HASH_BYTES), dtype=np.uint8)
    pairs[:, 0] = NODE_PREFIX[0]
    pairs[:, 1:] = nodes.reshape(len(pairs), -1)
    return hash_messages(pairs)


def _padding(width: int) -> Bytes:
    """Pads the messages hashed at once to whole blocks: a set bit, zeros, and the length in bits."""
    whole = -(-(width + 1 + LENGTH_BYTES) // BLOCK_BYTES) * BLOCK_BYTES
    padded = np.zeros((LANES, whole), dtype=np.uint8)
    padded[:, width] = 0x80
    padded[:, -LENGTH_BYTES:] = np.frombuffer((8 * width).to_bytes(LENGTH_BYTES, "big"), np.uint8)
    return padded
