"""Opening periods, and closing them: one transaction, or nothing of it.

A close that was ordered leaves the period `closing` until the books and the accounting agree;
repeating it takes it up again, and what a killed close did not commit never happened.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction

from apportion.apps.ledger.actions import lock_tip, post_transfers, seal
from apportion.apps.ledger.checkpoints import make_checkpoint
from apportion.apps.ledger.loans import list_debts
from apportion.apps.ledger.models import Period as PeriodRow
from apportion.apps.ledger.models import Tip
from apportion.apps.ledger.periods import find_period, list_periods, period_of
from apportion.apps.ledger.queries import key_of
from apportion.apps.ledger.statements import (
    balances_at,
    booked_usage,
    holdings_at,
    movements_in,
)
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import Round
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.ledger import Key, TransferCode
from apportion.core.periods import (
    LAST_INSTANT,
    Closing,
    Period,
    PeriodState,
    PeriodVerb,
    Tally,
    plan_close,
    refuse_period,
    take_step,
)
from apportion.core.policy import Carry
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.statement import Bounds
from apportion.core.windows import Window, to_epoch_us

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the later stages know of a period's end. Units: base units.

    Shape: `unexpired` is what accounts were granted beyond it; `lasting` owns the pools that go
        on; `accounted` is all usage ever imported, by who consumed it and of what; `told` is what
        the scheduler itself says was used in the period, where somebody asked it.
    """

    unexpired: Mapping[Key, int] = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()
    accounted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    carry: Carry = field(default_factory=Carry)
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """What a close takes from an account, or took. Units: base units."""

    account: Key
    before: int
    lapsed: int

    @property
    def remains(self) -> int:
        """What the account keeps."""
        return self.before - self.lapsed


Gather = Callable[[PeriodRow], Facts]


def open_period(
    *, name: str, window: Window, round_row: Round | None, by: Person, now: datetime
) -> PeriodRow:
    """Opens a period of the books; it begins where the one before it ends.

    Refuses: NOT_ALLOWED, ALREADY_DONE, OUT_OF_RANGE.
    """
    demand(by, "period.open")
    if not is_id(name) or len(name) > LONGEST_NAME:
        subject = f"period {name!r}"
        raise Refused([Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=f"{ID_REMEDY}.")])
    issuer = round_row.slug if round_row is not None else name
    new = Period(name=name, window=window, state=PeriodState.OPEN, issuer=issuer)
    with transaction.atomic():
        lock_tip()
        refusal = refuse_period(new, [period_of(row) for row in list_periods()])
        if refusal is not None:
            raise Refused([refusal])
        return PeriodRow.objects.create(
            name=name,
            round=round_row,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            opened_at=now,
            opened_by=by.username,
        )


def preview_close(*, name: str, gather: Gather) -> Closing:
    """Says what a close would do: which loans come back, who loses how much; changes nothing.

    Refuses: NOT_FOUND.
    """
    row = find_period(name)
    return _plan(row, gather(row))


def close_period(*, name: str, gather: Gather, by: Person, now: datetime) -> Closing:
    """Closes a period for ever: pays back, lapses, carries over, seals and signs.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, NOT_RECONCILED.
    """
    demand(by, "period.close")
    _order(name, now)
    with transaction.atomic():
        lock_tip()
        row = find_period(name)
        closing = _plan(row, gather(row))
        if closing.differences:
            raise Refused(_refuse_difference(row, tally) for tally in closing.differences)
        after = take_step(closing.period, PeriodVerb.FINISH)
        if isinstance(after, Refusal):
            raise Refused([after])
        if closing.legs:
            post_transfers(closing.legs, now=now, actor=by.username)
        seal("period", name, period_record(row))
        Tip.objects.filter(pk=1).update(closed_before_us=to_epoch_us(row.ends_at))
        row.state, row.closed_at, row.closed_by = after.value, now, by.username
        row.journal_size = make_checkpoint(now=now).size
        row.save(update_fields=["state", "closed_at", "closed_by", "journal_size"])
    return closing


