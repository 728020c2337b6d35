"""Opens accounting files: plain or gzip, told by their first bytes."""

import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from apportion.core.faults import BadInput, Fault

CHUNK_BYTES = 1 << 18
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW_BITS = 31
STANDARD_INPUT = "-"
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
        try:
            yield unpacker.decompress(packed)
        except zlib.error:
            break
        if unpacker.eof and unpacker.unused_data:
            packed, unpacker = unpacker.unused_data, zlib.decompressobj(GZIP_WINDOW_BITS)
        else:
            packed = next(stored, None)
    if not unpacker.eof:
        yield BROKEN
