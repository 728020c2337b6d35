"""A proof of inclusion holds from its file alone, and one changed character breaks it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from apportion.core import journal
from apportion.core.verify import verify_document, verify_inclusion


def proof(records, index):
    leaves = [journal.hash_leaf(record) for record in records]
    path = journal.prove_inclusion(journal.subtrees_of(leaves), index=index, size=len(leaves))
    return {
        "schema": "apportion.inclusion/1",
        "index": index,
        "leaf": leaves[index].hex(),
        "path": [node.hex() for node in path],
        "root": journal.root_of(leaves).hex(),
        "size": len(leaves),
    }


def holds(document):
    return verify_document(json.dumps(document).encode()).holds


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_a_proof_from_the_journal_holds_and_a_bent_one_does_not(records, data):
    index = data.draw(st.integers(0, len(records) - 1))
    document = proof(records, index)
    assert holds(document)
    assert not holds(document | {"leaf": "00" * 32})
    assert not holds(document | {"root": "00" * 32})
    assert not holds(document | {"size": 2 * len(records) + 1})
    assert not holds(document | {"path": [*document["path"], "00" * 32]})
    assert not document["path"] or not holds(document | {"path": document["path"][:-1]})


def test_what_is_no_proof_is_told_and_not_raised():
    for data in (b"", b"{}", b"[1]", b'{"schema": "apportion.inclusion/1"}', b"\xff"):
        assert not verify_inclusion(data).holds
        assert verify_document(data).fault
