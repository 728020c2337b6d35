"""Winding a project down: announced with a reason and a day, answered, confirmed, then done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apportion.core.change.rules import Rules
from apportion.core.ids import ProjectId, ResourceCode, RoundId, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.refusals import Code, Refusal
from apportion.core.windows import to_epoch_us


class Stage(StrEnum):
    """Where a winding down stands."""

    NOTICED = "noticed"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What people do with it, or time does."""

    REPLY = "reply"
    CONFIRM = "confirm"
    HASTEN = "hasten"  # the lead consents to an earlier day
    CLOSE = "close"
    WITHDRAW = "withdraw"


STEPS: dict[tuple[Stage, Move], Stage] = {
    (Stage.NOTICED, Move.REPLY): Stage.NOTICED,
    (Stage.NOTICED, Move.CONFIRM): Stage.CONFIRMED,
    (Stage.NOTICED, Move.HASTEN): Stage.NOTICED,
    (Stage.NOTICED, Move.WITHDRAW): Stage.WITHDRAWN,
    (Stage.CONFIRMED, Move.REPLY): Stage.CONFIRMED,
    (Stage.CONFIRMED, Move.HASTEN): Stage.CONFIRMED,
    (Stage.CONFIRMED, Move.CLOSE): Stage.CLOSED,
    (Stage.CONFIRMED, Move.WITHDRAW): Stage.WITHDRAWN,
}
ALIVE = (Stage.NOTICED, Stage.CONFIRMED)
LONGEST_NOTICE_DAYS = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as it stands."""

    project: ProjectId
    stage: Stage
    noticed_at: datetime
    last_at: datetime
    replied: bool = False


def take_move(notice: Notice, move: Move) -> Stage | Refusal:
    """Gives the stage after a move.

    Refuses: WRONG_STATE.
    """
    after = STEPS.get((notice.stage, move))
    if after is not None:
        return after
    alive = notice.stage in ALIVE
    remedy = "It waits to be confirmed." if alive else "It is over; give a new notice."
    return _say(Code.WRONG_STATE, notice.project, remedy, stage=notice.stage, step=move.value)


def check_notice(
    project: ProjectId, *, last_at: datetime, rules: Rules, now: datetime
) -> Refusal | None:
    """Checks that people have the notice that the policy promises.

    Refuses: OUT_OF_RANGE.
    """
    first = now + timedelta(days=rules.notice_days)
    if first <= last_at <= now + timedelta(days=LONGEST_NOTICE_DAYS):
        return None
    remedy = f"Choose a last day from {first:%Y-%m-%d %H:%M} on, within two years."
    return _say(Code.OUT_OF_RANGE, project, remedy, last_day=f"{last_at:%Y-%m-%d %H:%M}")


def check_confirm(notice: Notice, *, rules: Rules, now: datetime) -> Refusal | None:
    """Checks that the lead had a say: a reply, or the days for one.

    Refuses: WRONG_STATE.
    """
    until = notice.noticed_at + timedelta(days=rules.reply_days)
    if notice.replied or now >= until:
        return None
    remedy = f"Its lead may reply until {until:%Y-%m-%d %H:%M}; confirm after that."
    return _say(Code.WRONG_STATE, notice.project, remedy)


def is_due(notice: Notice, *, now: datetime) -> bool:
    """Says whether the last day of a confirmed notice is over."""
    return notice.stage is Stage.CONFIRMED and now >= notice.last_at


def give_back(
    notice: Notice, resource: ResourceCode, amount: int, *, pool: RoundId, now: datetime
) -> Transfer:
    """Makes the transfer that returns what a project has left. Units: base units."""
    source = f"winddown:{notice.project}:{notice.noticed_at:%Y%m%dT%H%M%S%f}:{resource}"
    at_us = to_epoch_us(now)
    return Transfer(
        id=transfer_id(at_us // 1000, source),
        debit=Key(Kind.PROJECT, notice.project, resource),
        credit=Key(Kind.POOL, pool, resource),
        amount=amount,
        code=TransferCode.FORFEIT,
        effective_us=at_us,
        source=source,
        note=f"wound down: {notice.project}",
    )


def _say(code: Code, project: ProjectId, remedy: str, **numbers: int | str) -> Refusal:
    subject = f"winding down {project}"
    return Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)
