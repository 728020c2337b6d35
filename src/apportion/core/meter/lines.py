"""Bytes in any chunking to numbered lines of text; what is not a whole line is a fault."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apportion.core.faults import Fault

MAX_LINE_BYTES = (
    1_000_000  # longer than any accounting record; keeps a file without line ends small
)
CUT_OFF = "the file ends in the middle of this line"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about a row that is counted all the same."""

    fault: Fault


Line = tuple[int, str]


def read_lines(chunks: Iterable[bytes], *, file: str) -> Iterator[Line | Note | Fault]:
    """Cuts a stream of bytes into numbered lines without their line ends.

    A last line without a line end is a fault: it was cut, and even where it still parses its
    last number or name may be another one.
    """
    number = 0
    for number, raw in enumerate(_whole_lines(chunks), start=1):
        if raw is None:
            yield _too_long(file, number)
            continue
        if not raw.endswith(b"\n"):
            yield _cut(file, number, raw)
            continue
        yield from _decode(raw.rstrip(b"\r\n"), file, number)


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes | None]:
    """Yields each line with its end, the last one perhaps without, and None for one too long."""
    rest = b""
    skipping = False
    for chunk in _without_mark(chunks):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if skipping or len(line) > MAX_LINE_BYTES:
                skipping = False
                yield None
            else:
                yield line + b"\n"
        if len(rest) > MAX_LINE_BYTES or skipping:
            skipping = True
            rest = b""
    if skipping:
        yield None
    elif rest:
        yield rest


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Drops a byte-order mark, which spreadsheets put before the first column's name."""
    head = b""
    rest = iter(chunks)
    for chunk in rest:
        head += chunk
        if len(head) >= len(BYTE_ORDER_MARK):
            break
    yield head.removeprefix(BYTE_ORDER_MARK)
    yield from rest


def _decode(raw: bytes, file: str, number: int) -> Iterator[Line | Note | Fault]:
    if b"\0" in raw:
        yield Fault(
            file=file,
            line=number,
            what="holds a NUL byte, so it is not a line of UTF-8 text",
            remedy="Export the file as UTF-8 text",
        )
        return
    try:
        yield number, raw.decode()
    except UnicodeDecodeError:
        text = raw.decode(errors="replace")
        yield Note(
            Fault(
                file=file,
                line=number,
                value=text,
                what="not UTF-8; the bytes that are not were replaced and the row counted",
                remedy="Export the file as UTF-8",
            )
        )
        yield number, text


def _cut(file: str, number: int, raw: bytes) -> Fault:
    return Fault(
        file=file,
        line=number,
        value=raw.decode(errors="replace"),
        what=CUT_OFF,
        remedy="Export it again; a whole last line ends with a line feed",
    )


def _too_long(file: str, number: int) -> Fault:
    return Fault(
        file=file,
        line=number,
        what=f"longer than {MAX_LINE_BYTES} bytes",
        remedy="Check that this is an accounting file",
    )
