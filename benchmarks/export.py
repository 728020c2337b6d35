"""One million charges exported as FOCUS in Parquet: CPU seconds and memory of one process.

Run: .venv/bin/python benchmarks/export.py [--json] [--quick]

The charges are made with a fixed seed in an office of its own. Memory is the peak of a process
that only exports. Beside it stands DuckDB's own copy of as many rows of the same file to Parquet:
no exporter that goes through DuckDB takes less.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
CHARGES, QUICK_CHARGES = 1_000_000, 100_000
MOST_CPU_SECONDS, MOST_MEGABYTES = 10.0, 500
BATCH = 50_000
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", choices=("make", "export", "copy"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    count = QUICK_CHARGES if given.quick else CHARGES
    if given.child:
        print(json.dumps(CHILDREN[given.child](count)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        ask(given, "make", folder)
        ours, limit = ask(given, "export", folder), ask(given, "copy", folder)
    figures = [
        figure(
            f"{count} charges as FOCUS Parquet, CPU s", ours["cpu"], limit["cpu"], MOST_CPU_SECONDS
        ),
        figure(
            "peak memory of the export, MB", ours["megabytes"], limit["megabytes"], MOST_MEGABYTES
        ),
    ]
    tell(figures, ours, as_json=given.json)
    return 0 if all(one["met"] for one in figures) else 1


def ask(given: argparse.Namespace, child: str, folder: str) -> dict[str, float]:
    """Runs one step in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--child", child]
    command += ["--quick"] if given.quick else []
    env = os.environ | {"APPORTION_DATA": folder, "APPORTION_DATABASE_URL": ""}  # noqa: TID251  a benchmark is its own site
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def figure(name: str, ours: float, peer: float, target: float) -> dict[str, object]:
    """Sets a measured number beside its target."""
    ratio = round(ours / peer, 2) if peer else None
    return {
        "name": name,
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": ratio,
        "target": target,
        "met": ours <= target,
    }


def tell(figures: list[dict[str, object]], ours: dict[str, float], *, as_json: bool) -> None:
    """Prints the figures."""
    if as_json:
        print(json.dumps(figures))
        return
    for one in figures:
        verdict = "met" if one["met"] else "MISSED"
        print(
            f"{one['name']}: {one['ours']} (DuckDB's own copy {one['peer']}), at most {one['target']}: {verdict}"
        )
    print(f"{int(ours['rows'])} rows, {ours['size'] / 1e6:.1f} MB of Parquet")


def make(count: int) -> dict[str, float]:
    """Makes an office with many charges."""
    open_office()
    from django.core.management import call_command
    from django.db import connection, transaction

    with connection.cursor() as cursor:  # the making is not measured: it need not wait for the disk
        cursor.execute("PRAGMA synchronous = OFF")
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        fill(count)
    return {"rows": count}


def fill(count: int) -> None:
    """Writes people, projects and charges."""
    from apportion.apps.apply.actions import start_project
    from apportion.apps.ledger.actions import insert_rows
    from apportion.apps.meter.models import Charge, UsageImport
    from apportion.apps.meter.quick_booking import COLUMNS
    from apportion.apps.rounds.actions import set_rate
    from apportion.apps.rounds.queries import find_area
    from tests.apps import small_lab

    folk = small_lab.people()
    small_lab.open_spring(folk["eve"])
    area = find_area("foundations")
    projects = [
        start_project(slug=f"p{n}", title=f"Project {n}", area=area, lead=folk["ann"], now=NOW)
        for n in range(200)
    ]
    set_rate(resource=small_lab.GPU, microcredits_per_unit=1_200_000, starts_at=NOW)
    source = UsageImport.objects.create(
        file="made", sha256="0" * 64, format="sacct", rows=count, jobs=count, added=count,
        repeats=0, rejects=0, imported_at=NOW, cluster="c1",
    )  # fmt: skip
    start = small_lab.DATES.credits_start_at
    for first in range(0, count, BATCH):
        rows = [
            row_of(n, source.pk, projects[n % 200], start)
            for n in range(first, min(first + BATCH, count))
        ]
        insert_rows(Charge, COLUMNS, rows)


def row_of(number: int, source: int, project: object, start: datetime) -> tuple[object, ...]:
    """Makes one charge: its hours and size follow from its number."""
    begin = start + timedelta(seconds=number * 7 % 7_000_000)
    seconds, size = 60 + number * 7919 % 86_400, 1 + number % 8
    used = seconds * size
    return (
        number.to_bytes(16, "big"), source, project.pk, project.slug, f"u{number % 500}",  # type: ignore[attr-defined]
        str(number), f"train-{number % 97}", "COMPLETED", "gpu:h100", size, begin, begin,
        begin + timedelta(seconds=seconds), used, 0, used * 1_200_000 // 3600, 0, False,
    )  # fmt: skip


def export(_count: int) -> dict[str, float]:
    """Exports them."""
    open_office()
    from decimal import Decimal

    from apportion.adapters.focus.render import Site
    from apportion.apps.formats.costs import export_costs
    from apportion.apps.people.queries import find_person

    site = Site(name="Lab", currency="EUR", credit_price=Decimal("0.5"), bills=False)
    out = Path(os.environ["APPORTION_DATA"]) / "focus.parquet"  # noqa: TID251  a benchmark is its own site
    by, before = find_person("ops"), time.process_time()
    rows = export_costs(out=out, site=site, by=by)
    return measured(before) | {"rows": rows, "size": out.stat().st_size}


def copy(_count: int) -> dict[str, float]:
    """Has DuckDB alone read that file and write it again."""
    import duckdb

    folder, before = Path(os.environ["APPORTION_DATA"]), time.process_time()  # noqa: TID251  a benchmark is its own site
    with duckdb.connect(":memory:") as books:
        books.execute("SET threads = 1")
        books.execute(
            f"COPY (SELECT * FROM read_parquet('{folder}/focus.parquet')) "
            f"TO '{folder}/copy.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )
    return measured(before)


def measured(before: float) -> dict[str, float]:
    """Gives the CPU seconds since an instant, and the most memory that the process held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu": time.process_time() - before, "megabytes": peak}


def open_office() -> None:
    """Readies Django for the office in the folder."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "apportion.office.settings"  # noqa: TID251  a benchmark is its own site
    import django

    django.setup()


CHILDREN = {"make": make, "export": export, "copy": copy}

if __name__ == "__main__":
    sys.exit(main())
