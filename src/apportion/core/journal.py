"""The journal: a Merkle log whose root commits to every record, with proofs anyone can check.

Source: RFC 6962, section 2.1 (hashes and inclusion proofs).
"""

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
LEAF_PREFIX, NODE_PREFIX = b"\x00", b"\x01"
EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(record: bytes) -> bytes:
    """Hashes one record as a leaf."""
    return hashlib.sha256(LEAF_PREFIX + record).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hashes two subtrees as their parent."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def extend(size: int, frontier: bytes, leaves: Iterable[bytes]) -> tuple[int, bytes]:
    """Appends leaf hashes to a log that is known only by its frontier.

    Shape: the frontier joins the roots of the complete subtrees, largest first, 32 bytes each;
    there is one for each set bit of `size`.
    """
    nodes = [frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)]
    if len(nodes) != size.bit_count():
        raise ValueError(
            f"a log of {size} leaves has {size.bit_count()} subtrees, got {len(nodes)}"
        )
    for leaf in leaves:
        node, rest = leaf, size
        while rest & 1:
            node = hash_node(nodes.pop(), node)
            rest >>= 1
        nodes.append(node)
        size += 1
    return size, b"".join(nodes)


def frontier_root(frontier: bytes) -> bytes:
    """Folds a frontier into the root of the log."""
    if not frontier:
        return EMPTY_ROOT
    nodes = [frontier[at : at + HASH_BYTES] for at in range(0, len(frontier), HASH_BYTES)]
    root = nodes.pop()
    while nodes:
        root = hash_node(nodes.pop(), root)
    return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Computes the root of a whole log from its leaf hashes."""
    return frontier_root(extend(0, b"", leaves)[1])


def prove_inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Lists the sibling hashes from a leaf up to the root.

    Raises: IndexError where the log has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a log of {len(leaves)}")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _largest_power_below(high - low)
        if index < middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low = middle
    return tuple(reversed(path))


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Checks that a leaf hash stands at an index of the log with this size and root.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    node, at, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = hash_node(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = hash_node(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def _largest_power_below(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
