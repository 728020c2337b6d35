"""The journal commits to every record: a changed, moved or missing one is found."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core import journal
from apportion.core.verify.facts import Untrue
from apportion.core.verify.merkle import check_consistency, check_inclusion

RECORDS = st.lists(st.binary(max_size=40), max_size=70)
LEAVES = [journal.hash_leaf(bytes([n])) for n in range(70)]
# Roots of the logs of the first n of these records; source: the test vectors of RFC 6962's
# reference implementation.
VECTOR_RECORDS = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
VECTOR_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def by_definition(leaves):
    """RFC 6962, 2.1, word for word: the slow oracle."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = divide(leaves)
    left, right = by_definition(leaves[:k]), by_definition(leaves[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def divide(leaves):
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return k


def path_by_definition(m, leaves):
    """RFC 6962, 2.1.1: PATH(m, D[n])."""
    if len(leaves) == 1:
        return ()
    k = divide(leaves)
    if m < k:
        return (*path_by_definition(m, leaves[:k]), by_definition(leaves[k:]))
    return (*path_by_definition(m - k, leaves[k:]), by_definition(leaves[:k]))


def consistency_by_definition(m, leaves):
    """RFC 6962, 2.1.2: PROOF(m, D[n]); of an empty log nothing is proved."""
    return subproof(m, leaves, known=True) if m else ()


def subproof(m, leaves, *, known):
    if m == len(leaves):
        return () if known else (by_definition(leaves),)
    k = divide(leaves)
    if m <= k:
        return (*subproof(m, leaves[:k], known=known), by_definition(leaves[k:]))
    return (*subproof(m - k, leaves[k:], known=False), by_definition(leaves[:k]))


def flip(data, node):
    bit = data.draw(st.integers(0, 255))
    return (int.from_bytes(node) ^ 1 << bit).to_bytes(32)


def bendings(data, path):
    """Gives the path with one hash more, one less, one changed, and two exchanged."""
    yield (*path, b"\x00" * 32)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        yield path[:-1]
        yield (*path[:at], flip(data, path[at]), *path[at + 1 :])
    if len(path) > 1:
        yield (path[1], path[0], *path[2:])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_that_of_the_published_vectors(size):
    leaves = [journal.hash_leaf(bytes.fromhex(record)) for record in VECTOR_RECORDS[:size]]
    assert journal.root_of(leaves).hex() == VECTOR_ROOTS[size - 1]


@given(RECORDS)
def test_the_root_equals_the_definition(records):
    leaves = [journal.hash_leaf(record) for record in records]
    assert journal.root_of(leaves) == by_definition(leaves)


@given(RECORDS, st.data())
def test_a_log_grown_in_steps_has_the_root_of_the_whole(records, data):
    leaves = [journal.hash_leaf(record) for record in records]
    cut = data.draw(st.integers(0, len(leaves)))
    size, frontier = journal.extend(0, b"", leaves[:cut])
    size, frontier = journal.extend(size, frontier, leaves[cut:])
    assert (size, journal.frontier_root(frontier)) == (len(leaves), journal.root_of(leaves))


@pytest.mark.parametrize("size", range(71))
def test_every_proof_of_a_log_of_this_size_equals_the_definition_and_holds(size):
    leaves = LEAVES[:size]
    subtrees, root = journal.subtrees_of(leaves), by_definition(leaves)
    assert journal.root_at(subtrees, size) == root
    for index in range(size):
        path = journal.prove_inclusion(subtrees, index=index, size=size)
        assert path == path_by_definition(index, leaves)
        check_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=root)
    for old in range(size + 1):
        old_root = by_definition(leaves[:old])
        proof = journal.prove_consistency(subtrees, old=old, size=size)
        assert proof == consistency_by_definition(old, leaves)
        check_consistency(old_size=old, old_root=old_root, size=size, root=root, proof=proof)


@given(st.integers(1, 70), st.data())
def test_a_proof_of_inclusion_that_is_bent_anywhere_does_not_hold(size, data):
    index = data.draw(st.integers(0, size - 1))
    subtrees = journal.subtrees_of(LEAVES)
    path = journal.prove_inclusion(subtrees, index=index, size=size)
    root = journal.root_at(subtrees, size)
    true = {"leaf": LEAVES[index], "index": index, "size": size, "path": path, "root": root}
    for bent in bendings(data, path):
        with pytest.raises(Untrue):
            check_inclusion(**true | {"path": bent})
    for name in ("leaf", "root"):
        with pytest.raises(Untrue):
            check_inclusion(**true | {name: flip(data, true[name])})
    other = data.draw(st.integers(0, size).filter(lambda at: at != index))
    with pytest.raises(Untrue):
        check_inclusion(**true | {"index": other})
    with pytest.raises(Untrue):
        check_inclusion(**true | {"size": 2 * size + 1})


@given(st.integers(2, 70), st.data())
def test_a_proof_of_consistency_that_is_bent_anywhere_does_not_hold(size, data):
    old = data.draw(st.integers(1, size - 1))
    subtrees = journal.subtrees_of(LEAVES)
    true = {
        "old_size": old,
        "old_root": journal.root_at(subtrees, old),
        "size": size,
        "root": journal.root_at(subtrees, size),
        "proof": journal.prove_consistency(subtrees, old=old, size=size),
    }
    for bent in bendings(data, true["proof"]):
        with pytest.raises(Untrue):
            check_consistency(**true | {"proof": bent})
    for name in ("old_root", "root"):
        with pytest.raises(Untrue):
            check_consistency(**true | {name: flip(data, true[name])})


@given(st.integers(2, 70), st.integers(1, 70), st.data())
def test_a_log_whose_past_was_changed_is_consistent_with_no_earlier_root(size, old, data):
    old = min(old, size)
    at = data.draw(st.integers(0, old - 1))
    changed = [*LEAVES[:size]]
    changed[at] = journal.hash_leaf(b"changed")
    subtrees = journal.subtrees_of(changed)
    with pytest.raises(Untrue):
        check_consistency(
            old_size=old,
            old_root=by_definition(LEAVES[:old]),
            size=size,
            root=journal.root_at(subtrees, size),
            proof=journal.prove_consistency(subtrees, old=old, size=size),
        )


def test_an_empty_log_comes_before_every_log_but_has_one_root_only():
    root = by_definition(LEAVES[:5])
    check_consistency(old_size=0, old_root=journal.EMPTY_ROOT, size=5, root=root, proof=())
    with pytest.raises(Untrue, match="another root"):
        check_consistency(old_size=0, old_root=root, size=5, root=root, proof=())


def test_tiles_are_the_roots_of_each_256_leaves_and_of_each_256_tiles():
    leaves = [journal.hash_leaf(n.to_bytes(4)) for n in range(2**16 + 300)]
    first = journal.grow(0, b"", leaves[:1000])
    second = journal.grow(first.size, first.frontier, leaves[1000:])
    subtrees = journal.subtrees_of(leaves)
    tiles = {(tile.level, tile.place): tile.root for tile in first.tiles + second.tiles}
    expected = {(1, index): subtrees(8, index) for index in range(257)} | {(2, 0): subtrees(16, 0)}
    assert tiles == expected
    assert second.frontier == journal.frontier_at(subtrees, len(leaves))


def test_a_proof_in_a_log_of_100000_leaves_asks_for_few_subtrees():
    size = 100_000
    held, asked = journal.subtrees_of([journal.hash_leaf(n.to_bytes(4)) for n in range(size)]), []

    def subtrees(level, index):
        asked.append((level, index))
        return held(level, index)

    path = journal.prove_inclusion(subtrees, index=77_777, size=size)
    journal.prove_consistency(subtrees, old=65_537, size=size)
    assert len(path) == 17
    assert len(asked) < 80


@given(st.integers(2, 40), st.data())
def test_a_changed_leaf_changes_the_root(count, data):
    leaves = [journal.hash_leaf(bytes([n])) for n in range(count)]
    at = data.draw(st.integers(0, count - 1))
    changed = [*leaves]
    changed[at] = journal.hash_leaf(b"changed")
    assert journal.root_of(changed) != journal.root_of(leaves)


def test_a_frontier_of_the_wrong_length_is_not_extended():
    with pytest.raises(ValueError, match="3 leaves has 2 subtrees"):
        journal.extend(3, b"\x00" * 32, [])


def test_there_is_no_proof_of_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        journal.prove_inclusion(journal.subtrees_of([]), index=0, size=0)
