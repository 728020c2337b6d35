"""Posting, sealing and proving transfers, against the raw limit of each database and against peers.

Run: .venv/bin/python benchmarks/ledger.py [--json] [--quick]

Each round takes turns on one server or file, so a busy machine is busy for all; the median of the
rounds counts. Wall time, because the server works too: a commit is durable (PostgreSQL with fsync,
SQLite with synchronous=FULL). The raw limit is one binary COPY (PostgreSQL) or one executemany
(SQLite) of the same columns into a table with the same key, and nothing else. Ours checks limits
and ids, counts every account, and seals each transfer in the journal, in the same transaction. The
code that hashes was loaded before. django-hordak runs in an environment of its own, which is made
here: that needs the network once.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROJECTS = 1_000
HORDAK = ("django-hordak==2.0.0", "psycopg[binary]")
HORDAK_BATCHES, BATCHES = (2_000, 10_000), (2_000, 10_000, 100_000)
CALLERS, CONNECTIONS = 256, 16
DURABLE = "-c fsync=on -c shared_buffers=512MB -c max_wal_size=4GB"
Figure = dict[str, object]


def main() -> int:
    """Measures and prints; exit 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="few rounds, no hordak")
    parser.add_argument("--on", choices=["postgres", "sqlite"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.on:
        print(json.dumps(measure(options.on, quick=options.quick)))
        return 0
    sys.path.insert(0, str(ROOT / "src"))
    figures = [*on_sqlite(quick=options.quick), *on_postgres(quick=options.quick)]
    print(json.dumps(figures, indent=1) if options.json else table(figures))
    return 0 if all(figure["met"] for figure in figures) else 1


def on_sqlite(*, quick: bool) -> list[Figure]:
    """Measures on a fresh file."""
    with tempfile.TemporaryDirectory() as folder:
        return run_child("sqlite", quick=quick, APPORTION_DATA=folder)


def on_postgres(*, quick: bool) -> list[Figure]:
    """Measures on a fresh server; nothing where PostgreSQL is not installed."""
    from apportion.office.trial_postgres import find_postgres, start_postgres

    if find_postgres() is None:
        print("no PostgreSQL here", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with start_postgres(folder=folder, options=DURABLE) as url:
            return run_child(
                "postgres", quick=quick, APPORTION_DATA=name, APPORTION_DATABASE_URL=url
            )


def run_child(database: str, *, quick: bool, **settings: str) -> list[Figure]:
    """Runs this file in a process of its own, as Django knows one database a process."""
    command = [sys.executable, __file__, "--on", database, *(["--quick"] if quick else [])]
    env = {name: value for name, value in os.environ.items() if not name.startswith("APPORTION_")}  # noqa: TID251  a process of its own
    env |= {"DJANGO_SETTINGS_MODULE": "apportion.office.settings", **settings}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True)
    figures: list[Figure] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(database: str, *, quick: bool) -> list[Figure]:
    """Measures one database in this process."""
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    load_hashing()
    books = Books()
    figures: list[Figure] = []
    for size, rounds, target in ((10_000, 9, 0.45), (100_000, 5, 0.5)):
        goal = target if database == "postgres" else 0.5
        figures += compare_batches(
            books, database, size, 3 if quick and size > 10_000 else rounds, goal
        )
    if database == "postgres":
        figures.append(weigh_rows())
    figures += time_audits(database)
    figures.append(compare_callers(books, database, seconds=2.0 if quick else 4.0))
    if database == "postgres" and not quick:
        figures += compare_hordak(books)
    return figures


def compare_batches(
    books: "Books", database: str, size: int, rounds: int, target: float
) -> list[Figure]:
    """Takes turns: the raw limit, ours on many accounts, ours on one."""
    raw, spread, hot = [], [], []
    for _ in range(rounds):
        raw.append(size / timed(books.insert_raw(size)))
        spread.append(size / timed(books.post(size, hot=False)))
        hot.append(size / timed(books.post(size, hot=True)))
    name = f"{database}, {size:,} a batch: transfers/s"
    return [
        figure(f"{name}, against the raw limit", median(spread), median(raw), target),
        figure(f"{name}, one hot account against {PROJECTS:,}", median(hot), median(spread), 0.9),
    ]


def compare_callers(books: "Books", database: str, *, seconds: float) -> Figure:
    """Single transfers out of one limited account: group commit against plain row locks."""
    from apportion.apps.ledger.writer_group import GroupWriter

    writer = GroupWriter()
    ours, peer = [], []
    for _ in range(3):
        ours.append(run_callers(CALLERS, seconds / 3, lambda: books.post_one(writer)))
        peer.append(books.run_row_locks(seconds / 3))
    writer.close()
    kind = f"{CONNECTIONS} connections with row locks"
    name = f"{database}, {CALLERS} callers on one account: transfers/s, against {kind}"
    return figure(name, median(ours), median(peer), 8.0 if database == "postgres" else 1.0)


def compare_hordak(books: "Books") -> list[Figure]:
    """Takes turns with django-hordak's bulk path on the same server, at several sizes of a batch."""
    peer: dict[int, list[float]] = {size: [] for size in HORDAK_BATCHES}
    ours: dict[int, list[float]] = {size: [] for size in BATCHES}
    with hordak() as post_bulk:
        for _ in range(5):
            for size, rates in peer.items():
                rates.append(size / post_bulk(size))
            for size, rates in ours.items():
                rates.append(size / timed(books.post(size, hot=False)))
    theirs, own = ({n: median(r) for n, r in rates.items()} for rates in (peer, ours))
    name = "postgres: transfers/s, against hordak's bulk path"
    best = figure(f"{name}, each at its best size", max(own.values()), max(theirs.values()), 50)
    same = [figure(f"{name}, {n:,} a batch both", own[n], theirs[n], None) for n in theirs]
    return [best, *same]


def weigh_rows() -> Figure:
    """Weighs the table of transfers with its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('ledger_transfer'), count(*) FROM ledger_transfer"
        )
        size, count = cursor.fetchone()
    weight = round(size / count, 1)
    name = f"postgres: bytes a transfer, of {count:,}, against the limit (less is better)"
    return {"name": name, "ours": weight, "peer": 130, "ratio": round(weight / 130, 3)} | {
        "target": 1.0,
        "met": weight <= 130,
    }


def time_audits(database: str) -> list[Figure]:
    """Recomputes every counter, leaf and root, by the clock and in CPU seconds of this process."""
    from apportion.apps.ledger.audit import audit_books
    from apportion.apps.ledger.queries import tip

    def call() -> None:
        audit = audit_books()
        if audit.differences:
            raise AssertionError(audit.differences[0])

    before, spent = time.process_time(), [timed(call) for _ in range(3)]
    used, count = (time.process_time() - before) / len(spent), tip().transfers
    name, goal = f"{database}, audit: transfers", 500_000
    return [
        figure(f"{name}/s, against the goal", count / median(spent), goal, 1.0),
        figure(f"{name} a CPU second of ours alone, against the goal", count / used, goal, None),
    ]


class Books:
    """An office's ledger with projects that have much to spend, and a raw table beside it."""

    def __init__(self) -> None:
        import numpy as np

        from apportion.apps.ledger.actions import post_transfers
        from apportion.apps.ledger.models import Account
        from apportion.core.ids import transfer_id
        from apportion.core.ledger import Key, Kind, Transfer, TransferCode

        self.numpy, self.rng = np, np.random.default_rng(1)
        self.issued = Key(Kind.ISSUED, "round", "gpu")
        self.leg, self.code = Transfer, TransferCode
        names = [f"p{number}" for number in range(PROJECTS)]
        self.project, self.consumed = (
            [Key(kind, name, "gpu") for name in names] for kind in (Kind.PROJECT, Kind.CONSUMED)
        )
        pairs = [(self.issued, key, 10**14) for key in self.project]
        pairs += [(p, c, 1) for p, c in zip(self.project, self.consumed, strict=True)]
        legs = [
            Transfer(
                id=transfer_id(place, "open"), debit=debit, credit=credit, amount=amount,
                code=TransferCode.GRANT, effective_us=1,
            )
            for place, (debit, credit, amount) in enumerate(pairs)
        ]  # fmt: skip
        post_transfers(legs, now=NOW, actor="benchmark")
        rows = Account.objects.order_by("pk").values_list("kind", "pk")
        self.debits = np.array([pk for kind, pk in rows if kind == "project"])
        self.credits = np.array([pk for kind, pk in rows if kind == "consumed"])
        self.made, self.raw_rows = 1_000_000, 0
        self.single = iter(range(10**9))
        make_raw_table()

    def columns(self, size: int, *, hot: bool) -> Any:
        """Makes a batch of settled jobs, with ids as metering gives them: by time, then hashed."""
        from apportion.core.ledger.columns import ID, Columns

        np = self.numpy
        ids = np.empty((size, 2), dtype=">u8")
        instants = np.arange(self.made, self.made + size, dtype=np.uint64)
        ids[:, 0] = (instants << np.uint64(16)) | self.rng.integers(0, 2**16, size, dtype=np.uint64)
        ids[:, 1] = self.rng.integers(0, 2**63, size)
        self.made += size
        chosen = np.zeros(size, dtype=np.int64) if hot else self.rng.integers(0, PROJECTS, size)
        nothing = np.zeros(size, dtype=np.int64)
        return Columns(
            id=ids.view(ID).reshape(size),
            debit=self.debits[chosen],
            credit=self.credits[self.rng.integers(0, PROJECTS, size)],
            amount=self.rng.integers(1, 100_000, size),
            effective_us=nothing + 10**15,
            code=nothing + self.code.SETTLE.number,
            leg=nothing,
            expires_us=nothing,
            about=np.zeros(size, dtype=ID),
        )

    def post(self, size: int, *, hot: bool) -> Callable[[], None]:
        """Gives the call that posts a batch."""
        from apportion.apps.ledger.actions import post_columns

        columns = self.columns(size, hot=hot)

        def call() -> None:
            if post_columns(columns, now=NOW, actor="benchmark") is not None:
                raise AssertionError("the batch was not proved")

        return call

    def insert_raw(self, size: int) -> Callable[[], None]:
        """Gives the call that inserts finished rows into a table with a key and nothing else."""
        from django.db import connection, transaction

        from apportion.apps.ledger import writer_rows

        columns = self.columns(size, hot=False)
        names, posting = ", ".join(writer_rows.TRANSFER_COLUMNS), self.numpy.array([1])
        first, self.raw_rows = self.raw_rows, self.raw_rows + size
        if connection.vendor == "postgresql":
            made = writer_rows._copy_rows(columns, first, posting)  # noqa: SLF001  the same bytes
            rows = writer_rows.COPY_HEAD + made + writer_rows.COPY_TAIL
            sql = f"COPY raw_transfer ({names}) FROM STDIN (FORMAT BINARY)"

            def call() -> None:
                with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
                    copy.write(rows)

        else:
            tuples = list(writer_rows._tuples(columns, first, posting))  # noqa: SLF001  as above
            marks = ", ".join("?" * len(writer_rows.TRANSFER_COLUMNS))
            sql = f"INSERT INTO raw_transfer ({names}) VALUES ({marks})"

            def call() -> None:
                with transaction.atomic():
                    connection.connection.executemany(sql, tuples)

        return call

    def post_one(self, writer: Any) -> None:
        """Posts one transfer out of the first project's account."""
        number = next(self.single)
        leg = self.leg(
            id=(2**100 + number).to_bytes(16, "big"),
            debit=self.project[0],
            credit=self.consumed[number % PROJECTS],
            amount=1,
            code=self.code.SETTLE,
            effective_us=10**15 + number,
        )
        writer.post([leg], now=NOW, actor="benchmark")

    def run_row_locks(self, seconds: float) -> float:
        """Runs the plain way on connections of their own: lock, check, insert, commit."""
        from django.db import connection, transaction

        made = iter(range(10**9))
        taken = (
            "UPDATE raw_account SET debits = debits + 1 WHERE id = 1 AND credits - debits >= 1",
            "UPDATE raw_account SET credits = credits + 1 WHERE id = 2 + %s",
            "INSERT INTO raw_single (id, debit, credit, amount) VALUES (%s, 1, %s, 1)",
        )

        def call() -> None:
            number = next(made)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(taken[0])
                if cursor.rowcount != 1:
                    raise AssertionError("nothing left")
                cursor.execute(taken[1], [number % PROJECTS])
                cursor.execute(taken[2], [f"{time.perf_counter_ns()}-{number}", number % PROJECTS])

        return run_callers(CONNECTIONS, seconds, call)


def make_raw_table() -> None:
    """Makes the tables of the raw limit and of the row locks."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE raw_transfer (LIKE ledger_transfer)")
            cursor.execute("ALTER TABLE raw_transfer ADD PRIMARY KEY (transfer_id)")
        else:
            cursor.execute(
                "CREATE TABLE raw_transfer (transfer_id blob PRIMARY KEY, seq bigint, amount bigint,"
                " effective_us bigint, debit_id int, credit_id int, posting_id int, code int,"
                " leg int, about blob) WITHOUT ROWID"
            )
        cursor.execute(
            "CREATE TABLE raw_account (id int PRIMARY KEY, debits bigint, credits bigint)"
        )
        cursor.execute(
            "CREATE TABLE raw_single (id text PRIMARY KEY, debit int, credit int, amount bigint)"
        )
        rows = [(number, 0, 10**15) for number in range(1, PROJECTS + 2)]
        cursor.executemany("INSERT INTO raw_account VALUES (%s, %s, %s)", rows)


def run_callers(threads: int, seconds: float, call: Callable[[], None]) -> float:
    """Calls from many threads for a while; gives calls a second."""
    from django.db import connection

    until, counts = time.perf_counter() + seconds, [0] * threads

    def run(place: int) -> None:
        try:
            while time.perf_counter() < until:
                call()
                counts[place] += 1
        finally:
            connection.close()

    started = time.perf_counter()
    running = [threading.Thread(target=run, args=(place,)) for place in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


@contextlib.contextmanager
def hordak() -> Iterator[Callable[[int], float]]:
    """Gives the call that posts one batch with django-hordak and says its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *HORDAK], check=True)
        script = Path(__file__).with_name("ledger_hordak.py")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen([python, script], **pipes) as peer:  # type: ignore[call-overload]
            said = iter(peer.stdout)
            next(said)  # it is ready

            def post(count: int) -> float:
                peer.stdin.write(f"{count}\n")
                peer.stdin.flush()
                return float(next(said))

            yield post
            peer.stdin.close()


def load_hashing() -> None:
    """Loads the code that hashes many leaves, as a process that imports much does by itself."""
    from apportion.core.journal import lanes

    lanes.REPAID = 0


def timed(call: Callable[[], None]) -> float:
    """Gives the seconds that a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def figure(name: str, ours: float, peer: float, target: float | None) -> Figure:
    """Makes one line of the table; ratios are ours over the peer's, so more is better."""
    ratio = round(ours / peer, 3)
    return {"name": name, "ours": round(ours), "peer": round(peer), "ratio": ratio} | {
        "target": target,
        "met": target is None or ratio >= target,
    }


def table(figures: list[Figure]) -> str:
    """Writes the table."""
    lines = [f"{'':88}{'ours':>10}{'peer':>10}{'ratio':>8}{'target':>8}"]
    for f in figures:
        met = "" if f["target"] is None else "met" if f["met"] else "MISSED"
        lines.append(
            f"{f['name']:88}{f['ours']:>10}{f['peer']:>10}{f['ratio']:>8}{f['target'] or '':>8}  {met}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
