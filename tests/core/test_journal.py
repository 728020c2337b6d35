"""The journal commits to every record: a changed, moved or missing one is found."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core import journal

RECORDS = st.lists(st.binary(max_size=40), max_size=70)
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
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return journal.hash_node(by_definition(leaves[:k]), by_definition(leaves[k:]))


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


@given(RECORDS.filter(bool), st.data())
def test_every_leaf_can_be_proved_and_no_other_can(records, data):
    leaves = [journal.hash_leaf(record) for record in records]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = {
        "index": index,
        "size": len(leaves),
        "path": journal.prove_inclusion(leaves, index),
        "root": journal.root_of(leaves),
    }
    assert journal.verify_inclusion(leaf=leaves[index], **proof)
    assert not journal.verify_inclusion(leaf=journal.hash_leaf(b"forged" * 9), **proof)
    assert not journal.verify_inclusion(leaf=leaves[index], **proof | {"size": len(leaves) * 2 + 1})


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
        journal.prove_inclusion([], 0)
