"""Changes that people ask for: their life, what is checked, and what is posted once granted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apportion.core.change.rules import Rules
from apportion.core.ids import ProjectId, ResourceCode, RoundId, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.loans import Loan
from apportion.core.refusals import Code, Refusal, refuse_step
from apportion.core.windows import to_epoch_us


class What(StrEnum):
    """What is asked for."""

    SUPPLEMENT = "supplement"  # more, out of what the round's pool has left
    EXTENSION = "extension"  # longer: what is left may be used until a later day
    TRANSFER = "transfer"  # elsewhere: from one project to another
    ADVANCE = "advance"  # earlier: out of the next round, to be paid back when that pays
    RETURN = "return"  # back to the pool, before it lapses


class State(StrEnum):
    """Where an ask stands."""

    ASKED = "asked"
    AGREED = "agreed"  # the other project's lead said yes
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class Verb(StrEnum):
    """What people do with an ask."""

    AGREE = "agree"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    UNDO = "undo"


STEPS: dict[tuple[State, Verb], State] = {
    (State.ASKED, Verb.AGREE): State.AGREED,
    (State.ASKED, Verb.GRANT): State.GRANTED,
    (State.AGREED, Verb.GRANT): State.GRANTED,
    (State.ASKED, Verb.REFUSE): State.REFUSED,
    (State.AGREED, Verb.REFUSE): State.REFUSED,
    (State.ASKED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.AGREED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.GRANTED, Verb.UNDO): State.UNDONE,
}
WAITING = (State.ASKED, State.AGREED)
NEXT = {
    State.ASKED: "It waits for an answer, or may be withdrawn.",
    State.AGREED: "It waits for an answer, or may be withdrawn.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants changed, as it was said. Units: amount in base units."""

    what: What
    project: str
    resource: str
    amount: int = 0
    other: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One ask. Units: amount in base units; 0 for an extension, which moves no credits.

    Shape: `other` is the project that gets a transfer; `until` is the day that an extension asks
        for, and the day on which an advance is due.
    """

    ref: str
    what: What
    project: ProjectId
    resource: ResourceCode
    amount: int
    round: RoundId
    other: ProjectId | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an ask is weighed against. Units: base units.

    Shape: `granted`, `available` and `before` (what earlier asks of the same kind got) are of the
        project; `pool` is what the round may still give away, its appeals reserve left out; `room`
        is what the caps of the receiving area leave, None where there is none; `ends_at` is when
        the grant ends and `first_end` when it was first to end; `next_at` is when the next round's
        credits start; `closed` projects are wound down.
    """

    granted: int
    available: int
    before: int
    pool: int
    room: int | None
    ends_at: datetime | None
    first_end: datetime | None
    next_at: datetime | None
    closed: tuple[ProjectId, ...] = ()


def take_step(ref: str, what: What, state: State, verb: Verb) -> State | Refusal:
    """Gives the state after a verb; a transfer is granted once agreed, only a return is undone.

    Refuses: WRONG_STATE.
    """
    after = STEPS.get((state, verb))
    remedy = NEXT.get(state, "It is over; ask anew.")
    if what is What.TRANSFER and (state, verb) == (State.ASKED, Verb.GRANT):
        after, remedy = None, "The lead of the project that gets it agrees first."
    if verb is Verb.AGREE and what is not What.TRANSFER:
        after, remedy = None, "Only a transfer has another side that agrees."
    if verb is Verb.UNDO and what is not What.RETURN:
        after, remedy = None, "Only a return is undone; ask for a change the other way."
    return after or refuse_step(f"change {ref}", state, verb, remedy)


def check_ask(ask: Ask, facts: Facts, rules: Rules, *, now: datetime) -> tuple[Refusal, ...]:
    """Lists all that stands against an ask as things are now.

    Refuses: NOT_ELIGIBLE, WRONG_STATE, OUT_OF_RANGE, INCOMPLETE, NOT_ENOUGH.
    """
    if ask.project in facts.closed or ask.other in facts.closed:
        remedy = "A project that was wound down takes no part; file a request for a new one."
        return (_say(Code.WRONG_STATE, ask, remedy),)
    if ask.what is not What.EXTENSION and ask.amount <= 0:
        return (_say(Code.OUT_OF_RANGE, ask, "Ask for more than nothing.", amount=ask.amount),)
    found = CHECKS[ask.what](ask, facts, rules, now)
    return tuple(one for one in found if one is not None)


Found = tuple[Refusal | None, ...]


def _check_supplement(ask: Ask, facts: Facts, rules: Rules, now: datetime) -> Found:
    if not facts.granted:
        remedy = "It was granted none of this in the round: file a request."
        return (_say(Code.NOT_ELIGIBLE, ask, remedy),)
    most = int(facts.granted * rules.supplement_share) - facts.before
    return (
        _within(ask, most, "File a request for more: in a rolling round, or an urgent one."),
        _over(ask, facts, now),
        _in_room(ask, facts),
        _enough(ask, facts.pool, "The round's pool has no more to give; file a request."),
    )


