"""A crowded round with a proposed slate, and a board of several people, for tests of the board."""

from datetime import timedelta

from apportion.apps.decide.actions import propose_slate
from apportion.apps.people.actions import add_person
from apportion.core.decide.overrides import Moved, Override
from tests.apps.small_lab import NOW, POLICY, file_request, open_spring

LATER = NOW + timedelta(days=21)
TWO_SIGN = POLICY + "[board]\nsigners = 2\n"


def crowded_round(folk, policy=POLICY):
    """Three requests for 40 hours each, and a fourth for 60, in a pool of 100; slate 1 proposed."""
    row = open_spring(folk["eve"], policy=policy)
    asks = (("alpha", 9, 40), ("beta", 7, 40), ("gamma", 5, 40), ("delta", 2, 60))
    for slug, score, ask in asks:
        lead = folk["ann"]
        file_request(row, lead, slug, minimum=30, ask=ask, score=score, reviewer=folk["rev"])
    propose_slate(row=row, by=folk["eve"], now=LATER)
    return row


def more_board(*names):
    """More board members."""
    return [add_person(username=name, name=name.title(), roles=["board"]) for name in names]


def pin(ref, moved=Moved.OUT, why="The pilot is not done"):
    """One request moved by hand."""
    return Override(moved=moved, owner=ref, why=why)


def codes(error):
    """Gives the codes of what was refused."""
    return [refusal.code for refusal in error.value.refusals]
