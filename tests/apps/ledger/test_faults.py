"""What goes wrong while a batch is written: nothing is lost, nothing stands half, and work goes on."""

import sqlite3

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


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_undoes_the_batch_and_the_next_one_is_taken_when_there_is_room():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's server has no limit of pages")
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    before, batch = root(), [leg(n, ISSUED, POOL, 1) for n in range(10, 5_010)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that earlier tests left free would be room
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises((OperationalError, sqlite3.OperationalError), match="full"):
            post_transfers(batch, now=NOW, actor="ops")
        cursor.execute("PRAGMA max_page_count = 1000000000")
    assert root() == before
    assert len(post_transfers(batch, now=NOW, actor="ops").accepted) == 5_000
    assert audit_books().differences == ()


def end_by_client():
    """The client's side goes away."""
    connection.connection.close()


def end_by_server():
    """An operator ends the session from another one."""
    pid = connection.connection.info.backend_pid
    with type(connection.connection).connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", [end_by_client, end_by_server])
def test_a_connection_that_drops_before_the_commit_leaves_nothing_and_a_retry_is_taken(
    monkeypatch, end
):
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    before, batch = root(), [leg(n, ISSUED, POOL, 1) for n in range(10, 400)]
    grow = writer.add_counters

    def drop(growth):
        grow(growth)  # after COPY, before the commit
        end()

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
