"""Opening accounting files: plain, gzip, cut, missing."""

import gzip
import hashlib
import io
import sys
import tracemalloc
import zlib

import pytest

from apportion.adapters.traces import client
from apportion.adapters.traces.client import read_chunks
from apportion.core.faults import BadInput
from apportion.core.meter.lines import MAX_LINE_BYTES, Fault, read_lines

TEXT = b"".join(b"line %d\n" % number for number in range(5000))


def read(path):
    return b"".join(read_chunks(str(path)))


@pytest.mark.parametrize(
    "stored",
    [TEXT, gzip.compress(TEXT), gzip.compress(TEXT[:700]) + gzip.compress(TEXT[700:])],
    ids=["plain", "gzip", "two gzip members"],
)
@pytest.mark.parametrize("chunk", [7, 100_000])
def test_a_file_is_read_whole_whatever_its_name_and_chunks(tmp_path, monkeypatch, stored, chunk):
    monkeypatch.setattr(client, "CHUNK_BYTES", chunk)
    (tmp_path / "f").write_bytes(stored)
    digest = hashlib.sha256()
    assert b"".join(read_chunks(str(tmp_path / "f"), watch=digest.update)) == TEXT
    assert digest.hexdigest() == hashlib.sha256(stored).hexdigest()


@pytest.mark.parametrize(
    "spoil", [lambda b: b[: len(b) // 2], lambda b: b[:-4], lambda b: b[:300] + b"x" * 50]
)
def test_a_gzip_file_cut_or_damaged_gives_what_it_holds_and_a_cut_line(tmp_path, spoil):
    (tmp_path / "f.gz").write_bytes(spoil(gzip.compress(TEXT)))
    *_, last = read_lines(read_chunks(str(tmp_path / "f.gz")), file="f.gz")
    assert "breaks off" in last.value


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "f").write_bytes(b"")
    assert read(tmp_path / "f") == b""


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_bad_input(tmp_path, name):
    with pytest.raises(BadInput, match="Name a readable file"):
        read(tmp_path / name)


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    assert read("-") == TEXT


def test_a_small_file_that_unpacks_to_a_huge_one_is_read_in_pieces(tmp_path):
    packer = zlib.compressobj(wbits=31)
    (tmp_path / "bomb.gz").write_bytes(
        b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    )
    sizes = [len(chunk) for chunk in read_chunks(str(tmp_path / "bomb.gz"))]
    assert (sum(sizes), max(sizes)) == (200 << 20, client.CHUNK_BYTES)


def test_a_bomb_without_an_end_of_line_is_one_row_that_cannot_be_used(tmp_path):
    packer = zlib.compressobj(wbits=31)
    (tmp_path / "bomb.gz").write_bytes(
        b"".join(packer.compress(bytes(1 << 20)) for _ in range(20)) + packer.flush()
    )
    tracemalloc.start()
    notes = list(read_lines(read_chunks(str(tmp_path / "bomb.gz")), file="bomb.gz"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [type(one) for one in notes] == [Fault]
    assert peak < 8 * MAX_LINE_BYTES
