"""Writes rows as a Parquet file. DuckDB writes to disk alone, so a folder of our own is made for it."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

TYPES = {str: "VARCHAR", int: "BIGINT"}


def write_parquet(
    columns: Sequence[tuple[str, type]], rows: Sequence[Sequence[str | int]]
) -> bytes:
    """Gives rows of texts and whole numbers as Parquet."""
    names = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns)
    lists = ", ".join(f"unnest(?::{TYPES[kind]}[])" for _, kind in columns)
    with TemporaryDirectory() as folder, duckdb.connect(":memory:") as books:
        file = Path(folder) / "rows.parquet"
        books.execute("SET threads TO 1")
        books.execute(f"CREATE TABLE rows ({names})")
        if rows:  # a statement a row would take a thousand times as long
            by_column = [list(column) for column in zip(*rows, strict=True)]
            books.execute(f"INSERT INTO rows SELECT {lists}", by_column)
        books.table("rows").write_parquet(str(file))
        return file.read_bytes()
