"""Offices of their own, on a file or on a server: what may be killed, copied and put back."""

import atexit
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing, contextmanager, suppress
from copy import copy
from functools import cache
from pathlib import Path

from apportion.office.testing import scratch
from apportion.office.trial_postgres import as_owner, find_postgres, start_postgres

ROOT = Path(__file__).resolve().parents[3]
START = (
    "import sys; sys.path[:0] = ['src', '.']; import django; django.setup();"
    "from tests.apps.ledger.nursery import main; main()"
)
# What was committed must outlive the server, though not the machine.
LASTING = "-c fsync=off -c full_page_writes=off -c max_connections=100"
KEY = (  # of the bytes 0 to 31, which everybody knows
    "PRIVATE+KEY+northfield.example/journal+33d0e87e+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
)


class Site:
    """An office on a file, and the nursery of its workers."""

    kind = "sqlite"

    def __init__(self, folder, **env):
        self.folder = folder
        self.env = {
            "DJANGO_SETTINGS_MODULE": "apportion.office.settings",
            "APPORTION_DATA": str(folder),
            "APPORTION_JOURNAL_KEY": KEY,
            **env,
        }

    @contextmanager
    def running(self):
        """Starts the nursery, and ends it."""
        self._lay()
        command = [sys.executable, "-c", START]
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        with subprocess.Popen(command, cwd=ROOT, env=self.env, **streams) as self.nursery:
            assert self.nursery.stdout.readline() == "ready\n"
            yield self
            self.nursery.stdin.close()

    def _lay(self):
        """Lays an empty office into an empty folder: to make one anew takes longer than a kill."""
        if not (self.folder / "office.sqlite3").exists():
            shutil.copy(make_empty_books(), self.folder)

    def beside(self):
        """Starts a second nursery, as on another machine."""
        return copy(self).running()

    def start(self, name, *numbers):
        """Starts a work; gives the worker's id."""
        self.nursery.stdin.write(" ".join(map(str, (name, *numbers))) + "\n")
        word, pid = self.nursery.stdout.readline().split()
        assert word == "worker"
        return int(pid)

    def lines(self):
        """Gives what the worker says until it has ended."""
        while (line := self.nursery.stdout.readline().rstrip("\n")) != "ended":
            assert line, "the nursery ended"
            yield line

    def do(self, name, *numbers):
        """Does a work to its end; gives what it said."""
        self.start(name, *numbers)
        return list(self.lines())

    def look(self, size=0):
        """Gives ids, balances, differences and the root as it was at a size."""
        [told] = self.do("look", size)
        return json.loads(told)

    def back_up(self):
        """Copies the books while the office may run, as docs/operators.md says."""
        self._copy("office.sqlite3", "copy.sqlite3")

    def restore(self):
        """Puts the copy back."""
        for left in self.folder.glob("office.sqlite3-*"):
            left.unlink()
        shutil.copy(self.folder / "copy.sqlite3", self.folder / "office.sqlite3")

    def _copy(self, name, to):
        with (
            closing(sqlite3.connect(self.folder / name)) as books,
            closing(sqlite3.connect(self.folder / to)) as kept,
        ):
            books.backup(kept)


class ServerSite(Site):
    """An office on a PostgreSQL server of its own."""

    kind = "postgres"

    def __init__(self, folder, server, url):
        super().__init__(folder, APPORTION_DATABASE_URL=url)
        self.server = server

    def _lay(self):
        """The server's tables are made by the nursery."""

    def kill_server(self):
        """Kills every process of the server at once, and starts it again."""
        data = self.server / "data"
        pid_file = data / "postmaster.pid"
        first = int(pid_file.read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, others)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(map(is_alive, (first, *map(int, others)))):
            threading.Event().wait(0.01)
        for left in (pid_file, *self.server.glob(".s.PGSQL.*.lock")):
            left.unlink()  # the dead hold them where nobody buries them
        as_owner((find_postgres() / "pg_ctl", "-D", data, "-w", "-s", "restart"), self.server)

    def back_up(self):
        self._psql("CREATE DATABASE copy TEMPLATE postgres")

    def restore(self):
        self._psql("DROP DATABASE postgres", "ALTER DATABASE copy RENAME TO postgres")

    def _psql(self, *statements):
        """Runs statements from another database, as no one may be in the one that is copied."""
        options = [part for one in statements for part in ("-c", one)]
        base = ("psql", "-q", "-h", self.server, "-U", "postgres", "-d", "template1")
        as_owner((find_postgres() / base[0], *base[1:], *options), self.server)


@cache
def make_empty_books():
    """Makes the tables of an office on a file, once; gives the file."""
    folder = Path(tempfile.mkdtemp(prefix="apportion-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "-m", "apportion", "--data", str(folder), "init"]
    subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": "src"}, check=True, capture_output=True)
    return folder / "office.sqlite3"


@contextmanager
def open_site(kind, folder):
    """Opens an office of a kind, its nursery running."""
    if kind == "sqlite":
        with Site(folder).running() as site:
            yield site
        return
    with (
        scratch() as server,
        start_postgres(folder=server, options=LASTING) as url,
        ServerSite(folder, server, url).running() as site,
    ):
        yield site


def is_alive(pid):
    """Says whether a process runs; one that is dead and not yet buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
