"""The conductor: does what time alone brings about, once, whatever is restarted when."""

import sys
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections

from apportion.apps.directive.actions import advance_directives
from apportion.apps.ledger.actions import expire_holds
from apportion.apps.rounds.wording import count_of
from apportion.core.refusals import Refused

BEAT_SECONDS = 60.0


def advance(*, now: datetime) -> list[str]:
    """Releases lapsed holds, ends directives and collects what they owe; says what was done.

    Each step stands in its own transaction and finds what was done before, so that a kill at any
    point and any repeat leave the same books.
    """
    told = []
    released = expire_holds(now=now)
    if released:
        told.append(f"{count_of(released, 'hold')} lapsed")
    told.extend(advance_directives(now=now))
    return told


class Beat:
    """Advances once a minute beside an open office, until it is stopped."""

    def __init__(self, clock: Callable[[], datetime], *, seconds: float = BEAT_SECONDS) -> None:
        self._clock, self._seconds = clock, seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> "Beat":
        """Begins at once."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Lets the step that is running end."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            close_old_connections()
            try:
                advance(now=self._clock())
            except (Refused, DatabaseError) as error:  # the next beat tries again
                print(f"apportion: the conductor: {error}", file=sys.stderr, flush=True)
            close_old_connections()
            self._stopped.wait(self._seconds)
