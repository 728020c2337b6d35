"""What a shell shows of rows: a table for eyes, JSON, CSV, or pipes in sacct's manner.

The shapes are those of the office's own command line. All but the table are written row by row, so
that an export of any length needs no memory.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from apportion_client.problems import Usage

Row = Mapping[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that a spreadsheet would run
EYE_DECIMALS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a listing is wanted: at most one of the shapes, some columns, with or without header."""

    shape: str = "table"
    header: bool = True
    columns: tuple[str, ...] = ()


def write_rows(rows: Iterable[Row], columns: Sequence[str], layout: Layout, out: TextIO) -> None:
    """Writes rows as wanted.

    Raises: Usage, for a column that there is not, before anything is asked for.
    """
    unknown = [name for name in layout.columns if name not in columns]
    if unknown:
        raise Usage(f"no column {', '.join(unknown)}; there are {', '.join(columns)}")
    SHAPES[layout.shape](rows, layout.columns or tuple(columns), layout.header, out)


def _json(rows: Iterable[Row], chosen: Sequence[str], _: bool, out: TextIO) -> None:
    first = True
    for row in rows:
        text = json.dumps({name: row.get(name) for name in chosen}, indent=1, ensure_ascii=False)
        out.write(("[\n " if first else ",\n ") + text.replace("\n", "\n "))
        first = False
    out.write("[]\n" if first else "\n]\n")


def _csv(rows: Iterable[Row], chosen: Sequence[str], header: bool, out: TextIO) -> None:
    write = csv.writer(out, lineterminator="\n").writerow
    if header:
        write(chosen)
    for cells in _cells(rows, chosen):
        write([cell if _is_number(cell) else _defuse(cell) for cell in cells])


def _pipes(rows: Iterable[Row], chosen: Sequence[str], header: bool, out: TextIO) -> None:
    if header:
        out.write("|".join(chosen) + "\n")
    lines = (
        "|".join(cell.replace("|", "/") for cell in cells) + "\n" for cells in _cells(rows, chosen)
    )
    out.writelines(lines)


def _table(rows: Iterable[Row], chosen: Sequence[str], header: bool, out: TextIO) -> None:
    cells = list(_cells(rows, chosen))
    if not cells:
        out.write("Nothing here yet.\n")
        return
    shown = list(zip(*(_readable(one) for one in zip(*cells, strict=True)), strict=True))
    titles = tuple(name.replace("_", " ").capitalize() for name in chosen)
    lines = [titles, *shown] if header else shown
    widths = [max(len(line[at]) for line in lines) for at in range(len(chosen))]
    right = [all(_is_number(line[at]) for line in shown) for at in range(len(chosen))]
    for line in lines:
        padded = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, right, strict=True)
        )
        out.write("  ".join(padded).rstrip() + "\n")


SHAPES: dict[str, Callable[[Iterable[Row], Sequence[str], bool, TextIO], None]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "parsable": _pipes,
}


def _cells(rows: Iterable[Row], chosen: Sequence[str]) -> Iterator[list[str]]:
    for row in rows:
        yield [cell_text(row.get(name)) for name in chosen]


def cell_text(value: object) -> str:
    """Writes one cell on one line, without what would steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    text = _instant(value) if isinstance(value, str) else str(value)
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _instant(text: str) -> str:
    if len(text) < len("2026-01-01T00:00Z") or text[4:5] != "-" or text[10:11] != "T":
        return text
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return text


def _readable(column: Sequence[str]) -> Sequence[str]:
    """Rounds a column of long decimals for the eye; the other shapes keep every digit."""
    long = any(len(cell.partition(".")[2]) > EYE_DECIMALS for cell in column)
    if not long or not all(_is_number(cell) for cell in column):
        return column
    return [f"{float(cell.replace(',', '')):,.1f}" for cell in column]


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").removeprefix("-").removesuffix("%").isdigit()


def _defuse(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
