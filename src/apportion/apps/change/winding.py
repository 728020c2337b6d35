"""Winding a project down: a notice, a reply, a second person's word, the last day."""

from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import find_project, where_works
from apportion.apps.change.models import WindDown
from apportion.apps.change.queries import (
    demand_worker,
    find_notice,
    home_round,
    notice_of,
    rules_of,
)
from apportion.apps.change.steps import keep_step
from apportion.apps.ledger.actions import NOBODY, lock_tip, post_transfers
from apportion.apps.ledger.queries import available
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import Round, list_rounds, spending_of
from apportion.core.change.rules import Rules
from apportion.core.change.winddown import (
    ALIVE,
    Move,
    Stage,
    check_confirm,
    check_notice,
    give_back,
    is_due,
    take_move,
)
from apportion.core.ids import ProjectId, ResourceCode, RoundId
from apportion.core.ledger import Kind
from apportion.core.refusals import Code, Refusal, Refused

LONGEST_WORDS = 4_000


def give_notice(
    *, project: str, reason: str, last_at: datetime, by: Person, now: datetime
) -> WindDown:
    """Announces the end of a project: why, and which day is its last.

    Refuses: NOT_ALLOWED, NOT_FOUND, CONFLICT_OF_INTEREST, REASON_MISSING, WRONG_STATE where a
        notice runs or the project is wound down, OUT_OF_RANGE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_project(project)
        demand(by, "winddown.notice", where_works(row))
        words = _words(reason, project, Code.REASON_MISSING, "Give the reason.")
        if row.wind_downs.filter(stage__in=(*ALIVE, Stage.CLOSED)).exists():
            remedy = "One notice is enough; read it with: apportion winddown list"
            raise Refused([_say(Code.WRONG_STATE, project, remedy)])
        refusal = check_notice(ProjectId(project), last_at=last_at, rules=_rules(now), now=now)
        if refusal is not None:
            raise Refused([refusal])
        notice = WindDown.objects.create(
            ref=f"{project}-winddown-{row.wind_downs.count() + 1}",
            project=row,
            reason=words,
            last_at=last_at,
            noticed_by=by,
            noticed_at=now,
        )
        keep_step(notice.ref, "notice", notice.stage, by=by, now=now)
    return notice


def reply_notice(*, ref: str, words: str, by: Person, now: datetime) -> WindDown:
    """Replies for the project, once; the reply stands beside the notice for whoever confirms.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, INCOMPLETE, ALREADY_DONE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_notice(ref)
        demand(by, "winddown.reply", where_works(row.project))
        stage = _after(row, Move.REPLY)
        demand_worker(by, row.project, f"winding down {row.ref}")
        if row.replied_at is not None:
            raise Refused([_say(Code.ALREADY_DONE, ref, "The reply stands as it was given.")])
        row.reply = _words(words, ref, Code.INCOMPLETE, "Write the reply.")
        row.replied_by, row.replied_at = by, now
        _move(row, stage, Move.REPLY, by=by, now=now)
    return row


def confirm_notice(*, ref: str, by: Person, now: datetime) -> WindDown:
    """Confirms a notice as the second person, after the reply or the days for one.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, CONFLICT_OF_INTEREST.
    """
    with transaction.atomic():
        lock_tip()
        row = find_notice(ref)
        demand(by, "winddown.notice", where_works(row.project))
        stage = _after(row, Move.CONFIRM)
        if row.noticed_by_id == by.pk:
            remedy = "Somebody else of the board confirms it."
            raise Refused([_say(Code.CONFLICT_OF_INTEREST, ref, remedy)])
        refusal = check_confirm(notice_of(row), rules=_rules(now), now=now)
        if refusal is not None:
            raise Refused([refusal])
        row.confirmed_by, row.confirmed_at = by, now
        _move(row, stage, Move.CONFIRM, by=by, now=now)
    return row


def hasten_notice(*, ref: str, last_at: datetime, by: Person, now: datetime) -> WindDown:
    """Consents, for the project, to an earlier last day.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, OUT_OF_RANGE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_notice(ref)
        demand(by, "winddown.reply", where_works(row.project))
        stage = _after(row, Move.HASTEN)
        demand_worker(by, row.project, f"winding down {row.ref}")
        if not now <= last_at < row.last_at:
            remedy = f"Choose a day from now on, before {row.last_at:%Y-%m-%d %H:%M}."
            raise Refused([_say(Code.OUT_OF_RANGE, ref, remedy)])
        row.last_at = last_at
        _move(row, stage, Move.HASTEN, by=by, now=now)
    return row


def withdraw_notice(*, ref: str, by: Person, now: datetime) -> WindDown:
    """Takes a notice back; the project goes on.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_notice(ref)
        demand(by, "winddown.notice", where_works(row.project))
        stage = _after(row, Move.WITHDRAW)
        row.over_at = now
        _move(row, stage, Move.WITHDRAW, by=by, now=now)
    return row


def close_due(*, now: datetime) -> list[str]:
    """Carries out the notices whose last day is over: what is left goes back to the pool."""
    told = []
    due = WindDown.objects.filter(stage=Stage.CONFIRMED, last_at__lte=now).order_by("id")
    for ref in list(due.values_list("ref", flat=True)):
        with transaction.atomic():
            lock_tip()
            row = find_notice(ref)
            if is_due(notice_of(row), now=now):
                _close(row, now=now)
                told.append(f"{row.project.slug}: wound down")
    return told


def _close(row: WindDown, *, now: datetime) -> None:
    notice = notice_of(row)
    stage = _after(row, Move.CLOSE)
    left = {
        key.unit: amount
        for key, amount in available(kind=Kind.PROJECT).items()
        if key.owner == row.project.slug and amount > 0
    }
    legs = [
        give_back(
            notice,
            ResourceCode(code),
            amount,
            pool=RoundId(home_round(row.project, code, now).slug),
            now=now,
        )
        for code, amount in sorted(left.items())
    ]
    if legs:
        post_transfers(legs, now=now, actor=NOBODY)
    row.over_at = now
    _move(row, stage, Move.CLOSE, by=None, now=now)


def _rules(now: datetime) -> Rules:
    """Reads the rules of the round that is being spent; before the first, the usual ones."""
    row: Round | None = spending_of(list_rounds(), now)
    return rules_of(row) if row is not None else Rules()


def _after(row: WindDown, move: Move) -> Stage:
    stage = take_move(notice_of(row), move)
    if isinstance(stage, Refusal):
        raise Refused([stage])
    return stage


def _move(row: WindDown, stage: Stage, move: Move, *, by: Person | None, now: datetime) -> None:
    row.stage = stage.value
    row.save()
    keep_step(row.ref, move.value, row.stage, by=by, now=now)


def _words(text: str, ref: str, code: Code, remedy: str) -> str:
    words = text.strip()
    if not words:
        raise Refused([_say(code, ref, remedy)])
    if len(words) > LONGEST_WORDS:
        remedy = f"Use at most {LONGEST_WORDS} characters."
        raise Refused([_say(Code.OUT_OF_RANGE, ref, remedy)])
    return words


def _say(code: Code, ref: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=f"winding down {ref}", remedy=remedy)
