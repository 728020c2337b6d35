"""The conductor: does what time alone brings about, once, whatever is restarted when."""

import sys
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections

from apportion.apps.directive.actions import advance_directives
from apportion.apps.ledger.actions import expire_holds
from apportion.apps.rounds.wording import count_of
from apportion.core.refusals import Refused


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


def keep_time(*, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> None:
    """Advances again and again; `stopped` waits between two beats and says when to stop."""
    while True:
        close_old_connections()
        try:
            advance(now=clock())
        except (Refused, DatabaseError) as error:  # the next beat tries again
            print(f"apportion: the conductor: {error}", file=sys.stderr, flush=True)
        close_old_connections()
        if stopped():
            return
