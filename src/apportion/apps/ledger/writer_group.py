"""Group commit: what many threads post at once goes into the books in one transaction.

Callers hand their calls to one thread, which has the only connection that writes; while it commits,
the next calls gather. Each call stays a posting of its own, taken whole or refused alone, and hears
of it after the commit. The thread ends when nobody calls.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connection, transaction

from apportion.apps.ledger.actions import call_of, gather_world, post_transfers, write_calls
from apportion.apps.ledger.writer import Pen
from apportion.core.faults import WorldError
from apportion.core.ledger import Posted, Together, post_calls
from apportion.core.ledger import Transfer as Leg
from apportion.core.refusals import Refused
from apportion.core.windows import to_epoch_us

MOST = 512  # calls in one transaction
IDLE_SECONDS = 5.0  # after which the thread gives its connection back
SPOILT = (DatabaseError, WorldError, ValueError, TypeError, OverflowError)


def _locked() -> threading.Lock:
    lock = threading.Lock()  # a third of what an Event costs
    lock.acquire()
    return lock


@dataclass(eq=False, slots=True, kw_only=True)
class _Ticket:
    """One call that waits for its answer."""

    legs: Sequence[Leg]
    actor: str
    memo: str
    now: datetime
    answered: threading.Lock = field(default_factory=_locked)  # until the answer is there
    posted: Posted | None = None
    error: BaseException | None = None


class GroupWriter:
    """Posts for the threads of one process; processes are ordered by the locked tip.

    It belongs to the epoch in which it first wrote: once another writer took over, it writes no
    more, so that a process which was given up for dead cannot come back.
    """

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._calls = threading.Condition(threading.Lock())
        self._idle = False  # the thread waits for calls
        self._waiting: deque[_Ticket] = deque()
        self._thread: threading.Thread | None = None

    def post(self, legs: Sequence[Leg], *, now: datetime, actor: str, memo: str = "") -> Posted:
        """Posts one call, whole, together with those of other threads.

        Inside an open transaction it is posted there and then: it stands or falls with the rest.

        Refuses: what core.ledger.post_batch refuses.
        """
        if connection.in_atomic_block:
            return post_transfers(legs, now=now, actor=actor, memo=memo)
        ticket = _Ticket(legs=legs, actor=actor, memo=memo, now=now)
        with self._calls:
            self._waiting.append(ticket)
            self._start_thread()
            if self._idle:
                self._calls.notify()
        ticket.answered.acquire()
        if ticket.error is not None:
            raise ticket.error
        if ticket.posted is None:
            raise WorldError("the writer ended before the call was posted", retryable=True)
        if ticket.posted.refusals:
            raise Refused(ticket.posted.refusals)
        return ticket.posted

    def close(self) -> None:
        """Waits until the thread has written what waits, and has ended."""
        with self._calls:
            thread, self._thread = self._thread, None
            self._calls.notify()
        if thread is not None:
            thread.join()

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        """Writes as long as somebody calls."""
        try:
            while tickets := self._gather():
                try:
                    connection.close_if_unusable_or_obsolete()
                    self._post_together(tickets)
                finally:
                    for ticket in tickets:
                        ticket.answered.release()
        finally:
            connection.close()
            self._leave()

    def _leave(self) -> None:
        """Lets another thread go on where this one was ended by an error that is nobody's."""
        with self._calls:
            if self._thread is threading.current_thread():
                self._thread = None
                if self._waiting:
                    self._start_thread()

    def _gather(self) -> list[_Ticket]:
        """Takes the calls that wait; none ends the thread."""
        with self._calls:
            if not self._waiting and self._thread is threading.current_thread():
                self._idle = True
                self._calls.wait(IDLE_SECONDS)
                self._idle = False
            if not self._waiting and self._thread is threading.current_thread():
                self._thread = None
            return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]

    def _post_together(self, tickets: Sequence[_Ticket]) -> None:
        """Answers each ticket; one that spoils the transaction of all is found by going one by one."""
        try:
            answers = self._post_calls(tickets)
        except SPOILT as error:
            if len(tickets) == 1:
                tickets[0].error = error
                return
            for ticket in tickets:
                self._post_together([ticket])
            return
        for ticket, posted in zip(tickets, answers, strict=True):
            ticket.posted = posted

    def _post_calls(self, tickets: Sequence[_Ticket]) -> tuple[Posted, ...]:
        with transaction.atomic():
            pen = Pen(epoch=self._epoch)
            self._epoch = pen.tip.epoch
            now_us = pen.instant(max(to_epoch_us(ticket.now) for ticket in tickets))
            legs = [leg for ticket in tickets for leg in ticket.legs]
            world, numbers = gather_world(
                legs, pen.tip, now_us=now_us, opens=True, calls=len(tickets)
            )
            together = post_calls([ticket.legs for ticket in tickets], world=world)
            taken = [
                (ticket, posted)
                for ticket, posted in zip(tickets, together.calls, strict=True)
                if posted.accepted
            ]
            if taken:
                calls = [call_of(p.accepted, t.actor, t.memo) for t, p in taken]
                accepted = Together(
                    expired=together.expired,
                    calls=tuple(posted for _, posted in taken),
                    changes=together.changes,
                )
                write_calls(pen, accepted, numbers, calls=calls, now_us=now_us)
                pen.close()
        return together.calls


WRITER = GroupWriter()
