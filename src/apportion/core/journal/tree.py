"""The tree over the journal's leaves: its root, how it grows, and proofs drawn from its subtrees.

Whoever keeps the log gives a `Subtrees`: the root of any complete subtree, from tiles, from rows
or from memory. Every proof needs only such roots, so that none reads the whole log.

Source: RFC 6962, section 2.1 (hashes, inclusion and consistency proofs).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
LEAF_PREFIX, NODE_PREFIX = b"\x00", b"\x01"
EMPTY_ROOT = sha256(b"").digest()
TILE_HEIGHT = 8  # a tile stands for 256 leaves, one of the next level for 256 tiles

# Gives the root of the complete subtree of 2**level leaves that starts at leaf index << level.
Subtrees = Callable[[int, int], bytes]


class Tile(NamedTuple):
    """The root of a complete subtree of 256**level leaves; never changes once it is there."""

    level: int
    place: int  # among the tiles of its level
    root: bytes


class Grown(NamedTuple):
    """A log after leaves were added: its size, its frontier and the tiles that they completed."""

    size: int
    frontier: bytes
    tiles: tuple[Tile, ...]


def grow(size: int, frontier: bytes, leaves: Iterable[bytes]) -> Grown:
    """Appends leaf hashes to a log that is known only by its frontier.

    Shape: the frontier joins the roots of the complete subtrees, largest first, 32 bytes each;
    there is one for each set bit of `size`.
    """
    nodes = _split(frontier)
    if len(nodes) != size.bit_count():
        raise ValueError(
            f"a log of {size} leaves has {size.bit_count()} subtrees, got {len(nodes)}"
        )
    tiles: list[Tile] = []
    for leaf in leaves:
        node, rest, level = leaf, size, 0
        while rest & 1:
            node = sha256(NODE_PREFIX + nodes.pop() + node).digest()
            rest >>= 1
            level += 1
            if level % TILE_HEIGHT == 0:
                tiles.append(Tile(level // TILE_HEIGHT, size >> level, node))
        nodes.append(node)
        size += 1
    return Grown(size, b"".join(nodes), tuple(tiles))


def extend(size: int, frontier: bytes, leaves: Iterable[bytes]) -> tuple[int, bytes]:
    """Appends leaf hashes where nobody keeps tiles."""
    grown = grow(size, frontier, leaves)
    return grown.size, grown.frontier


def prove_inclusion(subtrees: Subtrees, *, index: int, size: int) -> tuple[bytes, ...]:
    """Lists the sibling hashes from a leaf up to the root of the log's first `size` leaves.

    Raises: IndexError where the log has no such leaf.
    """
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} of a log of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            path.append(_range_root(subtrees, middle, high))
            high = middle
        else:
            path.append(_range_root(subtrees, low, middle))
            low = middle
    return tuple(reversed(path))


def prove_consistency(subtrees: Subtrees, *, old: int, size: int) -> tuple[bytes, ...]:
    """Lists the hashes that show a log of `size` leaves to begin with the log of `old` leaves.

    Empty where either the two are one, or the old log was empty and there is nothing to show.

    Raises: IndexError where the old log is larger than the new.
    """
    if not 0 <= old <= size:
        raise IndexError(f"a log of {size} leaves never had {old}")
    path: list[bytes] = []
    low, high = 0, size
    while old and high != old:
        middle = low + _largest_power_below(high - low)
        if old <= middle:
            path.append(_range_root(subtrees, middle, high))
            high = middle
        else:
            path.append(_range_root(subtrees, low, middle))
            low = middle
    if low:  # the verifier knows the old root, and so this node, only where it is the whole log
        path.append(_range_root(subtrees, low, high))
    return tuple(reversed(path))


def hash_leaf(record: bytes) -> bytes:
    """Hashes one record as a leaf."""
    return sha256(LEAF_PREFIX + record).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hashes two subtrees as their parent."""
    return sha256(NODE_PREFIX + left + right).digest()


def frontier_root(frontier: bytes) -> bytes:
    """Folds a frontier into the root of the log."""
    return _fold(_split(frontier)) if frontier else EMPTY_ROOT


def frontier_at(subtrees: Subtrees, size: int) -> bytes:
    """Gives the frontier that the log had when it held `size` leaves."""
    return b"".join(_complete(subtrees, 0, size))


def root_at(subtrees: Subtrees, size: int) -> bytes:
    """Gives the root that the log had when it held `size` leaves."""
    return _range_root(subtrees, 0, size) if size else EMPTY_ROOT


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Computes the root of a whole log from its leaf hashes."""
    return frontier_root(grow(0, b"", leaves).frontier)


def subtrees_of(leaves: Sequence[bytes]) -> Subtrees:
    """Serves the subtrees of a log held in memory; each level is hashed once, when first asked."""
    levels: list[Sequence[bytes]] = [leaves]

    def subtree(level: int, index: int) -> bytes:
        while len(levels) <= level:
            below = levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            levels.append([hash_node(left, right) for left, right in pairs])
        return levels[level][index]

    return subtree


def _range_root(subtrees: Subtrees, low: int, high: int) -> bytes:
    return _fold(_complete(subtrees, low, high))


def _complete(subtrees: Subtrees, low: int, high: int) -> list[bytes]:
    """Lists the complete subtrees of a range that starts where the tree itself divides."""
    nodes: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        nodes.append(subtrees(level, low >> level))
        low += 1 << level
    return nodes


def _fold(nodes: list[bytes]) -> bytes:
    root = nodes.pop()
    while nodes:
        root = hash_node(nodes.pop(), root)
    return root


def _split(frontier: bytes) -> list[bytes]:
    return [frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)]


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
