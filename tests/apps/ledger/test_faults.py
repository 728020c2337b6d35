"""What goes wrong while a batch is written: nothing is lost, nothing stands half, and work goes on."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from apportion.apps.ledger import writer
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Tip, Transfer
from apportion.apps.ledger.queries import root
from apportion.core.faults import WorldError
from tests.apps.small_lab import NOW
from tests.core.ledger_books import ALPHA, ISSUED, POOL, leg

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("LEDGER_KILLS", "3"))  # noqa: TID251  a long run asks for 200
WORK = """
import sys
sys.path[:0] = ["src", "."]
import django; django.setup()
from datetime import UTC, datetime
from apportion.apps.ledger.actions import post_transfers
from tests.core.ledger_books import ISSUED, POOL, leg
first = int(sys.argv[1])
for batch in range(first, first + 400):
    legs = [leg(batch * 50 + n, ISSUED, POOL, n + 1) for n in range(50)]
    if post_transfers(legs, now=datetime(2026, 1, 1, tzinfo=UTC), actor="client").accepted:
        print(batch, flush=True)  # acknowledged
"""
LOOK = """
import sys
sys.path[:0] = ["src", "."]
import django; django.setup()
import json
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Transfer
ids = [int.from_bytes(i, "big") // 50 for i in Transfer.objects.values_list("transfer_id", flat=True)]
print(json.dumps([sorted(set(ids)), len(ids), [str(d) for d in audit_books().differences]]))
"""


@pytest.fixture
def office(tmp_path):
    """Gives what runs a script as a client of an office on disk, a process of its own."""
    env = {
        "DJANGO_SETTINGS_MODULE": "apportion.office.settings",
        "APPORTION_DATA": str(tmp_path),
        "PATH": os.environ.get("PATH", ""),  # noqa: TID251  the child's own
    }
    command = [sys.executable, "-m", "apportion", "--data", str(tmp_path), "init"]
    subprocess.run(
        command, cwd=ROOT, env={**env, "PYTHONPATH": "src"}, check=True, stdout=subprocess.DEVNULL
    )

    def start(script, *arguments):
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.mark.slow
def test_a_client_that_is_killed_loses_nothing_that_was_acknowledged(office):
    acknowledged, first = set(), 0
    for kill in range(KILLS):
        with office(WORK, first) as client:
            for place, line in enumerate(client.stdout):
                acknowledged.add(int(line))
                if place == 3 + 5 * kill % 40:
                    client.send_signal(signal.SIGKILL)
        first = max(acknowledged)  # as after a lost reply: the last one is sent again
    with office(LOOK) as looker:
        standing, count, differences = json.loads(looker.stdout.read())
    assert differences == []
    assert acknowledged <= set(standing)
    assert count == 50 * len(standing)  # each batch is there whole


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_undoes_the_batch_and_the_next_one_is_taken_when_there_is_room():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's server has no limit of pages")
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    before, batch = root(), [leg(n, ISSUED, POOL, 1) for n in range(10, 5_010)]
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises((OperationalError, sqlite3.OperationalError), match="full"):
            post_transfers(batch, now=NOW, actor="ops")
        cursor.execute("PRAGMA max_page_count = 1000000000")
    assert root() == before
    assert len(post_transfers(batch, now=NOW, actor="ops").accepted) == 5_000
    assert audit_books().differences == ()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_drops_before_the_commit_leaves_nothing_and_a_retry_is_taken(monkeypatch):
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    before, batch = root(), [leg(n, ISSUED, POOL, 1) for n in range(10, 400)]
    grow = writer.add_counters

    def drop(growth):
        grow(growth)
        connection.connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(writer, "add_counters", drop)
        with pytest.raises(DatabaseError):
            post_transfers(batch, now=NOW, actor="ops")
    connection.close()
    assert root() == before
    assert len(post_transfers(batch, now=NOW, actor="ops").accepted) == 390
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_a_writer_that_wrote_behind_the_lock_undoes_this_one():
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    with transaction.atomic():
        pen = writer.Pen()
        pen.seal("decision", "d", b"adopted")
        Tip.objects.update(size=99)  # what a lock that was lost would let happen
        with pytest.raises(WorldError, match="another writer"):
            pen.close()
        transaction.set_rollback(True)
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_a_reply_that_was_lost_is_asked_for_again_and_nothing_is_posted_twice():
    batch = [leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40)]
    post_transfers(batch, now=NOW, actor="ops")
    before = root()
    again = post_transfers(batch, now=NOW, actor="ops")
    assert (len(again.existing), again.accepted, root()) == (2, (), before)
    assert Transfer.objects.count() == 2
