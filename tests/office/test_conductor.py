"""The conductor: what is due is done once, however often and by however many it is asked."""

import threading

import pytest
from django.db import OperationalError, close_old_connections, connection

from apportion.apps.directive import actions
from apportion.apps.directive.actions import (
    adopt_directive,
    draft_directive,
    make_preview,
    sign_directive,
)
from apportion.apps.directive.queries import find_directive
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of, tip
from apportion.core.ledger import Key, Kind
from apportion.office import conductor
from apportion.office.conductor import advance
from tests.apps.directive.lab import DAY, END, START, TERMS, board, spend
from tests.apps.small_lab import GPU, HOUR, people

CHAT = Key(Kind.PROJECT, "chat", GPU)


def put_in_force():
    """Has a directive in force in a lab of its own."""
    folk = people()
    spend(folk)
    draft_directive(toml=TERMS, by=folk["eve"], now=START)
    made = make_preview(ref="red-1", by=folk["eve"], now=START)
    for person in (signers := board()):
        sign_directive(ref="red-1", number=made.number, by=person, now=START)
    adopt_directive(ref="red-1", by=signers[0], now=START)


@pytest.mark.django_db
def test_nothing_is_done_before_it_is_due(db):
    put_in_force()
    size = tip().size
    assert advance(now=END - 2 * DAY) == ["spring closed"]  # told, and past every appeal
    assert advance(now=END - DAY) == []
    assert tip().size == size


@pytest.mark.django_db
@pytest.mark.parametrize("last", range(1, 5))
def test_a_stop_at_any_write_leaves_the_books_balanced_and_the_next_beat_finishes(
    monkeypatch, last
):
    put_in_force()
    before, calls = balance_of(CHAT), []
    real = actions.post_transfers if last < 3 else actions.seal
    name = "post_transfers" if last < 3 else "seal"

    def stop(*given, **more):
        calls.append(given)
        if len(calls) == (last if last < 3 else last - 2):
            raise KeyboardInterrupt
        return real(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr(actions, name, stop)
        with pytest.raises(KeyboardInterrupt):
            advance(now=END)
    assert (balance_of(CHAT), find_directive("red-1").state) == (before, "in_force")
    assert audit_books().differences == ()
    advance(now=END)
    assert (balance_of(CHAT), find_directive("red-1").state) == (37 * HOUR, "paid_back")
    assert advance(now=END) == []
    assert audit_books().differences == ()


@pytest.mark.django_db(transaction=True)
def test_two_conductors_at_once_pay_once():
    put_in_force()
    gate, told = threading.Barrier(2), []

    def run():
        close_old_connections()
        gate.wait(timeout=30)
        told.extend(advance(now=END))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["red-1: expired, owing", "red-1: kept", "spring closed"]
    assert balance_of(CHAT) == 37 * HOUR
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_a_beat_that_the_database_fails_is_told_and_the_next_one_does_the_work(monkeypatch, capsys):
    put_in_force()
    real, beats = conductor.advance, []

    def fail_first(**given):
        beats.append(given)
        if len(beats) == 1:
            raise OperationalError("database is locked")
        return real(**given)

    monkeypatch.setattr(conductor, "advance", fail_first)
    monkeypatch.setattr(conductor, "close_old_connections", lambda: None)  # the test's own
    conductor.keep_time(clock=lambda: END, stopped=lambda: len(beats) == 2)
    assert "the conductor: database is locked" in capsys.readouterr().err
    assert balance_of(CHAT) == 37 * HOUR
