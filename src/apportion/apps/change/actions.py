"""What is done with changes after an award: asked, agreed, answered, undone; and what time does."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from apportion.apps.apply.queries import find_project, where_works
from apportion.apps.change.models import Change
from apportion.apps.change.queries import (
    Weighed,
    demand_worker,
    find_change,
    is_party,
    list_changes,
    weigh,
)
from apportion.apps.change.steps import keep_step
from apportion.apps.grant.extending import extend_grants
from apportion.apps.ledger.actions import NOBODY, lock_tip, post_transfers
from apportion.apps.ledger.loans import list_debts, open_loan
from apportion.apps.ledger.queries import find_accounts
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import find_round, resources_by_code
from apportion.core.change.asking import (
    WAITING,
    State,
    Verb,
    What,
    Wish,
    leg_of,
    loan_of,
    take_step,
)
from apportion.core.ledger import reversal
from apportion.core.loans import pay_back
from apportion.core.refusals import Code, Refusal, Refused

LONGEST_WORDS = 4_000
ADVANCE = "advance:"  # how the name of a loan begins that is one


def ask_change(*, wish: Wish, why: str, by: Person, now: datetime) -> Change:
    """Asks for a change; a return is carried out at once.

    Refuses: NOT_ALLOWED, NOT_FOUND, ROUND_NOT_OPEN, INCOMPLETE, and what the core refuses.
    """
    with transaction.atomic():
        lock_tip()
        mine = find_project(wish.project)
        demand(by, "change.ask", where_works(mine))
        ref = f"{mine.slug}-{wish.what.value}-{mine.changes.filter(what=wish.what).count() + 1}"
        demand_worker(by, mine, f"change {ref}")
        words = _words(why, ref, "Say why in a few words.")
        known = resources_by_code()
        if wish.resource not in known:
            remedy = f"There are: {', '.join(sorted(known))}."
            raise Refused([_say(Code.NOT_FOUND, f"{ref}, resource {wish.resource!r}", remedy)])
        weighed = weigh(wish, ref=ref, now=now)
        if weighed.refusals:
            raise Refused(weighed.refusals)
        ask, facts = weighed.ask, weighed.facts
        row = Change.objects.create(
            ref=ref,
            what=ask.what.value,
            project=mine,
            other=find_project(ask.other) if ask.other else None,
            round=find_round(ask.round),
            resource=known[wish.resource],
            amount=ask.amount,
            until_at=ask.until or facts.ends_at,
            before_at=facts.ends_at if ask.what is What.EXTENSION else None,
            why=words,
            asked_by=by,
            asked_at=now,
            answer_by_at=now + timedelta(days=weighed.rules.answer_days),
        )
        keep_step(row.ref, "ask", row.state, by=by, now=now)
        if ask.what is What.RETURN:
            _grant(row, weighed, by=by, now=now)
            row.answer = "Returned by the project itself."
            _move(row, State.GRANTED, Verb.GRANT, by=by, now=now)
    return row


def agree_change(*, ref: str, by: Person, now: datetime) -> Change:
    """Agrees to a transfer for the project that gets it.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_change(ref)
        demand(by, "change.ask", where_works(row.project))
        state = _after(row, Verb.AGREE)
        if row.other is not None:
            demand_worker(by, row.other, f"change {ref}")
        _move(row, state, Verb.AGREE, by=by, now=now)
    return row


def answer_change(*, ref: str, grant: bool, why: str, by: Person, now: datetime) -> Change:
    """Grants an ask, as things are now, or says not this time and what would make it possible.

    Refuses: NOT_ALLOWED, NOT_FOUND, CONFLICT_OF_INTEREST, WRONG_STATE, REASON_MISSING, and what
        the core and the books refuse.
    """
    with transaction.atomic():
        lock_tip()
        row = find_change(ref)
        demand(by, "change.decide", where_works(row.project))
        verb = Verb.GRANT if grant else Verb.REFUSE
        state = _after(row, verb)
        if is_party(by, row):
            remedy = "Leave it to board members who neither asked nor work on these projects."
            raise Refused([_say(Code.CONFLICT_OF_INTEREST, ref, remedy)])
        row.answer = why.strip()
        if not grant and not row.answer:
            remedy = "Say why not, and what would make it possible."
            raise Refused([_say(Code.REASON_MISSING, ref, remedy)])
        if grant:
            weighed = reweigh(row, now=now)
            if weighed.refusals:
                raise Refused(weighed.refusals)
            _grant(row, weighed, by=by, now=now)
        _move(row, state, verb, by=by, now=now)
    return row


