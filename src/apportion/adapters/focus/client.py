"""Writes FOCUS rows to a file: raw rows stream through a folder of their own and through DuckDB."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from apportion.adapters.focus.render import TABLES, Site, quote, render_query
from apportion.core.faults import BadInput, Fault

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CSV, PARQUET = SUFFIXES = (".csv", ".parquet")
STAMP = "%Y-%m-%dT%H:%M:%SZ"
OPTIONS = {
    CSV: f"FORMAT csv, HEADER, TIMESTAMPFORMAT '{STAMP}'",
    PARQUET: "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000",
}
MEMORY = "250MB"
Cell = str | int | None
Rows = Iterable[Sequence[Cell]]


def write_focus(out: Path, tables: Mapping[str, Rows], *, site: Site) -> int:
    """Writes the rows as CSV or Parquet, whole or not at all, and counts them.

    Raises: BadInput for another suffix, and where the file cannot be written.
    """
    import duckdb  # its import costs more than the start of most verbs

    if out.suffix not in SUFFIXES:
        raise _wrong(out, "a file of no known kind", f"Name it {' or '.join(SUFFIXES)}")
    draft = out.with_name(f".{out.name}.draft")
    try:
        with (
            TemporaryDirectory(prefix=".focus-", dir=out.parent) as folder,
            duckdb.connect(":memory:") as books,
        ):
            return _write(books, Path(folder), tables, draft=draft, out=out, site=site)
    except OSError as error:
        raise _wrong(
            out, f"cannot be written: {error.strerror or error}", "Name another file"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _write(
    books: "DuckDBPyConnection",
    folder: Path,
    tables: Mapping[str, Rows],
    *,
    draft: Path,
    out: Path,
    site: Site,
) -> int:
    for option in (
        "threads = 1",
        f"memory_limit = '{MEMORY}'",
        f"temp_directory = {quote(str(folder))}",
        "TimeZone = 'UTC'",
        "enable_progress_bar = false",
        # The long table passes by, and the short ones are looked up: no join may sort or keep it.
        f"nested_loop_join_threshold = {2**40}",
        "disabled_optimizers = 'join_order,build_side_probe_side'",
    ):
        books.execute(f"SET {option}")
    for name, columns in TABLES.items():
        file = folder / f"{name}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(tables[name])
        types = ", ".join(f"{quote(column)}: '{kind}'" for column, kind in columns)
        source = (
            f"read_csv({quote(str(file))}, columns = {{{types}}}, header = false, delim = ',', "
            "quote = '\"', escape = '\"', auto_detect = false, new_line = '\\n')"
        )
        how = "VIEW" if name == "raw" else "TABLE"  # the long one is read as it is written out
        books.execute(f"CREATE {how} {name} AS SELECT * FROM {source}")  # noqa: S608  names of ours
    written = books.execute(
        f"COPY ({render_query(site)}) TO {quote(str(draft))} ({OPTIONS[out.suffix]})"
    ).fetchone()
    draft.replace(out)
    return int(written[0]) if written else 0


def _wrong(out: Path, what: str, remedy: str) -> BadInput:
    return BadInput([Fault(file=str(out), what=what, remedy=remedy)])
