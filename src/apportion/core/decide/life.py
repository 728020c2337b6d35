"""The life of a slate: proposed, adopted, told, and the one before another took its place."""

from enum import StrEnum

from apportion.core.refusals import Refusal, refuse_step


class State(StrEnum):
    """Where a slate stands."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"  # in force, and told to nobody outside the board
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # an appeal put another in its place


class Verb(StrEnum):
    """What is done with a slate."""

    MOVE = "move"  # what is moved makes a slate of its own; this one stays as it is
    SIGN = "sign"
    ADOPT = "adopt"
    HOLD = "hold"  # one outcome, or the instant at which all are told
    TELL = "tell"
    SUPERSEDE = "supersede"


STEPS: dict[tuple[State, Verb], State] = {
    (State.PROPOSED, Verb.MOVE): State.PROPOSED,
    (State.PROPOSED, Verb.SIGN): State.PROPOSED,
    (State.PROPOSED, Verb.ADOPT): State.ADOPTED,
    (State.ADOPTED, Verb.HOLD): State.ADOPTED,
    (State.PUBLISHED, Verb.HOLD): State.PUBLISHED,  # of what is still untold
    (State.ADOPTED, Verb.TELL): State.PUBLISHED,
    (State.PUBLISHED, Verb.TELL): State.PUBLISHED,
    (State.PUBLISHED, Verb.SUPERSEDE): State.SUPERSEDED,
}
REMEDIES = {
    State.PROPOSED: "Adopt it first.",
    State.ADOPTED: "It is in force; publish it, or appeal once it is told.",
    State.PUBLISHED: "It is in force and told; appeals come next.",
    State.SUPERSEDED: "Another slate took its place; look at that one.",
}


def state_of(*, is_adopted: bool, is_published: bool, is_superseded: bool) -> State:
    """Tells where a slate stands from what was done with it."""
    if is_superseded:
        return State.SUPERSEDED
    if is_published:
        return State.PUBLISHED
    return State.ADOPTED if is_adopted else State.PROPOSED


def take_step(slate: str, state: State, verb: Verb) -> State | Refusal:
    """Gives the state after a verb.

    Refuses: WRONG_STATE.
    """
    return STEPS.get((state, verb)) or refuse_step(slate, state, verb, REMEDIES[state])
