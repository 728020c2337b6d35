"""Rating a long sacct text into charges a project and UTC day, against the limit and a peer.

Run: .venv/bin/python benchmarks/metering.py [--json] [--quick] [--no-spark] [--no-peer]

The limit is DuckDB's count(*) over the same file on one thread: nobody reads the text faster in
it. Both are CPU seconds with one thread, in turns in one process; the least of the turns counts.
The peer is slurm2sql (PyPI, in an environment of its own made here), which puts a text's rows
into SQLite and rates nothing; its start is not counted. DuckDB, Spark and a plain loop must agree on every group.
"""

import argparse
import csv
import json
import multiprocessing
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from apportion.adapters.duckdb.client import DuckDbEngine  # noqa: E402  after the path is set
from apportion.adapters.rating.client import survey_files  # noqa: E402
from apportion.adapters.rating.text import RatedText, rate_text  # noqa: E402
from apportion.adapters.slurm.parse import FIELDS, SacctLayout  # noqa: E402
from apportion.core.meter.ratecard import read_tariff  # noqa: E402
from apportion.core.meter.segments import Reading  # noqa: E402
from apportion.core.meter.tariff import Prices, Tariff  # noqa: E402
from benchmarks.sacct_text import DAYS, write_sacct  # noqa: E402

ROWS, QUICK_ROWS, PEER_ROWS = 5_000_000, 300_000, 100_000
LARGEST_RATIO, MOONSHOT = 2.5, 1.5
LARGEST_MEGABYTES = 1_000
LEAST_TIMES_PEER = 75
DAY, HOUR = 86_400, 3_600
MICROCREDITS = {"cpu": 13_000, "gpu:h100": 2_500_001, "gpu:a100": 1_300_000}
PEER = "slurm2sql==0.9.9"
OTHERS = ("benchmarks.metering_sync", "benchmarks.reconcile")
RATES = 'schema = "apportion.rates/1"\n' + "".join(
    f'[[rates]]\nresource = "{resource}"\ncredits = "{price / 10**6:.6f}"\n'
    for resource, price in MICROCREDITS.items()
)
Figure = dict[str, object]
Groups = dict[tuple[str, str, str], tuple[int, int]]


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK_ROWS:,} rows, two turns")
    parser.add_argument("--no-spark", action="store_true", help="leave Spark out")
    parser.add_argument("--no-peer", action="store_true", help="leave slurm2sql out")
    parser.add_argument("--all", action="store_true", help=f"with those of {', '.join(OTHERS)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), options)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        tell(figures)
    return 0 if all(figure["met"] is not False for figure in figures) else 1


def measure(folder: Path, options: argparse.Namespace) -> list[Figure]:
    """Makes the text, then takes turns."""
    text, short = folder / "sacct.psv", folder / "short.psv"
    rows = QUICK_ROWS if options.quick else ROWS
    write_sacct(text, rows=rows, days=days_of(rows))
    write_sacct(short, rows=PEER_ROWS, days=days_of(PEER_ROWS))
    figures, ours = against_the_limit(text, turns=2 if options.quick else 3)
    figures.append(memory(text))
    groups = by_group(ours)
    figures.append(agreement("a plain loop", groups, plain_loop(text)))
    if not options.no_spark:
        figures.append(agreement("Spark", groups, by_group(on_spark(text))))
    if not options.no_peer:
        figures += against_the_peer(short, folder)
    for name in OTHERS if options.all else ():
        figures += figures_of(name, quick=options.quick)
    return figures


def days_of(rows: int) -> int:
    """Spreads rows over days as densely as the whole text is."""
    return max(1, -(-DAYS * rows // ROWS))


def against_the_limit(text: Path, *, turns: int) -> tuple[list[Figure], RatedText]:
    """Counts rows and rates them, in turns."""
    limits, ratings = [], []
    for _ in range(turns):
        limits.append(cpu_seconds(lambda: count_rows(text))[0])
        seconds, rated = cpu_seconds(lambda: rate(text))
        ratings.append(seconds)
    ours, limit = min(ratings), min(limits)
    jobs = rated.reading.jobs
    name = f"{rated.reading.rows:,} rows, {jobs:,} jobs: CPU s, against DuckDB's count(*)"
    return [
        figure(name, ours, limit, LARGEST_RATIO),
        figure("the same, against the moonshot", ours, limit, MOONSHOT, must=False),
    ], rated


def memory(text: Path) -> Figure:
    """Rates in a process of its own, which tells how much it held at most."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        megabytes = pool.submit(peak_megabytes, str(text)).result()
    return figure("peak MB, against the limit", megabytes, LARGEST_MEGABYTES, 1.0)


def agreement(other: str, ours: Groups, theirs: Groups) -> Figure:
    """Counts the groups that are the same to the unit-second and microcredit."""
    same = sum(theirs.get(key) == sums for key, sums in ours.items())
    alike = same if len(ours) == len(theirs) else 0
    return figure(f"groups that are those of {other}", alike, len(ours), 1.0, at_least=True)


def against_the_peer(short: Path, folder: Path) -> list[Figure]:
    """Rates the rows that slurm2sql takes into SQLite, which runs in a process of its own."""
    python = make_environment(folder / "venv")
    copy = folder / "peer.csv"
    write_for_peer(short, copy)
    idle = child_seconds([str(python), "-c", "import slurm2sql"])
    ours = min(cpu_seconds(lambda: rate(short))[0] for _ in range(5))
    figures = []
    for only_jobs in ("", "jobs"):
        books = folder / f"peer{only_jobs}.sqlite"
        program = [str(python), "-c", PEER_PROGRAM, str(copy), str(books), only_jobs]
        peer = child_seconds(program) - idle
        with sqlite3.connect(books) as read:
            [(taken,)] = read.execute("SELECT count(*) FROM slurm").fetchall()
        what = f"{taken:,} jobs, steps left out" if only_jobs else f"all {taken:,} rows"
        times, is_must = peer / ours, not only_jobs
        met = times >= LEAST_TIMES_PEER
        figures.append(
            {
                "name": f"{PEER_ROWS:,} rows: times less CPU than slurm2sql on {what}",
                "ours": round(ours, 4),
                "peer": round(peer, 3),
                "ratio": round(times, 1),
                "target": LEAST_TIMES_PEER,
                "met": met if is_must else (met or None),
            }
        )
    return figures


def rate(text: Path) -> RatedText:
    """Rates a text into accounts, resources and days, on one thread."""
    survey = survey_files([str(text)], layout=SacctLayout())
    if survey is None:
        raise SystemExit("the made text is not plain")
    with DuckDbEngine(threads=1) as engine:
        rated = rate_text(
            engine,
            survey,
            layout=SacctLayout(),
            prices=Prices(tariff()),
            bounds=None,
            read_some=no_rows,
        )
    if rated is None:
        raise SystemExit("the engine did not take the made text")
    return rated


def on_spark(text: Path) -> RatedText:
    """The same on a local Spark."""
    from apportion.adapters.spark.client import SparkEngine

    survey = survey_files([str(text)], layout=SacctLayout())
    if survey is None:
        raise SystemExit("the made text is not plain")
    with SparkEngine() as engine:
        rated = rate_text(
            engine,
            survey,
            layout=SacctLayout(),
            prices=Prices(tariff()),
            bounds=None,
            read_some=no_rows,
        )
    if rated is None:
        raise SystemExit("Spark did not take the made text")
    return rated


def plain_loop(text: Path) -> Groups:
    """Rates line by line in plain Python; shares no code with ours."""
    sums: dict[tuple[str, str, int], list[int]] = {}
    with text.open(encoding="ascii") as lines:
        for line in lines:
            cells = line.split("|", 14)
            if "." in cells[0]:
                continue
            start = int(cells[9])
            end = start + int(cells[11])
            for resource, size in units_of(cells[13]).items():
                price = MICROCREDITS.get(resource, 0)
                low = start
                while low < end:
                    high = min(end, low - low % DAY + DAY)
                    used = size * (high - low)
                    found = sums.setdefault((cells[2], resource, low // DAY), [0, 0])
                    found[0] += used
                    found[1] += half_even(used * price, HOUR)
                    low = high
    return {
        (account, resource, datetime.fromtimestamp(day * DAY, UTC).date().isoformat()): (used, cost)
        for (account, resource, day), (used, cost) in sums.items()
    }


def units_of(tres: str) -> dict[str, int]:
    """Reads an allocation; typed GPUs and their untyped sum are the same GPUs."""
    counts = dict(part.split("=") for part in tres.split(","))
    typed = {
        k.removeprefix("gres/"): int(v) for k, v in counts.items() if k.startswith("gres/gpu:")
    }
    return {"cpu": int(counts["cpu"])} | typed


def half_even(numerator: int, denominator: int) -> int:
    """Rounds to the nearest, ties to even."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2))


def by_group(rated: RatedText) -> Groups:
    """Gives sums by account, resource and day."""
    return {
        (day.account, day.resource, day.date): (day.unit_seconds, day.microcredits)
        for day in rated.days
    }


def count_rows(text: Path) -> int:
    """The limit: DuckDB reads the text and counts."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in FIELDS)
    with duckdb.connect(":memory:") as books:
        books.execute("SET threads TO 1")
        query = (
            f"SELECT count(*) FROM read_csv('{text}', delim = '|', header = false, quote = '', "
            f"escape = '', auto_detect = false, columns = {{{columns}}})"
        )
        row = books.execute(query).fetchone()
    return int(row[0]) if row else 0


def peak_megabytes(text: str) -> float:
    """Rates, and says how much memory the process held at most."""
    rate(Path(text))
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def tariff() -> Tariff:
    """Reads the benchmark's prices."""
    return read_tariff(RATES, file="rates.toml", find_zone=ZoneInfo)


def no_rows(jobs: Iterable[str]) -> Reading:
    """The made text has no odd rows."""
    raise SystemExit(f"odd rows in the made text: {sorted(jobs)[:3]}")


PEER_COLUMNS = (  # as slurm2sql names them, beside FIELDS
    *("JobID", "Cluster", "Account", "User", "Partition", "QOS", "State", "Submit", "Eligible"),
    *("Start", "End", "ElapsedRaw", "TimelimitRaw", "AllocTRES", "ReqTRES", "NNodes", "NCPUS"),
    *("ExitCode", "JobName"),
)
PEER_TIMES = ("Submit", "Eligible", "Start", "End")
PEER_PROGRAM = """
import csv, sqlite3, sys
import slurm2sql
with open(sys.argv[1]) as text:
    books, rows = sqlite3.connect(sys.argv[2]), csv.DictReader(text)
    slurm2sql.slurm2sql(books, jobs_only=bool(sys.argv[3]), csv_input=rows)
"""


def write_for_peer(short: Path, copy: Path) -> None:
    """Writes the text as the peer wants it: CSV with names, times as local dates."""
    with short.open(encoding="ascii") as lines, copy.open("w", encoding="ascii") as out:
        writer = csv.writer(out)
        writer.writerow(PEER_COLUMNS)
        for line in lines:
            cells = dict(zip(PEER_COLUMNS, line.rstrip().split("|"), strict=True))
            for name in PEER_TIMES:
                cells[name] = datetime.fromtimestamp(int(cells[name]), UTC).strftime("%FT%T")
            writer.writerow(cells.values())


def make_environment(folder: Path) -> Path:
    """Makes the peer's own environment."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=True)
    return python


def child_seconds(command: list[str]) -> float:
    """Runs a program and gives the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figures_of(name: str, *, quick: bool) -> list[Figure]:
    """Takes the figures of another metering benchmark, where there is one."""
    if not (ROOT / Path(*name.split("."))).with_suffix(".py").is_file():
        return []
    command = [sys.executable, str((ROOT / Path(*name.split("."))).with_suffix(".py")), "--json"]
    done = subprocess.run(
        [*command, *(["--quick"] if quick else [])], capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1}:
        print(f"{name}: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return []
    return list(json.loads(done.stdout))


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Times work in CPU seconds of this process."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def figure(
    name: str,
    ours: float,
    peer: float,
    target: float,
    *,
    at_least: bool = False,
    must: bool = True,
) -> Figure:
    """Makes one row of the table."""
    ratio = ours / peer if peer else 0.0
    met = ratio >= target if at_least else ratio <= target
    return {
        "name": name,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "ratio": round(ratio, 3),
        "target": target,
        "met": met if must else (met or None),
    }


def tell(figures: Iterable[Figure]) -> None:
    """Prints the table."""
    print("| name | ours | peer or limit | ratio | target |")
    print("| --- | --- | --- | --- | --- |")
    for one in figures:
        met = {True: ", met", False: ", **missed**", None: ", not reached"}[one["met"]]  # type: ignore[index]
        print(
            f"| {one['name']} | {one['ours']} | {one.get('peer', '')} | {one.get('ratio', '')} | {one.get('target', '')}{met} |"
        )


if __name__ == "__main__":
    sys.exit(main())
