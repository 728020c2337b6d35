"""Bytes to lines: any chunking gives the same lines, and a cut line is a fault."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.faults import Fault
from apportion.core.meter import lines
from apportion.core.meter.lines import Note, read_lines


def read(*chunks):
    return list(read_lines(chunks, file="f"))


def kinds(items):
    return [type(item).__name__ for item in items]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_any_chunking_of_the_same_bytes_gives_the_same_lines(data, cuts):
    points = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    pieces = [data[low:high] for low, high in pairwise(points)]
    assert read(*pieces) == read(data)


def test_lines_are_numbered_and_their_ends_are_taken_off():
    assert read(b"a\nb\r\n\nc\n") == [(1, "a"), (2, "b"), (3, ""), (4, "c")]


def test_a_byte_order_mark_is_dropped_even_where_it_comes_in_pieces():
    assert read(b"\xef", b"\xbb", b"\xbfa\n") == [(1, "a")]


def test_a_last_line_without_its_end_is_a_fault_and_every_other_line_counts():
    first, cut = read(b"whole\nhal")
    assert first == (1, "whole")
    assert isinstance(cut, Fault)
    assert (cut.line, cut.value) == (2, "hal")
    assert "middle of this line" in cut.what


def test_a_line_that_is_not_utf_8_is_counted_and_noted():
    note, line = read(b"caf\xe9\n")
    assert isinstance(note, Note)
    assert note.fault.line == 1
    assert line == (1, "caf�")


def test_a_line_with_a_nul_byte_is_a_fault_and_stops_nothing():
    assert kinds(read(b"a\0b\nc\n")) == ["Fault", "tuple"]


@pytest.mark.parametrize("size", [7, 8, 30])
def test_a_line_too_long_is_one_fault_however_it_comes(monkeypatch, size):
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)
    data = b"ok\n" + b"x" * 25 + b"\nfine\n"
    found = read(*(data[at : at + size] for at in range(0, len(data), size)))
    assert kinds(found) == ["tuple", "Fault", "tuple"]
    assert found[2] == (3, "fine")


def test_an_empty_file_has_no_lines():
    assert read() == read(b"") == []
