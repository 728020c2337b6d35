"""Many hashes at once: what hashlib says of each, and the tree that grows leaf by leaf."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.journal import HASH_BYTES, grow, lanes


def rows(count, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, width), dtype=np.uint8)


@pytest.fixture(scope="module")
def compiled():
    return lanes.load_compiled()


@pytest.mark.parametrize("width", [1, 54, 55, 56, 63, 64, 65, 117, 119, 120, 200])
@pytest.mark.parametrize("count", [1, 15, 16, 17, 40])
def test_every_message_hashes_as_hashlib_says(compiled, width, count):
    messages = rows(count, width)
    expected = [hashlib.sha256(row.tobytes()).digest() for row in messages]
    hasher = lanes._Hasher()
    assert hasher.hash(messages).tobytes() == b"".join(expected)
    hasher.compiled = compiled
    assert hasher.hash(messages).tobytes() == b"".join(expected)


def test_the_compiled_code_is_loaded_once_it_repays_itself(monkeypatch):
    loaded = []
    monkeypatch.setattr(lanes, "REPAID", 10)
    monkeypatch.setattr(lanes, "load_compiled", lambda: loaded.append(1))
    hasher = lanes._Hasher()
    hasher.hash(rows(9, 5))
    assert loaded == []
    hasher.hash(rows(1, 5))
    assert loaded == [1]


@given(st.lists(st.integers(0, 700), max_size=5))
def test_a_log_grows_by_levels_as_it_grows_by_leaves(parts):
    slow = fast = (0, b"")
    for number, count in enumerate(parts):
        leaves = rows(count, HASH_BYTES, seed=number)
        one = grow(*slow, [leaf.tobytes() for leaf in leaves])
        many = lanes.grow_many(*fast, leaves)
        assert (one.size, one.frontier) == (many.size, many.frontier)
        assert sorted(one.tiles) == sorted(many.tiles)
        slow = fast = one.size, one.frontier


def test_tiles_of_the_second_level_stand_for_their_tiles():
    leaves = rows(65_536 + 3, HASH_BYTES)
    grown = lanes.grow_many(0, b"", leaves)
    assert [(t.level, t.place) for t in grown.tiles if t.level == 2] == [(2, 0)]
    assert grown.tiles[-1].root == grown.frontier[:HASH_BYTES]


def test_a_frontier_of_another_size_is_refused():
    with pytest.raises(ValueError, match="a log of 1 leaves has 1 subtrees, got 0"):
        lanes.grow_many(1, b"", rows(1, HASH_BYTES))
    assert lanes.grow_many(0, b"", rows(0, HASH_BYTES)) == (0, b"", ())
