"""Opens accounting files: plain or gzip, told by their first bytes."""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from apportion.core.faults import BadInput, Fault

CHUNK_BYTES = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW_BITS = 31
STANDARD_INPUT = "-"
LINE_END = b"\n"
BROKEN = b" [the compressed file breaks off here]"  # no line end: reported as a cut line


def read_chunks(path: str, *, watch: Callable[[bytes], object] | None = None) -> Iterator[bytes]:
    """Reads a file, or standard input for `-`, as chunks of plain bytes.

    `watch` is told every byte as it is stored, for a checksum. A gzip file that was cut or damaged gives what it holds and then a line without a line end.

    Raises: BadInput, when the file cannot be opened or read.
    """
    try:
        if path == STANDARD_INPUT:
            yield from _unpacked(_stored(sys.stdin.buffer, watch))
        else:
            with Path(path).open("rb") as stream:
                yield from _unpacked(_stored(stream, watch))
    except OSError as error:
        what = error.strerror or str(error)
        raise BadInput([Fault(file=path, what=what, remedy="Name a readable file")]) from None


def write_rejects(path: Path, files: Sequence[str], rejects: Sequence[Fault]) -> None:
    """Writes rejected rows as they stood, each after a comment that says why: mend and read again.

    A line of column names comes first where the files have one. Rows of standard input are gone.

    Raises: BadInput, when the file cannot be written, or files name their columns differently.
    """
    by_file = {file: {one.line: one for one in rejects if one.file == file} for file in files}
    headers = {header for file in files if file != STANDARD_INPUT and (header := _names(file))}
    if len(headers) > 1:
        remedy = "Rate the files one by one"
        what = "the files name their columns differently"
        raise BadInput([Fault(file=str(path), what=what, remedy=remedy)])
    try:
        with path.open("wb") as stream:
            stream.writelines(headers)
            for file, faults in by_file.items():
                stream.writelines(_rejected(file, faults))
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise BadInput([Fault(file=str(path), what=what, remedy="Name another file")]) from None


def _rejected(file: str, faults: Mapping[int | None, Fault]) -> Iterator[bytes]:
    if file == STANDARD_INPUT or not faults:
        return
    for number, line in enumerate(_lines(read_chunks(file)), start=1):
        if (fault := faults.get(number)) is not None:
            mark = b"; " if file.removesuffix(".gz").endswith(".swf") else b"# "
            yield mark + " ".join(str(fault).split()).encode() + LINE_END
            yield line.rstrip(LINE_END) + LINE_END


def _names(file: str) -> bytes:
    """Gives a first line that names columns: one of letters, with no digits among them."""
    first = next(_lines(read_chunks(file)), b"")
    words = first.lower().replace(b"_", b"").replace(b"|", b",").split(b",")
    is_header = len(words) > 1 and all(word.strip().isalpha() for word in words)
    return first.rstrip(LINE_END) + LINE_END if is_header else b""


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(LINE_END)
        yield from lines
    if rest:
        yield rest


def _stored(stream: BinaryIO, watch: Callable[[bytes], object] | None) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        if watch is not None:
            watch(chunk)
        yield chunk


def _unpacked(stored: Iterator[bytes]) -> Iterator[bytes]:
    head = next(stored, b"")
    if not head.startswith(GZIP_MAGIC):
        yield head
        yield from stored
        return
    unpacker = zlib.decompressobj(GZIP_WINDOW_BITS)
    packed: bytes | None = head
    while packed is not None:
        try:  # a piece at a time: what is packed may be a thousand times as long unpacked
            piece = unpacker.decompress(packed, CHUNK_BYTES)
        except zlib.error:
            break
        yield piece
        if len(piece) == CHUNK_BYTES and not unpacker.eof:
            packed = unpacker.unconsumed_tail
        elif unpacker.eof and unpacker.unused_data:
            packed, unpacker = unpacker.unused_data, zlib.decompressobj(GZIP_WINDOW_BITS)
        else:
            packed = next(stored, None)
    if not unpacker.eof:
        yield BROKEN
