"""Group commit: many threads, one transaction, an answer for each."""

import threading

import pytest
from django.db import connection, transaction

from apportion.apps.ledger import writer_group
from apportion.apps.ledger.actions import post_transfers, take_over
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Posting, Transfer
from apportion.apps.ledger.queries import balance_of
from apportion.apps.ledger.writer_group import GroupWriter
from apportion.core.faults import WorldError
from apportion.core.ledger import Posted, TransferCode, post_hold
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import NOW
from tests.core.ledger_books import ALPHA, BETA, ISSUED, POOL, leg

NOW_US = int(NOW.timestamp()) * 1_000_000


@pytest.fixture
def writers():
    """Makes writers, and ends them: their threads hold connections."""
    made = []

    def make():
        made.append(GroupWriter())
        return made[-1]

    yield make
    for writer in made:
        writer.close()


def at_once(calls):
    """Runs each call in a thread of its own, all together; gives what each came to."""
    gate, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            gate.wait()
            outcomes[place] = call()
        except (Refused, WorldError, ValueError) as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def calls_of(writer, batches):
    return [
        lambda batch=batch, n=n: writer.post(batch, now=NOW, actor=f"person {n}", memo="call")
        for n, batch in enumerate(batches)
    ]


@pytest.mark.django_db(transaction=True)
def test_sixty_four_spenders_at_once_spend_what_there_is_and_no_more(writers):
    writer = writers()
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    before = Posting.objects.count()
    outcomes = at_once(calls_of(writer, [[leg(100 + n, POOL, ALPHA, 7)] for n in range(64)]))
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert (len(refused), {r.refusals[0].code for r in refused}) == (50, {Code.NOT_ENOUGH})
    assert (balance_of(POOL), balance_of(ALPHA)) == (2, 98)
    postings = Posting.objects.filter(number__gt=before)
    assert postings.count() == 14  # each call is a posting of its own, with its own words
    assert len(set(postings.values_list("actor", flat=True))) == 14
    assert audit_books().differences == ()


@pytest.mark.django_db(transaction=True)
def test_a_call_is_taken_whole_or_not_at_all_and_spoils_no_other(writers):
    writer = writers()
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    good, half = [leg(2, POOL, ALPHA, 60)], [leg(3, POOL, BETA, 30), leg(4, POOL, BETA, 30_000)]
    spoilt = [leg(5, POOL, BETA, 1, note="a text that no database takes: \x00" + "\ud800")]
    outcomes = at_once(calls_of(writer, [good, half, spoilt]))
    assert outcomes[0].accepted == tuple(good)
    assert isinstance(outcomes[1], Refused)
    assert isinstance(outcomes[2], ValueError)
    assert (balance_of(ALPHA), balance_of(BETA)) == (60, 0)
    assert audit_books().differences == ()


@pytest.mark.django_db(transaction=True)
def test_the_same_call_from_many_threads_is_posted_once(writers):
    writer = writers()
    batch = [leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40)]
    outcomes = at_once(calls_of(writer, [batch] * 8))
    assert sum(len(posted.accepted) for posted in outcomes) == 2
    assert sum(len(posted.existing) for posted in outcomes) == 14
    assert Transfer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_hold_is_posted_once_however_many_try(writers):
    writer = writers()
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    held = leg(2, POOL, ALPHA, 40, code=TransferCode.HOLD, expires_us=NOW_US + 10**9)
    writer.post([held], now=NOW, actor="ops")
    posts = [
        [post_hold(held, amount=n, code=TransferCode.GRANT, effective_us=NOW_US + n * 1000)]
        for n in range(1, 9)
    ]
    outcomes = at_once(calls_of(writer, posts))
    assert sorted(isinstance(one, Refused) for one in outcomes) == [False] + [True] * 7
    assert {r.refusals[0].code for r in outcomes if isinstance(r, Refused)} == {Code.HOLD_RESOLVED}
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_inside_a_transaction_a_call_stands_or_falls_with_it(writers):
    with transaction.atomic():
        writers().post([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
        assert balance_of(POOL) == 100
        transaction.set_rollback(True)
    assert balance_of(POOL) == 0


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_was_given_up_for_dead_cannot_come_back(writers):
    old, new = writers(), writers()
    old.post([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    take_over()
    new.post([leg(2, POOL, ALPHA, 10)], now=NOW, actor="ops")
    with pytest.raises(WorldError, match="another writer took over"):
        old.post([leg(3, POOL, ALPHA, 10)], now=NOW, actor="ops")
    assert balance_of(ALPHA) == 10


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_nobody_calls_ends_and_begins_again(writers, monkeypatch):
    monkeypatch.setattr(writer_group, "IDLE_SECONDS", 0.01)
    writer = writers()
    for number in range(3):
        writer.post([leg(number, ISSUED, POOL, 1)], now=NOW, actor="ops")
        thread = writer._thread
        if thread is not None:
            thread.join(timeout=10)
        assert writer._thread is None
    assert balance_of(POOL) == 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.django_db(transaction=True)
def test_an_error_that_ends_the_thread_leaves_nobody_waiting(writers, monkeypatch):
    writer, broken = writers(), threading.Event()
    post = writer._post_together

    class Broken(Exception):
        """Stands for an error of ours that no call brought about."""

    def break_once(tickets):
        if not broken.is_set():
            broken.set()
            raise Broken
        post(tickets)

    monkeypatch.setattr(GroupWriter, "_post_together", staticmethod(break_once))
    outcomes = at_once(calls_of(writer, [[leg(n, ISSUED, POOL, 1)] for n in range(8)]))
    lost = [one for one in outcomes if isinstance(one, WorldError)]
    assert {str(one) for one in lost} == {"the writer ended before the call was posted"}
    assert balance_of(POOL) == 8 - len(lost) <= 7
    assert isinstance(writer.post([leg(9, ISSUED, POOL, 1)], now=NOW, actor="ops"), Posted)
