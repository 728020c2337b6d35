"""Reads the rows of a CSV file as people save them, or tells why they cannot be read."""

import codecs
import csv
import io
from collections.abc import Iterator

from apportion.adapters.files.faults import Faults


def read_text(data: bytes, faults: Faults, *, most: int, of: str = "requests") -> str:
    """Decodes a table; refuses files too large before reading."""
    lines = data.count(b"\n")
    if lines > most + 1:
        what = f"{lines:,} lines are more than one round takes"
        faults.add(what=what, remedy=f"Split the round: at most {most:,} {of} each")
        return ""
    return decode_text(data, faults, if_empty="Write a line of column names and a row per request")


def decode_text(data: bytes, faults: Faults, *, if_empty: str) -> str:
    """Decodes UTF-8, with or without a byte-order mark, or says what else the bytes are."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        faults.add(what="UTF-16 text", remedy="Save the file as UTF-8 (CSV UTF-8)", line=1)
        return ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02x}"
        faults.add(what="not UTF-8 text", remedy="Save the file as UTF-8", line=line, value=byte)
        return ""
    if not text.strip():
        faults.add(what="empty", remedy=if_empty, line=1)
    elif "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        faults.add(what="a NUL character", remedy="Save the file as plain text", line=line)
    return text


def read_rows(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yields the rows that hold anything, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(what=f"not CSV: {error}", remedy="Close the quotes of this row", line=line)