def _check_extension(ask: Ask, facts: Facts, rules: Rules, now: datetime) -> Found:
    if ask.until is None:
        return (_say(Code.INCOMPLETE, ask, "Say until which day."),)
    if facts.ends_at is None or facts.first_end is None:
        return (_say(Code.NOT_ELIGIBLE, ask, "It has no grant of this that could be extended."),)
    last = facts.first_end + timedelta(days=rules.extension_days)
    late = _over(ask, facts, now)
    if late is not None:
        return (late,)
    if not facts.ends_at < ask.until <= last:
        remedy = f"Ask for a day after {facts.ends_at:%Y-%m-%d} and until {last:%Y-%m-%d}."
        return (_say(Code.OUT_OF_RANGE, ask, remedy, until=f"{ask.until:%Y-%m-%d}"),)
    if facts.available <= 0:
        return (_say(Code.NOT_ENOUGH, ask, "Nothing is left that could be used later."),)
    return ()


def _check_transfer(ask: Ask, facts: Facts, _: Rules, now: datetime) -> Found:
    if ask.other is None or ask.other == ask.project:
        return (_say(Code.INCOMPLETE, ask, "Name another project that gets it."),)
    return (
        _over(ask, facts, now),
        _in_room(ask, facts),
        _enough(ask, facts.available, "Ask for no more than the project has left."),
    )


def _check_advance(ask: Ask, facts: Facts, rules: Rules, now: datetime) -> Found:
    if facts.next_at is None or facts.next_at <= now:
        remedy = "No round is announced whose credits could pay it back; ask for a supplement."
        return (_say(Code.NOT_ELIGIBLE, ask, remedy),)
    most = int(facts.granted * rules.advance_share) - facts.before
    return (
        _within(ask, most, "Ask for less, or file a request in an urgent round."),
        _enough(ask, facts.pool, "The round's pool has no more to lend."),
    )


def _check_return(ask: Ask, facts: Facts, _: Rules, now: datetime) -> Found:  # noqa: ARG001  one shape for all kinds
    return (_enough(ask, facts.available, "Return no more than the project has left."),)


CHECKS = {
    What.SUPPLEMENT: _check_supplement,
    What.EXTENSION: _check_extension,
    What.TRANSFER: _check_transfer,
    What.ADVANCE: _check_advance,
    What.RETURN: _check_return,
}


def leg_of(ask: Ask, *, now: datetime) -> Transfer | None:
    """Makes the transfer that carries an ask out; an extension and an advance have none here."""
    mine = Key(Kind.PROJECT, ask.project, ask.resource)
    pool = Key(Kind.POOL, ask.round, ask.resource)
    sides: Mapping[What, tuple[Key, Key, TransferCode]] = {
        What.SUPPLEMENT: (pool, mine, TransferCode.GRANT),
        What.TRANSFER: (
            mine,
            Key(Kind.PROJECT, ask.other or "", ask.resource),
            TransferCode.REDIRECT,
        ),
        What.RETURN: (mine, pool, TransferCode.REDIRECT),
    }
    if ask.what not in sides:
        return None
    debit, credit, code = sides[ask.what]
    source = f"change:{ask.ref}"
    at_us = to_epoch_us(now)
    return Transfer(
        id=transfer_id(at_us // 1000, source),
        debit=debit,
        credit=credit,
        amount=ask.amount,
        code=code,
        effective_us=at_us,
        source=source,
        note=f"{ask.what.value} {ask.ref}",
    )


def loan_of(ask: Ask, *, due_at: datetime) -> Loan:
    """Makes the loan that an advance is: the pool lends, and is paid back when the next pays."""
    return Loan(
        ref=f"advance:{ask.ref}",
        lender=Key(Kind.POOL, ask.round, ask.resource),
        borrower=Key(Kind.PROJECT, ask.project, ask.resource),
        amount=ask.amount,
        due_at=due_at,
        why="An advance on the next round",
    )


def _within(ask: Ask, most: int, remedy: str) -> Refusal | None:
    if ask.amount <= most:
        return None
    return _say(Code.OUT_OF_RANGE, ask, remedy, asked=ask.amount, at_most=max(most, 0))


def _enough(ask: Ask, left: int, remedy: str) -> Refusal | None:
    if ask.amount <= left:
        return None
    return _say(Code.NOT_ENOUGH, ask, remedy, asked=ask.amount, left=max(left, 0))


def _in_room(ask: Ask, facts: Facts) -> Refusal | None:
    if facts.room is None or ask.amount <= facts.room:
        return None
    remedy = "The cap of the area that gets it leaves less."
    return _say(Code.OUT_OF_RANGE, ask, remedy, asked=ask.amount, room=max(facts.room, 0))


def _over(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    if facts.ends_at is None or now < facts.ends_at:
        return None
    remedy = f"The grant ended on {facts.ends_at:%Y-%m-%d}; file a request in the next round."
    return _say(Code.WRONG_STATE, ask, remedy)


def _say(code: Code, ask: Ask, remedy: str, **numbers: int | str) -> Refusal:
    subject = f"{ask.what.value} for {ask.project}, {ask.resource}"
    return Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)
