"""Checks proofs of the journal's tree: that a leaf is in it, that a larger log begins with a smaller.

Written from the RFCs apart from core.journal, which makes the proofs.

Source: RFC 9162, sections 2.1.3.2 (inclusion) and 2.1.4.2 (consistency); hashes of RFC 6962, 2.1.
"""

from collections.abc import Sequence
from hashlib import sha256

from apportion.core.verify.facts import ensure

HASH_BYTES = 32
LONGEST_PROOF = 64  # more hashes than any log of 2**63 leaves can need


def check_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Walks from a leaf's hash up to the root.

    Raises: Untrue with the first fault.
    """
    ensure(0 <= index < size, f"there is no leaf {index} among {size}")
    _check_hashes(path)
    node, at, last = leaf, index, size - 1
    for sibling in path:
        ensure(last > 0, "the path goes on above the root")
        if at % 2 or at == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        at, last = at // 2, last // 2
    ensure(last == 0, "the path ends below the root")
    ensure(node == root, "the path does not lead from the leaf to the root")


def check_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Rebuilds both roots from one proof: the log of `size` begins with that of `old_size`.

    Raises: Untrue with the first fault.
    """
    ensure(0 <= old_size <= size, f"a log of {size} leaves cannot have had {old_size} before")
    _check_hashes(proof)
    if old_size in {0, size}:
        ensure(not proof, "a proof stands where there is nothing to prove")
        empty = old_size == 0
        ensure(not empty or old_root == sha256(b"").digest(), "an empty log has another root")
        ensure(empty or old_root == root, "two logs of one size have two roots")
        return
    nodes = [*proof]
    if old_size.bit_count() == 1:  # the old log is itself a complete subtree of the new
        nodes.insert(0, old_root)
    ensure(bool(nodes), "the proof of consistency is empty")
    at, last = old_size - 1, size - 1
    while at % 2:
        at, last = at // 2, last // 2
    old = new = nodes[0]
    for node in nodes[1:]:
        ensure(last > 0, "the proof goes on above the root")
        if at % 2 or at == last:
            old, new = _node(node, old), _node(node, new)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            new = _node(new, node)
        at, last = at // 2, last // 2
    ensure(last == 0, "the proof ends below the root")
    ensure(old == old_root, "the proof does not lead to the old root")
    ensure(new == root, "the proof does not lead to the new root")


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _check_hashes(path: Sequence[bytes]) -> None:
    ensure(len(path) <= LONGEST_PROOF, "the proof is longer than any journal's")
    ensure(all(len(node) == HASH_BYTES for node in path), "a hash of the proof has a wrong length")
