"""DuckDB, embedded: rates use, and writes rows as a Parquet file."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import duckdb

TYPES: dict[type, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    Decimal: "DECIMAL(38,6)",
    datetime: "TIMESTAMPTZ",
}
COLUMN_TYPES = {"string": "VARCHAR", "int64": "BIGINT"}
NEVER_TEXT = "\x01"  # so that an empty field is an empty text, and only a missing one is null
TOO_MANY = "TOO MANY COLUMNS"
Cell = str | int | Decimal | datetime


def write_parquet(columns: Sequence[tuple[str, type]], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Gives rows of texts, numbers and instants as Parquet.

    DuckDB writes to disk alone, so a folder of our own is made for it.
    """
    names = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns)
    lists = ", ".join(f"unnest(?::{TYPES[kind]}[])" for _, kind in columns)
    with TemporaryDirectory() as folder, duckdb.connect(":memory:") as books:
        file = Path(folder) / "rows.parquet"
        books.execute("SET threads TO 1")
        books.execute("SET TimeZone = 'UTC'")
        books.execute(f"CREATE TABLE rows ({names})")
        if rows:  # a statement a row would take a thousand times as long
            by_column = [list(column) for column in zip(*rows, strict=True)]
            books.execute(f"INSERT INTO rows SELECT {lists}", by_column)
        books.table("rows").write_parquet(str(file))
        return file.read_bytes()


class DuckDbEngine:
    """Runs the rating in this process, in memory. Use as a context."""

    dialect = "duckdb"

    def __init__(self, *, threads: int = 0) -> None:
        self._books = duckdb.connect(":memory:")
        self._books.execute("SET preserve_insertion_order = false")
        self._books.execute("SET enable_progress_bar = false")  # stdout is for data
        if threads:
            self._books.execute(f"SET threads TO {int(threads)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._books.close()

    def read_records(
        self, paths: Sequence[str], *, fields: Sequence[str], has_header: bool
    ) -> None:
        """Opens the files as the table `records`; nothing is read before it is asked for."""
        columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in fields)
        last = fields[-2] if fields[-1] == "jobname" else fields[-1]
        self._books.execute("CREATE TEMP SEQUENCE rows_seen")  # counting apart reads all again
        named = f"*, {_name(last)} AS last_cell, nextval('rows_seen') < 0 AS is_misfit"
        files = ", ".join(map(_text, paths))
        options = (
            f"delim = '|', header = {has_header}, quote = '', escape = '', auto_detect = false, "
            f"null_padding = true, store_rejects = true, nullstr = {_text(NEVER_TEXT)}, "
            f"columns = {{{columns}}}"
        )
        records = f"SELECT {named} FROM read_csv([{files}], {options})"  # noqa: S608  all quoted
        self._books.execute(f"CREATE TEMP VIEW records AS {records}")

    def put(
        self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[object, ...]]
    ) -> None:
        """Makes a small table."""
        named = ", ".join(f"{_name(column)} {COLUMN_TYPES[kind]}" for column, kind in columns)
        self._books.execute(f"CREATE OR REPLACE TEMP TABLE {_name(name)} ({named})")
        listed = list(rows)
        if listed:
            lists = ", ".join(f"unnest(?::{COLUMN_TYPES[kind]}[])" for _, kind in columns)
            by_column = [list(column) for column in zip(*listed, strict=True)]
            self._books.execute(f"INSERT INTO {_name(name)} SELECT {lists}", by_column)

    def keep(self, name: str, query: str) -> None:
        """Makes a table of what a query gives."""
        self._books.execute(f"CREATE OR REPLACE TEMP TABLE {_name(name)} AS {query}")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Gives the rows of a query."""
        return self._books.execute(query).fetchall()

    def rows_read(self) -> int:
        """Counts the rows of `records`; ask once, after the first query that read all of them."""
        lines = self._books.execute(
            "SELECT count(DISTINCT (scan_id, file_id, line)) FROM reject_errors"
        ).fetchone()
        seen = self._books.execute("SELECT last_value FROM duckdb_sequences()").fetchone()
        return int((seen and seen[0]) or 0) + int((lines and lines[0]) or 0)

    def misfits(self) -> list[str] | None:
        """Gives the lines with too many columns; None where lines were no text at all."""
        found = self._books.execute("SELECT error_type, csv_line FROM reject_errors").fetchall()
        if any(kind != TOO_MANY for kind, _ in found):
            return None
        return sorted({str(line) for _, line in found})


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