def withdraw_change(*, ref: str, by: Person, now: datetime) -> Change:
    """Takes back an ask that was not answered.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_change(ref)
        demand(by, "change.ask", where_works(row.project))
        state = _after(row, Verb.WITHDRAW)
        demand_worker(by, row.project, f"change {ref}")
        _move(row, state, Verb.WITHDRAW, by=by, now=now)
    return row


def undo_return(*, ref: str, by: Person, now: datetime) -> Change:
    """Takes back a return, within the days that the policy gives and while the pool still has it.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, PERIOD_CLOSED, NOT_ENOUGH.
    """
    with transaction.atomic():
        lock_tip()
        row = find_change(ref)
        demand(by, "change.ask", where_works(row.project))
        state = _after(row, Verb.UNDO)
        demand_worker(by, row.project, f"change {ref}")
        weighed = reweigh(row, now=now)
        last = (row.answered_at or row.asked_at) + timedelta(days=weighed.rules.undo_days)
        if now >= last:
            remedy = f"It could be undone until {last:%Y-%m-%d %H:%M}; ask for a supplement."
            raise Refused([_say(Code.WRONG_STATE, ref, remedy)])
        leg = leg_of(weighed.ask, now=row.answered_at or row.asked_at)
        if leg is not None:
            at_us = int(now.timestamp() * 1_000_000)
            post_transfers([reversal(leg, effective_us=at_us)], now=now, actor=by.username)
        _move(row, state, Verb.UNDO, by=by, now=now)
    return row


def reweigh(row: Change, *, now: datetime) -> Weighed:
    """Weighs an ask again, as the books stand now."""
    wish = Wish(
        what=What(row.what),
        project=row.project.slug,
        resource=row.resource.code,
        amount=row.amount,
        other=row.other.slug if row.other else None,
        until=row.until_at,
    )
    return weigh(wish, ref=row.ref, now=now)


def chase_changes(*, now: datetime) -> list[str]:
    """Marks the asks whose answer is overdue, so that everybody who may answer is told, once."""
    late = list_changes(state="waiting").filter(late_at__isnull=True, answer_by_at__lte=now)
    told = []
    for row in late:
        with transaction.atomic():
            lock_tip()
            fresh = find_change(row.ref)
            if fresh.state in WAITING and fresh.late_at is None:
                fresh.late_at = now
                fresh.save(update_fields=["late_at"])
                keep_step(fresh.ref, "late", fresh.state, by=None, now=now)
                told.append(f"{fresh.ref}: its answer is overdue")
    return told


def collect_advances(*, now: datetime) -> list[str]:
    """Pays back the advances that are due, as far as their projects can; repeating it is harmless."""
    told = []
    for debt in list_debts():
        loan = debt.loan
        if not loan.ref.startswith(ADVANCE) or not debt.owed or loan.due_at > now:
            continue
        with transaction.atomic():
            lock_tip()
            account = find_accounts([loan.borrower]).get(loan.borrower)
            amount = min(debt.owed, max(0, account.available if account else 0))
            if not amount:
                continue
            legs = pay_back(debt, amount, key=f"from {debt.owed}", at=now)
            if isinstance(legs, Refusal):
                raise Refused([legs])
            post_transfers(legs, now=now, actor=NOBODY)
            told.append(f"{loan.ref}: {amount} of {debt.owed} came back")
    return told


def _grant(row: Change, weighed: Weighed, *, by: Person, now: datetime) -> None:
    """Carries an ask out in the books."""
    ask = weighed.ask
    if ask.what is What.EXTENSION and ask.until is not None:
        _extend(row, until=ask.until)
    elif ask.what is What.ADVANCE and ask.until is not None:
        row.until_at = ask.until
        open_loan(loan=loan_of(ask, due_at=ask.until), by=by, now=now)
    leg = leg_of(ask, now=now)
    if leg is not None:
        post_transfers([leg], now=now, actor=by.username)
        row.transfer_id = leg.id


def _extend(row: Change, *, until: datetime) -> None:
    """Lets the grant, and what was added to it, be used until a later day."""
    extend_grants(
        project=row.project.slug,
        resource=row.resource.code,
        round_slug=row.round.slug,
        until=until,
    )
    added = Change.objects.filter(round=row.round, resource=row.resource, state=State.GRANTED)
    own = added.filter(project=row.project, what=What.SUPPLEMENT)
    (own | added.filter(other=row.project, what=What.TRANSFER)).update(until_at=until)


def _after(row: Change, verb: Verb) -> State:
    state = take_step(row.ref, What(row.what), State(row.state), verb)
    if isinstance(state, Refusal):
        raise Refused([state])
    return state


def _move(row: Change, state: State, verb: Verb, *, by: Person, now: datetime) -> None:
    row.state = state.value
    if verb in {Verb.GRANT, Verb.REFUSE}:
        row.answered_by, row.answered_at = by, now.astimezone(UTC)
    row.save()
    keep_step(row.ref, verb.value, row.state, by=by, now=now)


def _words(text: str, ref: str, remedy: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST_WORDS:
        code = Code.OUT_OF_RANGE if words else Code.INCOMPLETE
        raise Refused([_say(code, ref, f"{remedy} At most {LONGEST_WORDS} characters.")])
    return words


def _say(code: Code, ref: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=f"change {ref}", remedy=remedy)
