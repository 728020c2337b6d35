"""A process that has an office at hand and forks workers: a kill costs a fork, and no new start.

Each line that it reads names a work and its numbers. A worker first says its own id, then a line for
each thing that is acknowledged; when it has ended, however, the nursery says so.
"""

import json
import os
import random
import signal
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime

from django.core.management import call_command
from django.db import Error, OperationalError, connections

from apportion.apps.ledger.actions import post_transfers, take_over
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.checkpoints import make_checkpoint
from apportion.apps.ledger.models import Account, Transfer
from apportion.apps.ledger.proofs import stored_subtrees
from apportion.apps.ledger.queries import tip
from apportion.apps.ledger.writer_group import GroupWriter
from apportion.core import journal
from apportion.core.faults import WorldError
from apportion.core.refusals import Refused
from tests.core.ledger_books import ALPHA, ISSUED, POOL, leg

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH, CALLERS = 20, 6


def say(text):
    os.write(1, f"{text}\n".encode())


def batches(first):
    """A client: posts batch after batch and says of each that it was taken."""
    for batch in range(first, first + 10_000):
        legs = [leg(batch * BATCH + n, ISSUED, POOL, n + 1) for n in range(BATCH)]
        post_transfers(legs, now=NOW, actor="client")
        say(batch)


def callers(first):
    """A writer: commits together what its callers post one by one; says what was taken."""
    writer = GroupWriter()

    def call(caller):
        for number in range(first + caller, first + 10**6, CALLERS):
            writer.post([leg(number, ISSUED, POOL, 1)], now=NOW, actor=f"caller {caller}")
            say(number)

    threads = [threading.Thread(target=call, args=[caller]) for caller in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def spend(spenders):
    """Many processes that spend from one pool at the same instant."""
    post_transfers([leg(1, ISSUED, POOL, 100)], now=NOW, actor="ops")
    connections.close_all()
    gate, start = os.pipe()
    children = [spend_once(number, gate, start) for number in range(spenders)]
    os.close(start)  # the last hand on it: everybody starts
    for child in children:
        os.waitpid(child, 0)


def spend_once(number, gate, start):
    child = os.fork()
    if child:
        return child
    os.close(start)
    os.read(gate, 1)
    while not asked_to_spend(number):
        pass
    os._exit(0)


def asked_to_spend(number):
    """Asks once; says what it came to, unless the wait for the lock was too long."""
    try:
        post_transfers([leg(100 + number, POOL, ALPHA, 7)], now=NOW, actor=f"spender {number}")
        say("taken")
    except Refused as refused:
        say(refused.refusals[0].code.name)
    except OperationalError:
        return False
    return True


def pause(first):
    """A writer that is taken for dead: it stops after three calls, and then goes on."""
    writer = GroupWriter()
    for number in range(first, first + 6):
        if number == first + 3:
            os.kill(os.getpid(), signal.SIGSTOP)
        try:
            writer.post([leg(number, ISSUED, POOL, 1)], now=NOW, actor="old writer")
            say(number)
        except WorldError as error:
            say(error)


def succeed(number):
    """The writer that takes over."""
    take_over()
    GroupWriter().post([leg(number, ISSUED, POOL, 1)], now=NOW, actor="new writer")
    say(number)


def take_in(first, last, seed):
    """Imports jobs in an order and in chunks of its own."""
    numbers, chance = list(range(first, last)), random.Random(seed)
    chance.shuffle(numbers)
    while numbers:
        chunk, numbers = numbers[: (size := chance.randrange(1, 90))], numbers[size:]
        legs = [leg(number, ISSUED, POOL, number % 97 + 1) for number in chunk]
        post_transfers(legs, now=NOW, actor="meter", partial=True)


def sign():
    """Signs the books; says the size and the root that a witness would keep."""
    signed = make_checkpoint(now=NOW)
    say(json.dumps([signed.size, signed.root.hex()]))


def look(size):
    """Says what stands: ids, balances, what an audit found, and the root as it was at a size."""
    ids = sorted(int.from_bytes(one) for (one,) in Transfer.objects.values_list("transfer_id"))
    balances = {str(row): row.balance for row in Account.objects.all()}
    found = [str(one) for one in audit_books().differences]
    root = journal.root_at(stored_subtrees(size), size).hex() if size <= tip().size else ""
    say(json.dumps([ids, balances, found, root]))


def work(name, numbers):
    """Does one work in a process of its own."""
    say(f"worker {os.getpid()}")
    try:
        WORKS[name](*numbers)
    except (Error, WorldError) as error:
        say(f"failed: {type(error).__name__}")
    os._exit(0)  # at once: to tidy up would copy all that was shared with the nursery


WORKS = {
    each.__name__: each for each in (batches, callers, spend, pause, succeed, take_in, sign, look)
}


def main():
    """Reads one work a line; no connection is open here, so that each worker opens its own."""
    call_command("migrate", verbosity=0)
    connections.close_all()
    say("ready")
    for line in sys.stdin:
        name, *numbers = line.split()
        worker = os.fork()
        if not worker:
            work(name, map(int, numbers))
        with suppress(ChildProcessError):
            os.waitpid(worker, 0)
        say("ended")
