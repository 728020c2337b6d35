"""Runs the conductor beside an open office, in a process of its own.

A thread would not do: the server forks its workers, and a worker that is forked while another
thread writes to SQLite takes the database for locked for ever.
"""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import django

BEAT_SECONDS = 60.0
LAST_BEAT_SECONDS = 30.0


@contextmanager
def conducting(*, seconds: float = BEAT_SECONDS) -> Iterator[None]:
    """Has the conductor run until the block is left, or until this process is no more."""
    context = multiprocessing.get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    process = context.Process(target=_conduct, args=(theirs, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        yield
    finally:
        ours.close()
        process.join(LAST_BEAT_SECONDS)


def _conduct(office: Connection, seconds: float) -> None:
    """Beats until the other end of the pipe is closed, by hand or by the end of the office."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the office, which then tells us
    django.setup()
    from apportion.office import clock
    from apportion.office.conductor import keep_time

    keep_time(clock=clock.now, stopped=lambda: office.poll(seconds))