def lapses_of(closing: Closing) -> list[Lapse]:
    """Lists what a close that is planned would take, the largest loss first."""
    made = [
        Lapse(account=fate.account, before=fate.left, lapsed=fate.lapsed) for fate in closing.fates
    ]
    return sorted(made, key=lambda lapse: (-lapse.lapsed, lapse.account))


def read_lapses(row: PeriodRow) -> list[Lapse]:
    """Lists what the close of a closed period took, the largest loss first."""
    last = Window(starts_at=row.ends_at - LAST_INSTANT, ends_at=row.ends_at)
    moved = movements_in(last, (TransferCode.FORFEIT, TransferCode.CLOSE))
    remains = balances_at(bounds=Bounds(ends_at=row.ends_at))
    made = [
        Lapse(
            account=key_of(one.debit),
            before=remains.get(key_of(one.debit), 0) + one.amount,
            lapsed=one.amount,
        )
        for one in moved
    ]
    return sorted(made, key=lambda lapse: (-lapse.lapsed, lapse.account))


def period_record(row: PeriodRow) -> bytes:
    """Writes what the journal seals of a closed period."""
    facts = {
        "schema": "apportion.period/1",
        "name": row.name,
        "starts_at": row.starts_at.astimezone(UTC).isoformat(),
        "ends_at": row.ends_at.astimezone(UTC).isoformat(),
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()


def _order(name: str, now: datetime) -> None:
    """Marks the period as closing, for itself: a close that is refused below leaves it so."""
    with transaction.atomic():
        lock_tip()
        row = find_period(name)
        after = take_step(period_of(row), PeriodVerb.CLOSE)
        refusal = after if isinstance(after, Refusal) else _refuse_early(row, now)
        if refusal is not None:
            raise Refused([refusal])
        row.state = str(after)
        row.save(update_fields=["state"])


def _refuse_early(row: PeriodRow, now: datetime) -> Refusal | None:
    numbers: dict[str, int | str] = {"ends_at": row.ends_at.isoformat()}
    earlier = PeriodRow.objects.filter(ends_at__lte=row.starts_at).exclude(state=PeriodState.CLOSED)
    first = earlier.order_by("starts_at").first()
    if now < row.ends_at:
        remedy = "Wait for its end; --dry-run shows what a close would do."
    elif first is not None:
        remedy = f"Close {first.name} first; periods are closed in order."
    else:
        return None
    subject = f"period {row.name}"
    return Refusal(code=Code.WRONG_STATE, subject=subject, remedy=remedy, numbers=numbers)


def _plan(row: PeriodRow, facts: Facts) -> Closing:
    period = period_of(row)
    booked = booked_usage()
    tallies = [
        Tally(
            owner=owner,
            unit=unit,
            booked=booked.get((owner, unit), 0),
            accounted=facts.accounted.get((owner, unit), 0),
        )
        for owner, unit in {*booked, *facts.accounted}
    ]
    inside = booked_usage(window=period.window) if facts.told else {}
    tallies += [
        Tally(
            owner="",
            unit=unit,
            booked=sum(amount for (_, of), amount in inside.items() if of == unit),
            accounted=told,
        )
        for unit, told in facts.told.items()
    ]
    return plan_close(
        period,
        holdings=holdings_at(period.window, unexpired=facts.unexpired, lasting=facts.lasting),
        debts=list_debts(),
        tallies=tallies,
        carry=facts.carry,
    )


def _refuse_difference(row: PeriodRow, tally: Tally) -> Refusal:
    whose = f"{tally.owner} ({tally.unit})" if tally.owner else f"the scheduler ({tally.unit})"
    return Refusal(
        code=Code.NOT_RECONCILED,
        subject=f"period {row.name}, {whose}",
        remedy="Import what is missing, or have the books audited; the period stays closing.",
        numbers={"booked": tally.booked, "accounted": tally.accounted},
    )
