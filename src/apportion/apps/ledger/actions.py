"""What is done to the books: transfers posted, records sealed, holds expired, accounts closed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import DataError, IntegrityError, transaction

from apportion.apps.ledger.fields import id_value
from apportion.apps.ledger.models import Account, Hold, Tip
from apportion.apps.ledger.queries import BATCH, find_accounts, key_of
from apportion.apps.ledger.writer import Call, Pen
from apportion.apps.ledger.writer_reads import due_holds, find_standing, fits, read_accounts
from apportion.apps.ledger.writer_rows import Growth, grow_counters, insert_rows
from apportion.core.ledger import (
    Counters,
    Key,
    Posted,
    Together,
    TransferCode,
    World,
    post_batch,
)
from apportion.core.ledger import Transfer as Leg
from apportion.core.ledger.columns import (
    Columns,
    Sums,
    is_plain,
    place_legs,
    sum_plain,
    to_columns,
    to_transfers,
)
from apportion.core.ledger.leaf import pack_closing
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import from_epoch_us, to_epoch_us

NOBODY = ""  # posts what time itself brings about
MANY = 100  # below, the exact rules are quicker than the proof


def post_transfers(
    legs: Sequence[Leg],
    *,
    now: datetime,
    actor: str,
    memo: str = "",
    partial: bool = False,
    opens: bool = True,
) -> Posted:
    """Posts a batch. Legs of one group stand together in the batch and are taken or left whole.

    With `partial` the accepted groups stand although others are refused; without it any refusal
    undoes the batch. Accounts that are named first are opened, unless `opens` is false.

    Refuses: what core.ledger.post_batch refuses.
    """
    with transaction.atomic():
        pen = Pen()
        at_us = pen.instant(to_epoch_us(now))
        call = call_of(legs, actor, memo)
        if len(legs) >= MANY:
            proved = _post_proved(pen, legs, at_us=at_us, call=call, opens=opens)
            if proved is not None:
                pen.close()
                return proved
        world, numbers = gather_world(legs, pen.tip, now_us=at_us, opens=opens)
        posted = post_batch(legs, world=world)
        if posted.refusals and not partial:
            raise Refused(posted.refusals)
        if posted.accepted:
            _write(pen, posted, numbers, at_us=at_us, call=call_of(posted.accepted, actor, memo))
            pen.close()
    return posted


def post_columns(columns: Columns, *, now: datetime, actor: str, memo: str = "") -> Posted | None:
    """Posts a batch of columns, all of it; gives None where the proof sufficed.

    Refuses: what core.ledger.post_batch refuses, and then nothing is posted.
    """
    with transaction.atomic():
        pen = Pen()
        at_us = pen.instant(to_epoch_us(now))
        call = Call(count=len(columns), actor=actor, memo=memo)
        if _write_proved(pen, columns, at_us=at_us, call=call) is not None:
            pen.close()
            return None
        legs = to_transfers(columns, _keys(columns))
        world, numbers = gather_world(legs, pen.tip, now_us=at_us, opens=False)
        posted = post_batch(legs, world=world)
        if posted.refusals:
            raise Refused(posted.refusals)
        if posted.accepted:
            _write(pen, posted, numbers, at_us=at_us, call=call_of(posted.accepted, actor, memo))
            pen.close()
    return posted


def number_accounts(keys: Collection[Key]) -> dict[Key, int]:
    """Gives the numbers of accounts, as columns name them; opens those that are named first."""
    with transaction.atomic():
        known = read_accounts(keys).numbers
        if missing := set(keys) - set(known):
            pen = Pen()
            known |= {key_of(row): row.pk for row in pen.open_accounts(missing)}
            pen.close()
    return known


def expire_holds(*, now: datetime) -> int:
    """Releases every hold whose time is over; gives how many. Repeating it is harmless."""
    with transaction.atomic():
        pen = Pen()
        at_us = pen.instant(to_epoch_us(now))
        due = due_holds(now_us=at_us)
        if not due:
            return 0
        found = read_accounts({key for hold in due for key in (hold.debit, hold.credit)})
        world = World(
            now_us=at_us,
            accounts=found.accounts,
            due=due,
            closed_before_us=pen.tip.closed_before_us,
        )
        call = Call(count=0, actor=NOBODY)
        _write(pen, post_batch((), world=world), found.numbers, at_us=at_us, call=call)
        pen.close()
    return len(due)


def close_account(key: Key, *, now: datetime) -> int:
    """Closes an account for ever and seals it; gives the seq of the record.

    Refuses: ACCOUNT_UNKNOWN, ACCOUNT_CLOSED, and WRONG_STATE where something is left or held.
    """
    with transaction.atomic():
        expire_holds(now=now)  # what lapsed hinders nobody
        pen = Pen()
        row = find_accounts([key]).get(key)
        if row is None:
            raise Refused([_refuse(Code.ACCOUNT_UNKNOWN, key, "Mend its name.")])
        if row.closed_at is not None:
            raise Refused([_refuse(Code.ACCOUNT_CLOSED, key, "Nothing is left to do.")])
        if row.balance or row.debits_pending or row.credits_pending:
            remedy = "Move what is left and resolve its holds first."
            raise Refused([_refuse(Code.WRONG_STATE, key, remedy, balance=row.balance)])
        at_us = pen.instant(to_epoch_us(now))
        Account.objects.filter(pk=row.pk).update(closed_at=from_epoch_us(at_us))
        seq = pen.seal("closing", str(row.pk), pack_closing(number=row.pk, closed_us=at_us))
        pen.close()
    return seq


def seal(kind: str, subject: str, record: bytes) -> int:
    """Adds one record that is not a transfer to the journal; gives its index.

    Call it inside the transaction that stores the record itself.
    """
    with transaction.atomic():
        pen = Pen()
        seq = pen.seal(kind, subject, record)
        pen.close()
    return seq


def lock_tip() -> Tip:
    """Locks the tip until the transaction ends; two writers never pass here at once."""
    return Pen().tip


def take_over() -> int:
    """Raises the epoch, so that a writer which began before can write no more; gives it."""
    with transaction.atomic():
        pen = Pen()
        pen.tip.epoch += 1
        pen.close()
    return pen.tip.epoch


def gather_world(
    legs: Sequence[Leg], tip: Tip, *, now_us: int, opens: bool, calls: int = 1
) -> tuple[World, dict[Key, int]]:
    """Reads what the books hold of what a batch touches, and the numbers of its accounts."""
    found = read_accounts({key for leg in legs for key in (leg.debit, leg.credit)})
    due = due_holds(now_us=now_us, accounts=set(found.numbers.values()))
    beside = {key for hold in due for key in (hold.debit, hold.credit)} - set(found.numbers)
    more = read_accounts(beside)  # a hold that lapses may have been for somebody else
    world = World(
        now_us=now_us,
        later=calls - 1 + bool(due),
        accounts={**found.accounts, **more.accounts},
        known=find_standing(
            [leg.id for leg in legs], [leg.about for leg in legs if leg.about is not None]
        ),
        due=due,
        closed_before_us=tip.closed_before_us,
        opens=opens,
    )
    return world, {**found.numbers, **more.numbers}


def _post_proved(
    pen: Pen, legs: Sequence[Leg], *, at_us: int, call: Call, opens: bool
) -> Posted | None:
    """Posts a batch that is provably acceptable whole; else gives None and changes nothing."""
    if not all(is_plain(leg) for leg in legs):
        return None
    places = place_legs(legs)
    kept, sums = pen.keep(), None
    with transaction.atomic():
        numbers = read_accounts({key for leg in legs for key in (leg.debit, leg.credit)}).numbers
        if opens:
            numbers |= _open_missing(pen, legs, numbers)
        if all(leg.debit in numbers and leg.credit in numbers for leg in legs):
            columns = to_columns(legs, places, numbers)
            sums = _write_proved(pen, columns, at_us=at_us, call=call)
        if sums is None:
            transaction.set_rollback(True)
            pen.come_back(kept)
    if sums is None:
        return None
    by_number = {number: key for key, number in numbers.items()}
    out_of = dict(zip(sums.debited.tolist(), sums.debits.tolist(), strict=True))
    into = dict(zip(sums.credited.tolist(), sums.credits.tolist(), strict=True))
    changes = {
        by_number[number]: Counters(debits=out_of.get(number, 0), credits=into.get(number, 0))
        for number in sums.numbers().tolist()
    }
    return Posted(
        expired=(), accepted=tuple(legs), legs=places, existing=(), refusals=(), changes=changes
    )


def _write_proved(pen: Pen, columns: Columns, *, at_us: int, call: Call) -> Sums | None:
    """Writes columns that are acceptable in any order; else gives None and writes nothing."""
    sums = sum_plain(columns, closed_before_us=pen.tip.closed_before_us)
    if sums is None:
        return None
    kept = pen.keep()
    # What goes out is written before what comes in: an account that cannot pay it all from what
    # it has fails its own constraint, and the batch goes to the exact rules.
    growth = (
        Growth(number=sums.debited, debits=sums.debits),
        Growth(number=sums.credited, credits=sums.credits),
    )
    try:
        with transaction.atomic():
            if not fits(columns, sums, now_us=at_us):
                return None
            pen.write(columns, calls=[call], growth=growth, now_us=at_us)
    except (IntegrityError, DataError):  # an id stands in the books, or an account cannot pay
        pen.come_back(kept)
        return None
    return sums


def _write(pen: Pen, posted: Posted, numbers: Mapping[Key, int], *, at_us: int, call: Call) -> None:
    """Writes what one call came to."""
    together = Together(expired=posted.expired, calls=(posted,), changes=posted.changes)
    write_calls(pen, together, numbers, calls=[call], now_us=at_us)


def write_calls(
    pen: Pen,
    together: Together,
    known: Mapping[Key, int],
    *,
    calls: Sequence[Call],
    now_us: int,
) -> None:
    """Writes what calls came to, with the holds that they open and resolve.

    Shape: `known` numbers the accounts that exist; `calls` says of each of `together.calls` who posts; what expired is nobody's call.
    """
    legs = (*together.expired, *(leg for call in together.calls for leg in call.accepted))
    places = (*(0 for _ in together.expired), *(p for call in together.calls for p in call.legs))
    numbers = {**known, **_open_missing(pen, legs, known)}
    said = [Call(count=len(together.expired), actor=NOBODY), *calls]
    first = pen.write(
        to_columns(legs, places, numbers),
        calls=[call for call in said if call.count],
        growth=[grow_counters({numbers[key]: grown for key, grown in together.changes.items()})],
        now_us=now_us,
    )
    insert_rows(
        Hold,
        ("seq", "hold_id", "debit_id", "expires_us", "open"),
        [
            (first + place, id_value(leg.id), numbers[leg.debit], leg.expires_us, True)
            for place, leg in enumerate(legs)
            if leg.code is TransferCode.HOLD
        ],
    )
    resolved = [leg.about for leg in legs if leg.about and leg.code is not TransferCode.REVERSE]
    for at in range(0, len(resolved), BATCH):
        Hold.objects.filter(hold_id__in=resolved[at : at + BATCH]).update(open=False)


def call_of(legs: Sequence[Leg], actor: str, memo: str) -> Call:
    """Says of a call who posts what, with the notes of its legs."""
    notes = tuple((place, leg.note) for place, leg in enumerate(legs) if leg.note)
    return Call(count=len(legs), actor=actor, memo=memo, notes=notes)


def _open_missing(pen: Pen, legs: Sequence[Leg], known: Mapping[Key, int]) -> dict[Key, int]:
    """Opens the accounts that are named first; gives their numbers."""
    missing = {key for leg in legs for key in (leg.debit, leg.credit)} - set(known)
    return {key_of(row): row.pk for row in pen.open_accounts(missing)} if missing else {}


def _keys(columns: Columns) -> dict[int, Key]:
    """Names the accounts of a batch.

    Refuses: ACCOUNT_UNKNOWN.
    """
    numbers = sorted(set(columns.debit.tolist()) | set(columns.credit.tolist()))
    keys: dict[int, Key] = {}
    for at in range(0, len(numbers), BATCH):
        rows = Account.objects.filter(pk__in=numbers[at : at + BATCH])
        keys |= {row.pk: key_of(row) for row in rows}
    missing = [number for number in numbers if number not in keys]
    if missing:
        remedy = "Open it first, or mend its number."
        subjects = [f"account {number}" for number in missing]
        raise Refused(
            Refusal(code=Code.ACCOUNT_UNKNOWN, subject=subject, remedy=remedy)
            for subject in subjects
        )
    return keys


def _refuse(code: Code, key: Key, remedy: str, **numbers: int | str) -> Refusal:
    return Refusal(code=code, subject=str(key), remedy=remedy, numbers=numbers)
