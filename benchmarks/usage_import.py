"""Importing the Philly trace into an office, against raw inserts of the rows it gives.

Run: .venv/bin/python benchmarks/usage_import.py [--json] [--quick]

Ours reads the trace, plans, pays, seals and writes; the peer puts the finished rows of the same
two tables into SQLite with one executemany each, under the same pragmas and indexes. Both are
CPU seconds, taken in turns in one process; the least of the turns counts.
"""

import argparse
import contextlib
import gzip
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("APPORTION_SHARED", ROOT.parent / "shared"))  # noqa: TID251  test data
TRACE = SHARED / "data" / "traces" / "philly_jobs_vc.csv.gz"
TABLES = ("ledger_transfer", "meter_charge")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRICED_FROM = datetime(2017, 1, 1, tzinfo=UTC)
QUICK_ROWS = 10_000
LIMIT_CPU_SECONDS = 10.0
Figure = dict[str, object]


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK_ROWS} rows, two turns")
    options = parser.parse_args()
    if not TRACE.is_file():
        print(f"no {TRACE.name} here: set APPORTION_SHARED", file=sys.stderr)
        return 69
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(Path(folder))
        trace = shorten(Path(folder)) if options.quick else str(TRACE)
        figures = measure(office, trace, turns=2 if options.quick else 3)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        tell(figures)
    return 0 if all(figure["met"] for figure in figures) else 1


def measure(office: Path, trace: str, *, turns: int) -> list[Figure]:
    """Takes turns: a fresh import, the same again, and the raw inserts."""
    empty = office.with_suffix(".empty")
    shutil.copy(office, empty)
    fresh, again, raw = [], [], []
    for _ in range(turns):
        disconnect()
        shutil.copy(empty, office)
        fresh.append(import_trace(trace))
        again.append(import_trace(trace))
        disconnect()
        raw.append(insert_raw(office))
    ours, twice, peer = min(fresh), min(again), min(raw)
    return [
        figure("import CPU s, against the limit", ours, LIMIT_CPU_SECONDS, target=1.0),
        figure("import CPU s, against raw executemany", ours, peer, target=10.0),
        figure("import again CPU s, against the first import", twice, ours, target=0.6),
    ]


def import_trace(trace: str) -> float:
    """Reads and imports the trace as the command does; gives its CPU seconds."""
    from apportion.apps.meter.actions import import_usage
    from apportion.apps.meter.sources import Format, Layout, read_source, uncollected
    from apportion.apps.people.queries import find_person

    started = time.process_time()
    with uncollected():
        source = read_source(trace, layout=Layout(format=Format.PHILLY))
        import_usage(sources=[source], by=find_person("ops"), now=NOW)
    return time.process_time() - started


def insert_raw(office: Path) -> float:
    """Puts the rows that the office now holds into a new database; gives the CPU seconds."""
    source = sqlite3.connect(office)
    schema = [
        sql
        for table in TABLES
        for (sql,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index')"
            " AND sql IS NOT NULL ORDER BY type DESC",
            (table,),
        )
    ]
    rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    source.close()
    path = office.with_suffix(".raw")
    target = sqlite3.connect(path)
    target.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for sql in schema:
        target.execute(sql)
    started = time.process_time()
    for table, found in rows.items():
        marks = ",".join("?" * len(found[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
    target.commit()
    spent = time.process_time() - started
    target.close()
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    return spent


def open_office(folder: Path) -> Path:
    """Makes an empty office with one operator that counts and prices GPUs."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "apportion.office.settings"  # noqa: TID251  its own office
    os.environ.pop("APPORTION_DATABASE_URL", None)  # noqa: TID251  the figure is SQLite's
    from apportion.office.cli import run

    with contextlib.redirect_stdout(sys.stderr):
        run(["--data", str(folder), "init"])
        run(["people", "add", "ops", "--role", "operator"])
    from apportion.apps.rounds.actions import set_rate

    set_rate(resource="gpu", microcredits_per_unit=1_000_000, starts_at=PRICED_FROM)
    disconnect()
    return folder / "office.sqlite3"


def disconnect() -> None:
    """Closes the office's database so that its file may be copied."""
    from django.db import connection

    connection.close()


def shorten(folder: Path) -> str:
    """Cuts the trace for a quick run."""
    with gzip.open(TRACE, "rt", encoding="utf-8") as stream:
        lines = [line for _, line in zip(range(QUICK_ROWS + 1), stream, strict=False)]
    short = folder / "short.csv"
    short.write_text("".join(lines), encoding="utf-8")
    return str(short)


def figure(name: str, ours: float, peer: float, *, target: float) -> Figure:
    """Makes one line of the table; ratios are ours over the peer's, so less is better."""
    ratio = round(ours / peer, 3)
    return {
        "name": name,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "ratio": ratio,
        "target": target,
        "met": ratio <= target,
    }


def tell(figures: Sequence[Figure]) -> None:
    """Prints the table."""
    print(f"{'':48}{'ours':>9}{'peer':>9}{'ratio':>8}{'target':>8}")
    for f in figures:
        met = "met" if f["met"] else "MISSED"
        print(f"{f['name']:48}{f['ours']:>9}{f['peer']:>9}{f['ratio']:>8}{f['target']:>8}  {met}")


if __name__ == "__main__":
    sys.exit(main())
