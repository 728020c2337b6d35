"""Group commit: what many threads post at once goes into the books in one transaction.

No thread waits in the background. Whoever finds nobody writing writes for all who wait, its own
call first; the first of those who came meanwhile takes over. Each call stays a posting of its own,
taken whole or refused alone, and hears of it after the commit.
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
SPOILT = (DatabaseError, WorldError, ValueError, TypeError, OverflowError)


@dataclass(eq=False, slots=True, kw_only=True)
class _Ticket:
    """One call that waits; `turn` is set when it was served, or when it is to serve."""

    legs: Sequence[Leg]
    actor: str
    memo: str
    now: datetime
    turn: threading.Event = field(default_factory=threading.Event)
    posted: Posted | None = None
    error: BaseException | None = None

    @property
    def served(self) -> bool:
        """Says whether there is an answer."""
        return self.posted is not None or self.error is not None


class GroupWriter:
    """Posts for the threads of one process; processes are ordered by the locked tip.

    It belongs to the epoch in which it first wrote: once another writer took over, it writes no
    more, so that a process which was given up for dead cannot come back.
    """

    def __init__(self) -> None:
        self._epoch: int | None = None
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()
        self._writing = False

    def post(self, legs: Sequence[Leg], *, now: datetime, actor: str, memo: str = "") -> Posted:
        """Posts one call, whole, together with those of other threads.

        Inside an open transaction it is posted there and then: it stands or falls with the rest.

        Refuses: what core.ledger.post_batch refuses.
        """
        if connection.in_atomic_block:
            return post_transfers(legs, now=now, actor=actor, memo=memo)
        ticket = _Ticket(legs=legs, actor=actor, memo=memo, now=now)
        with self._lock:
            self._waiting.append(ticket)
            serve, self._writing = not self._writing, True
        if not serve:
            ticket.turn.wait()
        if not ticket.served:
            self._serve()
        if ticket.error is not None:
            raise ticket.error
        if ticket.posted is None:
            raise WorldError("the call was not posted", retryable=True)
        if ticket.posted.refusals:
            raise Refused(ticket.posted.refusals)
        return ticket.posted

    def _serve(self) -> None:
        """Writes for those who wait, then lets the next one write or nobody."""
        with self._lock:
            tickets = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            self._post_together(tickets)
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._writing = following is not None
            for ticket in tickets:
                ticket.turn.set()
            if following is not None:
                following.turn.set()

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
            world = gather_world(legs, pen.tip, now_us=now_us, opens=True)
            together = post_calls([ticket.legs for ticket in tickets], world=world)
            taken = [
                (ticket, posted)
                for ticket, posted in zip(tickets, together.calls, strict=True)
                if posted.accepted
            ]
            if taken:
                calls = [call_of(p.accepted, actor=t.actor, memo=t.memo) for t, p in taken]
                accepted = Together(
                    expired=together.expired,
                    calls=tuple(posted for _, posted in taken),
                    changes=together.changes,
                )
                write_calls(pen, accepted, calls=calls, now_us=now_us)
                pen.close()
        return together.calls


WRITER = GroupWriter()
