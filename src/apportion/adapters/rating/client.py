"""A first look at files of sacct's text: whether an engine may read them as they are."""

import os
from collections.abc import Sequence
from pathlib import Path

from apportion.adapters.rating.text import Survey, suits_engine
from apportion.adapters.slurm.parse import SacctLayout, is_header

LOOK_BYTES = 1 << 16
LINE_END = b"\n"
UNPLAIN = (b"\r", b"\0", b"\xef\xbb\xbf", b"\n#")


def survey_files(paths: Sequence[str], *, layout: SacctLayout) -> Survey | None:
    """Looks at the first lines and the last byte of each file.

    None where rows must be read one by one: standard input, packed or cut-off files, other line
    ends, comments, fields or times that an engine does not read.
    """
    headers = {_header(path) for path in paths}
    if len(headers) != 1 or None in headers:
        return None
    [header] = headers
    fields = layout.fields
    if header:
        fields = tuple(name.strip().lower() for name in header.split("|"))
    if not suits_engine(layout, fields):
        return None
    return Survey(paths=tuple(paths), fields=fields, has_header=bool(header))


def _header(path: str) -> str | None:
    """Gives the line of names, or nothing where there is none, or None where it is no plain text."""
    file = Path(path)
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        start = stream.read(LOOK_BYTES)
        if LINE_END not in start or start.startswith(b"#"):
            return None
        if any(mark in start for mark in UNPLAIN):
            return None
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) != LINE_END:
            return None
    try:
        first = start.partition(LINE_END)[0].decode()
    except UnicodeDecodeError:
        return None
    return first if is_header(first) else ""
