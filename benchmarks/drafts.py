"""200 people save their drafts at once, over HTTP, at one office process: what is lost, what it takes.

    python benchmarks/drafts.py [--people N] [--saves N] [--database URL] [--json]

Each of them holds a session and a draft of their own, waits until all are ready, and saves a new
text each time the last one is answered. Afterwards every text is looked for among the versions.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "client" / "src")]

Writer = tuple[str, str]  # the reference of a draft, a session
TOKEN = "a" * 32  # a page's own proof that it is the office's; both halves come from us here


def main() -> None:
    """Opens the office, lets them write, looks for every text."""
    flags = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    flags.add_argument("--people", type=int, default=200)
    flags.add_argument("--saves", type=int, default=5, help="of each")
    flags.add_argument("--database", metavar="URL", help="another than SQLite")
    flags.add_argument("--json", action="store_true")
    given = flags.parse_args()
    with tempfile.TemporaryDirectory(prefix="drafts-", ignore_cleanup_errors=True) as name:
        told = measure(Path(name), given.people, given.saves, given.database)
    if given.json:
        print(json.dumps(told, indent=1))
        return
    for words, value in told.items():
        print(f"{words:40}{value:>12}")
    sys.exit(1 if told["texts lost"] else 0)


def measure(folder: Path, people: int, saves: int, database: str | None) -> dict[str, Any]:
    """Runs it once."""
    writers = _fill(folder / "office", people, database)
    port = _free_port()
    with _served(folder, port):
        start = threading.Barrier(people)
        began = time.perf_counter()
        with ThreadPoolExecutor(people) as pool:
            jobs = [pool.submit(_write, port, one, saves, start) for one in writers]
            waits = [wait for job in jobs for wait in job.result()]
        took = time.perf_counter() - began
    waits.sort()
    return {
        "database": "PostgreSQL" if database else "SQLite",
        "people at once": people,
        "texts sent": people * saves,
        "texts lost": people * saves - _kept(writers, saves),
        "median milliseconds a save": round(statistics.median(waits)),
        "95 of 100 within milliseconds": round(waits[len(waits) * 95 // 100]),
        "saves a second": round(len(waits) / took),
    }


def _write(port: int, one: Writer, saves: int, start: threading.Barrier) -> list[float]:
    """Saves one text after another; gives how long each took."""
    ref, session = one
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    start.wait(timeout=60)
    waits = []
    for number in range(saves):
        body = urlencode({"title": ref, "question": _text(ref, number), "version": number + 1})
        began = time.perf_counter()
        line = HTTPConnection("127.0.0.1", port, timeout=120)
        line.request("POST", f"/requests/{ref}/save/", body, headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"{ref}: {answer.status}")
        waits.append(1000 * (time.perf_counter() - began))
    return waits


def _text(ref: str, number: int) -> str:
    return f"{ref} says {number}"


def _kept(writers: list[Writer], saves: int) -> int:
    """Counts the texts that stand among the versions, the last of each in the draft itself."""
    from apportion.apps.apply.models import Request, Version

    stand = dict(Request.objects.values_list("ref", "question"))
    last = [ref for ref, _ in writers if stand[ref] != _text(ref, saves - 1)]
    if last:
        raise SystemExit(f"{len(last)} drafts do not end as they were saved, such as {last[0]}")
    texts = Version.objects.values_list("content__question", flat=True)
    kept = set(texts)
    return sum(_text(ref, number) in kept for ref, _ in writers for number in range(saves))


def _fill(data: Path, people: int, database: str | None) -> list[Writer]:
    """Makes the office: an open round, and for each person a draft and a session."""
    import django

    os.environ.update(  # noqa: TID251  an office of its own, before its settings are read
        DJANGO_SETTINGS_MODULE="apportion.office.settings",
        PYTHONPATH=os.pathsep.join(sys.path[:3]),
        APPORTION_DATA=str(data),
        APPORTION_ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        **({"APPORTION_DATABASE_URL": database} if database else {}),
    )
    init = [sys.executable, "-m", "apportion", "--data", str(data), "init"]
    subprocess.run(init, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    django.setup()
    from datetime import timedelta

    from django.db import connections, transaction
    from django.test import Client

    from apportion.apps.apply.actions import start_draft, start_project
    from apportion.apps.people.actions import add_person
    from apportion.apps.rounds.actions import Dates, open_round
    from apportion.apps.rounds.queries import find_area
    from apportion.office import clock
    from tests.apps.small_lab import POLICY

    now, writers = clock.now(), []
    names = Dates.__dataclass_fields__
    days = {name: now + timedelta(days=7 * at) for at, name in enumerate(names, 1)}
    with transaction.atomic():
        eve = add_person(username="eve", name="Eve", roles=["board"])
        row = open_round(slug="spring", policy_toml=POLICY, dates=Dates(**days), by=eve, now=now)
        for number in range(people):
            one = add_person(username=f"p{number}", name=f"P {number}", roles=["researcher"])
            project = start_project(
                slug=f"p{number}", title="P", area=find_area("foundations"), lead=one, now=now
            )
            content = {"title": f"P {number}"}
            draft = start_draft(round_row=row, project=project, content=content, by=one, now=now)
            client = Client()
            client.force_login(one)
            writers.append((draft.ref, client.cookies["sessionid"].value))
    connections.close_all()
    return writers


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _served(folder: Path, port: int) -> Iterator[None]:
    words = [
        sys.executable,
        "-m",
        "apportion",
        "--data",
        folder / "office",
        "serve",
        "--port",
        port,
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if server.poll() is not None:
                sys.exit((folder / "log").read_text()[-500:])
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
