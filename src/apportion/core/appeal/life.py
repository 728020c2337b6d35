"""The life of an appeal: grounds, states, and what is checked when one is filed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from apportion.core.refusals import Code, Refusal, refuse_step


class Ground(StrEnum):
    """Why a decision is appealed; there are no others."""

    FACT = "fact"
    RULE = "rule"
    CONFLICT = "conflict"
    EVIDENCE = "evidence"
    UNUSABLE = "unusable"


MEANS = {
    Ground.FACT: "Something that the decision rests on is not so.",
    Ground.RULE: "The policy was not applied as it is written.",
    Ground.CONFLICT: "Somebody who judged it had a stake.",
    Ground.EVIDENCE: "There is evidence that nobody had then.",
    Ground.UNUSABLE: "What was granted is too little to be useful.",
}


class State(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    PROPOSED = "proposed"  # one decider has written a ruling, others have still to sign it
    UPHELD = "upheld"
    PARTLY = "partly"
    DISMISSED = "dismissed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What is done with an appeal."""

    PROPOSE = "propose"
    RECUSE = "recuse"  # a decider steps down, and another is picked
    UPHOLD = "uphold"
    PART = "part"
    DISMISS = "dismiss"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


STEPS: dict[tuple[State, Verb], State] = {
    (State.FILED, Verb.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Verb.PROPOSE): State.PROPOSED,
    (State.FILED, Verb.RECUSE): State.FILED,
    (State.PROPOSED, Verb.RECUSE): State.FILED,  # what was signed is signed by others anew
    (State.PROPOSED, Verb.UPHOLD): State.UPHELD,
    (State.PROPOSED, Verb.PART): State.PARTLY,
    (State.PROPOSED, Verb.DISMISS): State.DISMISSED,
    (State.PROPOSED, Verb.SEND_BACK): State.SENT_BACK,
    (State.FILED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Verb.WITHDRAW): State.WITHDRAWN,
}
OPEN = (State.FILED, State.PROPOSED)
OVERTURNED = (State.UPHELD, State.PARTLY)
RULINGS = {
    Verb.UPHOLD: "Upheld",
    Verb.PART: "Upheld in part",
    Verb.DISMISS: "Dismissed",
    Verb.SEND_BACK: "Sent back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The [appeals] table of a round's policy. Units: whole days."""

    deciders: int = 1
    answer_days: int = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Facts that were not so. Units: base units by resource; the score in points.

    Shape: what is absent stays as it was; `barred` names reviewers whose scores no longer count.
    """

    minimum: dict[str, int] = field(default_factory=dict)
    ask: dict[str, int] = field(default_factory=dict)
    score: Fraction | None = None
    barred: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Says whether everything stays as it was."""
        return not (self.minimum or self.ask or self.barred or self.score is not None)


def take_step(ref: str, state: State, verb: Verb) -> State | Refusal:
    """Gives the state after a verb.

    Refuses: WRONG_STATE.
    """
    remedy = (
        "Write the ruling first." if state is State.FILED else "It is over; nothing reopens it."
    )
    return STEPS.get((state, verb)) or refuse_step(f"appeal {ref}", state, verb, remedy)


def check_filing(
    ref: str, *, outcome: str, published_at: datetime | None, until: datetime, now: datetime
) -> Refusal | None:
    """Checks that there is something to appeal, and that the window is open.

    Refuses: WRONG_STATE, OUT_OF_RANGE.
    """
    subject = f"appeal of {ref}"
    if published_at is None:
        remedy = "It is still being decided; an appeal follows a decision."
        return Refusal(code=Code.WRONG_STATE, subject=subject, remedy=remedy)
    if outcome == "full":
        remedy = "It was granted in full; ask for a supplement if more is needed."
        return Refusal(code=Code.WRONG_STATE, subject=subject, remedy=remedy)
    if now >= until:
        remedy = "Ask again in the next round; the request is kept as it was written."
        numbers: dict[str, int | str] = {"until": f"{until:%Y-%m-%d %H:%M}"}
        return Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=remedy, numbers=numbers)
    return None
