"""A directive's terms and life: what it takes for whom until when, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from apportion.core.ids import AreaId, ProjectId, ResourceCode
from apportion.core.refusals import Refusal, refuse_step
from apportion.core.windows import Window


class State(StrEnum):
    """Where a directive stands."""

    DRAFT = "draft"
    PREVIEWED = "previewed"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    ENDED = "ended"
    PAID_BACK = "paid_back"
    BROKEN = "broken"
    PAID_LATE = "paid_late"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What people do with a directive, or time does."""

    PREVIEW = "preview"
    SIGN = "sign"
    COMPLETE = "complete"  # the last signature that the policy asks for
    ADOPT = "adopt"
    EXPIRE = "expire"
    END = "end"
    PAY = "pay"  # the last of what is owed came back
    MISS = "miss"  # the day of payback passed and something is owed
    WITHDRAW = "withdraw"


STEPS: dict[tuple[State, Verb], State] = {
    (State.DRAFT, Verb.PREVIEW): State.PREVIEWED,
    (State.PREVIEWED, Verb.PREVIEW): State.PREVIEWED,
    (State.SIGNED, Verb.PREVIEW): State.PREVIEWED,  # another preview wants its own signatures
    (State.PREVIEWED, Verb.SIGN): State.PREVIEWED,
    (State.PREVIEWED, Verb.COMPLETE): State.SIGNED,
    (State.SIGNED, Verb.SIGN): State.SIGNED,
    (State.SIGNED, Verb.ADOPT): State.IN_FORCE,
    (State.DRAFT, Verb.WITHDRAW): State.WITHDRAWN,
    (State.PREVIEWED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.SIGNED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.IN_FORCE, Verb.EXPIRE): State.EXPIRED,
    (State.IN_FORCE, Verb.END): State.ENDED,
    (State.EXPIRED, Verb.PAY): State.PAID_BACK,
    (State.ENDED, Verb.PAY): State.PAID_BACK,
    (State.EXPIRED, Verb.MISS): State.BROKEN,
    (State.ENDED, Verb.MISS): State.BROKEN,
    (State.BROKEN, Verb.PAY): State.PAID_LATE,
}
OWING = (State.EXPIRED, State.ENDED, State.BROKEN)  # over, and not paid back as far as is known
OPEN_TO_SIGN = (State.PREVIEWED, State.SIGNED)
NEXT = {
    State.DRAFT: "Preview it first.",
    State.PREVIEWED: "It still needs signatures.",
    State.SIGNED: "It is signed; adopt it.",
    State.IN_FORCE: "It is in force; it may be ended early.",
}


class Mode(StrEnum):
    """How running jobs make room: they finish, or they are stopped."""

    DRAIN = "drain"
    PREEMPT = "preempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """How much of one resource is lent: a share of the pool while it lasts, or an amount.

    Units: amount in base units; the share exact, above 0 and at most 1. One of the two is given.
    """

    resource: ResourceCode
    share: Fraction | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """What comes back, as a multiple of what was lent, and by when.

    `leave` is the part of its quota that the borrower leaves to others in a replay until nothing
    is owed.
    """

    rate: Fraction
    by: datetime
    leave: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelving:
    """A project that is to be put aside, and the day until which its people have notice."""

    project: ProjectId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a directive says. It has an end by construction: its window has one.

    Units: staff in seconds of one person, by area; `minimums` (what was promised to a group for the
        time) in base units. One of `area`, `project` and `group` is given; a group is one of a
        trace, and no office lends to it. `signers`, where there are any, are all who may sign.
    """

    ref: str
    purpose: str
    window: Window
    takes: tuple[Take, ...]
    payback: Payback
    area: AreaId | None = None
    project: ProjectId | None = None
    group: str | None = None
    mode: Mode = Mode.DRAIN
    exempt_areas: tuple[AreaId, ...] = ()
    exempt_projects: tuple[ProjectId, ...] = ()
    exempt_groups: tuple[str, ...] = ()
    declared_by: str = ""
    signers: tuple[str, ...] = ()
    finish_by: datetime | None = None
    minimums: tuple[tuple[str, int], ...] = ()
    staff: Mapping[AreaId, int]
    shelved: tuple[Shelving, ...] = ()

    @property
    def target(self) -> str:
        """Names whom it is for."""
        return str(self.area or self.project or self.group)


def take_step(ref: str, state: State, verb: Verb) -> State | Refusal:
    """Gives the state after a verb.

    Refuses: WRONG_STATE.
    """
    remedy = NEXT.get(state, "It is over; a new directive needs its own preview.")
    return STEPS.get((state, verb)) or refuse_step(f"directive {ref}", state, verb, remedy)


def due_step(
    state: State, *, window: Window, payback_by: datetime, owed: int, now: datetime
) -> Verb | None:
    """Says what time brings about next: expiry, the last payment noticed, or the day missed.

    Units: owed in base units, over all loans, premiums counted.
    """
    if state is State.IN_FORCE and now >= window.ends_at:
        return Verb.EXPIRE
    if state in OWING and owed == 0:
        return Verb.PAY
    if state in {State.EXPIRED, State.ENDED} and now >= payback_by:
        return Verb.MISS
    return None
