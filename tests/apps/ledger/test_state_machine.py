"""The invariants of the books, as a state machine in step with plain dicts, on whichever database.

The model gives the root after every step too, so SQLite and PostgreSQL, each equal to it, are equal.
"""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.apps.ledger import moves
from tests.apps.ledger.lockstep import Lockstep
from tests.apps.small_lab import NOW

NOW_US = int(NOW.timestamp()) * 1_000_000


def as_rule(action):
    """Makes a rule of what a simulation does too."""

    def step(self, seed):
        action(self.books, random.Random(seed).randrange)

    # A seed a step: drawn one by one, most choices would be the first.
    return rule(seed=st.integers(0, 2**32 - 1))(step)


def machine_of(folk):
    """Makes the machine; each run of it stands in a transaction of its own, which it takes back."""

    def begin(self):
        RuleBasedStateMachine.__init__(self)
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.books = Lockstep(folk, now_us=NOW_US)
        moves.begin(self.books)

    def end(self):
        try:
            self.books.check_all()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    rules = {action.__name__: as_rule(action) for action in moves.ACTIONS}
    return type("Books", (RuleBasedStateMachine,), {"__init__": begin, "teardown": end, **rules})


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_is_done_to_the_books_they_are_what_plain_dicts_say(folk, settings):
    settings.APPORTION_SALT = bytes  # zeros: the same words give the same leaves
    run_state_machine_as_test(machine_of(folk), settings=MANY)


MANY = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
