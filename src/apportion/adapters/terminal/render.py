"""Rows to text: a table for eyes, JSON, CSV, or pipes in sacct's manner."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

Row = Mapping[str, object]
EYE_DECIMALS = 2
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that a spreadsheet would run


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a listing is wanted: at most one of the shapes, some columns, with or without header."""

    as_json: bool = False
    as_csv: bool = False
    parsable: bool = False
    header: bool = True
    columns: tuple[str, ...] = ()


def render_rows(rows: Sequence[Row], columns: Sequence[str], layout: Layout) -> str:
    """Lays rows out; an empty table says so, the other shapes stay parsable."""
    chosen = layout.columns or tuple(columns)
    if layout.as_json:
        wanted = [{name: _plain(row.get(name)) for name in chosen} for row in rows]
        return json.dumps(wanted, indent=1, ensure_ascii=False)
    cells = [[_text(row.get(name)) for name in chosen] for row in rows]
    if layout.as_csv:
        return _csv([list(chosen), *cells] if layout.header else cells)
    if layout.parsable:
        lines = [list(chosen), *cells] if layout.header else cells
        return "\n".join("|".join(cell.replace("|", "/") for cell in line) for line in lines)
    if not rows:
        return "Nothing here yet."
    return _table(chosen, cells, header=layout.header)


def defuse(text: str) -> str:
    """Puts an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]], *, header: bool) -> str:
    titles = [name.replace("_", " ").capitalize() for name in columns]
    cells = list(zip(*(_readable(column) for column in zip(*cells, strict=True)), strict=True))
    lines = [titles, *cells] if header else list(cells)
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    numeric = [all(_is_number(line[at]) for line in cells) for at in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def _readable(column: Sequence[str]) -> Sequence[str]:
    """Rounds a column of long decimals for the eye; the other shapes keep every digit."""
    long = any(len(cell.partition(".")[2]) > EYE_DECIMALS for cell in column)
    if not long or not all(_is_number(cell) for cell in column):
        return column
    return [f"{Decimal(cell.replace(',', '')):,.1f}" for cell in column]


def _csv(lines: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    harmless = ([cell if _is_number(cell) else defuse(cell) for cell in line] for line in lines)
    csv.writer(out, lineterminator="\n").writerows(harmless)
    return out.getvalue().rstrip("\n")


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").removeprefix("-").removesuffix("%").isdigit()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # Control characters in a title must not reach somebody's terminal.
    return "".join(c if c.isprintable() else " " for c in str(value))
