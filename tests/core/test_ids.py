"""Names and transfer ids: what may be a name, and ids that a replay makes again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ids import ID_PATTERN, is_id, transfer_id

instants = st.integers(0, 2**48 - 1)


@given(st.from_regex(ID_PATTERN, fullmatch=True))
def test_a_name_is_safe_in_a_path_a_url_segment_and_a_line_of_output(name):
    assert is_id(name)
    assert not re.search(r"[\s/\\;,|=?&%#\"'<>]", name)
    assert name not in {".", ".."}
    assert not name.startswith("-")


@pytest.mark.parametrize(
    "name", ["", "-x", ".x", "a b", "a/b", "a\n", "é", "a;b", "a" * 121, "\N{ZERO WIDTH SPACE}a"]
)
def test_text_is_no_name_when_it_is_empty_too_long_or_has_signs_that_files_need(name):
    assert not is_id(name)


@given(instants, st.text())
def test_the_same_source_row_gives_the_same_transfer_id(at, key):
    assert transfer_id(at, key) == transfer_id(at, key)
    assert len(transfer_id(at, key)) == 16


@given(instants, instants, st.text(), st.text())
def test_transfer_ids_sort_by_the_time_of_the_event(earlier, later, one, other):
    if earlier < later:
        assert transfer_id(earlier, one) < transfer_id(later, other)


@given(instants, st.lists(st.text(), unique=True, max_size=20))
def test_source_rows_of_one_instant_get_different_ids(at, keys):
    assert len({transfer_id(at, key) for key in keys}) == len(keys)


@given(st.integers(), st.text())
def test_an_event_outside_of_the_48_bits_still_gets_an_id(at, key):
    assert len(transfer_id(at, key)) == 16
