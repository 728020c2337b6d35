"""One changed row among many is found by hashes alone, with what it said when it was sealed."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apportion.core import journal
from apportion.core.ledger.columns import LEAF
from apportion.core.ledger.suspects import Block, Hints, find_change

LOW, COUNT = 512, 32
RECORD = 5  # the place of a leaf that is no transfer


def sealed_rows():
    rng = np.random.default_rng(3)
    rows = np.zeros(COUNT, dtype=LEAF)
    rows["version"], rows["code"] = 1, 3
    rows["seq"] = np.arange(LOW, LOW + COUNT)
    rows["amount"] = rng.integers(1, 10**6, COUNT)
    rows["effective_us"] = 1_790_000_000_000_000 + rng.integers(0, 10**9, COUNT) // 1000 * 1000
    rows["debit"], rows["credit"] = rng.integers(1, 9, COUNT), rng.integers(10, 19, COUNT)
    names = [(int(at) // 1000).to_bytes(6) + rng.bytes(10) for at in rows["effective_us"].tolist()]
    rows["id"] = np.frombuffer(b"".join(names), dtype="V16")
    return rows


ROWS = sealed_rows()
OPENING = journal.hash_leaf(b"a record")


def hashes_of(rows):
    found = [sha256(row.tobytes()).digest() for row in rows]
    found[RECORD] = OPENING
    return found


ROOT = journal.root_of(hashes_of(ROWS))


def search(rows, *, hashes=None, hints=None):
    packed = b"".join(row.tobytes() for place, row in enumerate(rows) if place != RECORD)
    block = Block(low=LOW, hashes=tuple(hashes or hashes_of(rows)), packed=packed, expected=ROOT)
    return find_change(block, hints or Hints())


PLACES = st.integers(0, COUNT - 1).filter(lambda place: place != RECORD)


@settings(max_examples=20, deadline=None)
@given(PLACES, st.integers(-(10**6), 10**6))
def test_an_amount_is_found_by_how_much_the_balances_differ(place, by):
    rows = ROWS.copy()
    assume(by != 0)
    rows["amount"][place] += by
    found = search(rows, hints=Hints(amounts=(by, 17)))
    assert (found.row, found.field) == (f"seq {LOW + place}", "amount")
    assert found.recomputed == str(ROWS["amount"][place])


@settings(max_examples=20, deadline=None)
@given(
    PLACES,
    st.sampled_from(["amount", "effective_us", "recorded_us", "expires_us", "debit", "leg"]),
    st.integers(0, 15),
)
def test_a_flipped_bit_is_found_without_any_hint(place, name, bit):
    rows = ROWS.copy()
    rows[name][place] ^= 1 << bit
    found = search(rows)
    assert found.row == f"seq {LOW + place}"
    assert found.recomputed == str(ROWS[name][place])


@settings(max_examples=20, deadline=None)
@given(PLACES, st.integers(1, 10**15))
def test_an_instant_is_found_by_the_id_that_begins_with_it(place, by):
    rows = ROWS.copy()
    rows["effective_us"][place] += by * 1000
    found = search(rows)
    assert (found.field, found.recomputed) == ("effective_us", str(ROWS["effective_us"][place]))


def test_two_rows_that_changed_places_are_found():
    rows = ROWS.copy()
    for name in LEAF.names:
        if name != "seq":
            rows[name][[7, 20]] = ROWS[name][[20, 7]]
    found = search(rows)
    assert (found.row, found.field) == (f"seq {LOW + 7}", "transfer_id")
    assert found.recomputed == ROWS["id"][7].tobytes().hex()


def test_another_account_is_found_among_those_whose_balances_differ():
    rows = ROWS.copy()
    rows["debit"][9] = 77
    found = search(rows, hints=Hints(accounts=(77, int(ROWS["debit"][9]))))
    assert (found.field, found.said) == ("debit_id", "77")


def test_a_records_hash_is_found_where_its_owner_still_has_the_record():
    hashes = hashes_of(ROWS)
    hashes[RECORD] = b"\x01" * 32
    found = search(ROWS, hashes=hashes, hints=Hints(records={LOW + RECORD: OPENING, 3: OPENING}))
    assert (found.table, found.recomputed) == ("ledger_record", OPENING.hex())


@pytest.mark.parametrize("names", [("amount", "code"), ("id",), ("words",)])
def test_what_no_single_change_explains_is_not_guessed(names):
    rows = ROWS.copy()
    for name in names:
        other = np.frombuffer(b"\x05" * LEAF[name].itemsize, dtype=LEAF[name])[0]
        rows[name][11] = other
    assert search(rows) is None
