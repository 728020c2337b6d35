"""What is done with a directive: drafted, previewed, signed, adopted, ended; and what time does."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from apportion.apps.apply.queries import projects_of
from apportion.apps.directive.models import Directive, Lent, Preview, Signature, Step
from apportion.apps.directive.queries import (
    document_of,
    dues_of,
    find_directive,
    gather_world,
    latest_preview,
    terms_of,
)
from apportion.apps.directive.rehearsals import Gathered, gather_jobs, play
from apportion.apps.ledger.actions import NOBODY, lock_tip, post_transfers, seal
from apportion.apps.ledger.loans import open_loan
from apportion.apps.ledger.queries import find_accounts
from apportion.apps.people.queries import Person, demand
from apportion.core.directive.checks import check_terms
from apportion.core.directive.document import (
    describe_preview,
    fingerprint,
    has_replay,
    is_stale,
    signed_loans,
    write_document,
)
from apportion.core.directive.payback import share_out, write_payment
from apportion.core.directive.preview import Lending, preview_directive
from apportion.core.directive.terms import OWING, State, Terms, Verb, due_step, take_step
from apportion.core.ledger import Key, Kind
from apportion.core.loans import Loan
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import Window

ALIVE = (State.IN_FORCE, *OWING)


def draft_directive(*, toml: str, by: Person, now: datetime) -> Directive:
    """Keeps the terms of a directive; the same terms sent again are found.

    Refuses: NOT_ALLOWED, ALREADY_DONE where the name has other terms.
    Raises: BadInput.
    """
    demand(by, "directive.draft")
    terms = terms_of(toml, file="directive.toml")
    digest = hashlib.sha256(toml.encode()).hexdigest()
    with transaction.atomic():
        lock_tip()
        known = Directive.objects.filter(ref=terms.ref).first()
        if known is not None:
            if known.sha256 == digest:
                return known
            remedy = "Give it a name of its own; an extension is a new directive."
            raise Refused([_say(Code.ALREADY_DONE, terms.ref, remedy)])
        row = Directive.objects.create(
            ref=terms.ref,
            purpose=terms.purpose,
            target=terms.target,
            toml=toml,
            sha256=digest,
            starts_at=terms.window.starts_at,
            ends_at=terms.window.ends_at,
            payback_by=_payback_by(terms),
            drafted_by=by,
            drafted_at=now,
        )
        _keep_step(row, "draft", by=by, now=now)
    return row


def make_preview(
    *,
    ref: str,
    by: Person,
    now: datetime,
    replay: Mapping[str, Any] | None = None,
    tell: Callable[[str], object] = str,
) -> Preview:
    """Works out what a directive would do now; signatures on an earlier preview count no more.

    The jobs that were metered are replayed with it and without it first, while others may write;
    `tell` hears each replay. `replay` attaches one that somebody made elsewhere.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, ROUND_NOT_OPEN, and what the core refuses.
    """
    terms, gathered = prepare_preview(ref=ref, by=by, now=now)
    replays = play(terms, gathered, tell=tell)
    return keep_preview(ref=ref, by=by, now=now, replays=replays, attached=replay)


def prepare_preview(*, ref: str, by: Person, now: datetime) -> tuple[Terms, Gathered]:
    """Reads what a preview's replays need, once the books would bear the terms.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, ROUND_NOT_OPEN, and what the core refuses.
    """
    demand(by, "directive.draft")
    row = find_directive(ref)
    _after(row, Verb.PREVIEW)
    terms = _terms(row)
    _, world = gather_world(now=now)
    preview_directive(terms, world, now=now)
    return terms, gather_jobs(terms, world, now=now)


def keep_preview(
    *,
    ref: str,
    by: Person,
    now: datetime,
    replays: Sequence[Mapping[str, Any]],
    attached: Mapping[str, Any] | None = None,
) -> Preview:
    """Works the loans out against the books as they stand and keeps them with the replays.

    Refuses: as `prepare_preview` does.
    """
    demand(by, "directive.draft")
    with transaction.atomic():
        lock_tip()
        row = find_directive(ref)
        state = _after(row, Verb.PREVIEW)
        terms = _terms(row)
        _, world = gather_world(now=now)
        told = preview_directive(terms, world, now=now)
        document = describe_preview(told, terms, world, replays=replays, attached=attached)
        text = write_document(document)
        before = latest_preview(row)
        preview = Preview.objects.create(
            directive=row,
            number=before.number + 1 if before else 1,
            document=text.decode(),
            sha256=hashlib.sha256(text).hexdigest(),
            made_from=fingerprint(world),
            signers=world.policy.code_red.signers,
            made_by=by,
            made_at=now,
        )
        _move(row, state, Verb.PREVIEW, by=by, now=now, preview=preview)
    return preview


def sign_directive(*, ref: str, number: int, by: Person, now: datetime) -> Directive:
    """Signs the newest preview, once a person; whoever drafted it or gains by it may not.

    Refuses: NOT_ALLOWED, NOT_FOUND, CONFLICT_OF_INTEREST, WRONG_STATE, STALE_PREVIEW.
    """
    demand(by, "directive.sign")
    with transaction.atomic():
        lock_tip()
        row = find_directive(ref)
        _refuse_stake(row, by)
        _refuse_unnamed(row, by)
        state = _after(row, Verb.SIGN)
        preview = _newest(row)
        if preview.number != number:
            remedy = f"Read preview {preview.number}, the newest, and sign that."
            raise Refused([_say(Code.STALE_PREVIEW, ref, remedy, signed=number)])
        _, fresh = Signature.objects.get_or_create(
            preview=preview, person=by, defaults={"signed_at": now}
        )
        if not fresh:
            return row
        _move(row, state, Verb.SIGN, by=by, now=now, preview=preview)
        if preview.signatures.count() >= preview.signers and row.state == State.PREVIEWED:
            _move(row, _after(row, Verb.COMPLETE), Verb.COMPLETE, by=by, now=now, preview=preview)
    return row


def adopt_directive(*, ref: str, by: Person, now: datetime) -> Directive:
    """Puts a signed directive in force and posts the loans that were signed, all or none.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, STALE_PREVIEW where what was signed is not true
        any more (`is_stale` says when), INCOMPLETE where it carries no replay and no reason why
        none is possible, OUT_OF_RANGE before its time, and what the core and the books refuse.
    """
    demand(by, "directive.adopt")
    with transaction.atomic():
        lock_tip()
        row = find_directive(ref)
        state = _after(row, Verb.ADOPT)
        preview = _newest(row)
        if now < row.starts_at:
            remedy = f"Adopt it from {row.starts_at:%Y-%m-%d %H:%M} on."
            raise Refused([_say(Code.OUT_OF_RANGE, ref, remedy)])
        _, world = gather_world(now=now)
        terms = _terms(row)
        refusals = check_terms(terms, world, now=now)
        if refusals:
            raise Refused(refusals)
        document = document_of(preview)
        again = "Preview it again and have the new preview signed."
        if is_stale(document, terms, world):
            raise Refused([_say(Code.STALE_PREVIEW, ref, again, preview=preview.number)])
        if not has_replay(document):
            raise Refused([_say(Code.INCOMPLETE, ref, f"It carries no replay. {again}")])
        for number, lending in enumerate(signed_loans(document), start=1):
            _lend(row, number, lending, by=by, now=now)
        row.adopted_at = now
        _move(row, state, Verb.ADOPT, by=by, now=now, preview=preview)
    return row


def end_directive(*, ref: str, by: Person, now: datetime) -> Directive:
    """Ends a directive before its time; what is left of the loans goes back at once.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    demand(by, "directive.end")
    with transaction.atomic():
        lock_tip()
        row = find_directive(ref)
        state = _after(row, Verb.END)
        row.over_at = now
        _move(row, state, Verb.END, by=by, now=now)
        _catch_up(row, now=now)
    return row


def withdraw_directive(*, ref: str, by: Person, now: datetime) -> Directive:
    """Takes back a directive that was never adopted.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    demand(by, "directive.draft")
    with transaction.atomic():
        lock_tip()
        row = find_directive(ref)
        _move(row, _after(row, Verb.WITHDRAW), Verb.WITHDRAW, by=by, now=now)
    return row


def advance_directives(*, now: datetime) -> list[str]:
    """Does what time has brought about: expiry, payback, the day missed; says what was done.

    Each directive is one transaction and each payment has one id, so that a kill between two
    loses nothing and a repeat posts nothing twice.
    """
    told: list[str] = []
    refs = Directive.objects.filter(state__in=ALIVE).order_by("ref").values_list("ref", flat=True)
    for ref in list(refs):
        try:
            with transaction.atomic():
                lock_tip()
                told.extend(_catch_up(find_directive(ref), now=now))
        except Refused as refused:  # one that cannot go on stops no other
            told.append(f"{ref}: {refused}")
    return told


def _catch_up(row: Directive, *, now: datetime) -> list[str]:
    """Takes every step that is due, one after the other."""
    told: list[str] = []
    while row.state in ALIVE:
        if row.state in OWING:
            _collect(row, now=now)
        verb = due_step(
            State(row.state),
            window=Window(starts_at=row.starts_at, ends_at=row.ends_at),
            payback_by=row.payback_by,
            owed=_owed(row),
            now=now,
        )
        if verb is None:
            break
        stamp = {Verb.EXPIRE: "over_at", Verb.PAY: "settled_at", Verb.MISS: "missed_at"}[verb]
        setattr(row, stamp, now)
        _move(row, _after(row, verb), verb, by=None, now=now)
        told.append(f"{row.ref}: {row.get_state_display().lower()}")
    return told


def _owed(row: Directive) -> int:
    return sum(due.owed + due.premium for due in dues_of(row))


def _collect(row: Directive, *, now: datetime) -> None:
    """Pays back as much as each borrower has, shared out among its lenders."""
    dues = [due for due in dues_of(row) if due.owed or due.premium]
    accounts = find_accounts({due.loan.borrower for due in dues})
    for borrower in sorted(accounts):
        mine = [due for due in dues if due.loan.borrower == borrower]
        for payment in share_out(mine, accounts[borrower].available):
            post_transfers(write_payment(payment, at=now), now=now, actor=NOBODY)
            lent = Lent.objects.get(loan_ref=payment.due.loan.ref)
            lent.premium_paid += payment.premium
            lent.save(update_fields=["premium_paid"])


def _lend(row: Directive, number: int, lending: Lending, *, by: Person, now: datetime) -> None:
    loan = Loan(
        ref=f"{row.ref}:{number}",
        lender=Key(Kind.PROJECT, lending.lender, lending.resource),
        borrower=Key(Kind.PROJECT, lending.borrower, lending.resource),
        amount=lending.amount,
        due_at=row.payback_by,
        why=row.purpose,
    )
    open_loan(loan=loan, by=by, now=now)
    Lent.objects.create(directive=row, loan_ref=loan.ref, premium=lending.premium)


def _refuse_stake(row: Directive, by: Person) -> None:
    terms = _terms(row)
    gains = any(p.slug == terms.project or p.area.slug == terms.area for p in projects_of(by))
    if gains or row.drafted_by_id == by.pk:
        remedy = "Ask board members who neither drafted it nor work on what it is for."
        raise Refused([_say(Code.CONFLICT_OF_INTEREST, row.ref, remedy)])


def _refuse_unnamed(row: Directive, by: Person) -> None:
    named = _terms(row).signers
    if named and by.username not in named:
        remedy = f"Its terms name who signs: {', '.join(named)}."
        raise Refused([_say(Code.NOT_ALLOWED, row.ref, remedy)])


def _newest(row: Directive) -> Preview:
    preview = latest_preview(row)
    if preview is None:
        raise Refused([_say(Code.INCOMPLETE, row.ref, "Preview it first.")])
    return preview


def _after(row: Directive, verb: Verb) -> State:
    state = take_step(row.ref, State(row.state), verb)
    if isinstance(state, Refusal):
        raise Refused([state])
    return state


def _move(
    row: Directive,
    state: State,
    verb: Verb,
    *,
    by: Person | None,
    now: datetime,
    preview: Preview | None = None,
) -> None:
    row.state = state
    row.save()
    _keep_step(row, verb.value, by=by, now=now, preview=preview)


def _keep_step(
    row: Directive,
    verb: str,
    *,
    by: Person | None,
    now: datetime,
    preview: Preview | None = None,
) -> None:
    """Keeps a step and seals it; who took it stays out of the journal, where nothing is erased."""
    number = row.steps.count() + 1
    Step.objects.create(directive=row, number=number, verb=verb, after=row.state, at=now, by=by)
    facts = {
        "schema": "apportion.directive-step/1",
        "ref": row.ref,
        "number": number,
        "verb": verb,
        "after": str(row.state),
        "at": now.astimezone(UTC).isoformat(),
        "terms_sha256": row.sha256,
        "preview_sha256": preview.sha256 if preview else None,
    }
    seal("directive", f"{row.ref}/{number}", write_document(facts))


def _terms(row: Directive) -> Terms:
    return terms_of(row.toml, file=f"{row.ref}.toml")


def _payback_by(terms: Terms) -> datetime:
    """Gives the day of payback.

    Refuses: OUT_OF_RANGE where it is not after the end, which no row may hold.
    """
    if terms.payback.by <= terms.window.ends_at:
        remedy = "Let payback be due after the end."
        raise Refused([_say(Code.OUT_OF_RANGE, terms.ref, remedy)])
    return terms.payback.by


def _say(code: Code, ref: str, remedy: str, **numbers: int | str) -> Refusal:
    return Refusal(code=code, subject=f"directive {ref}", remedy=remedy, numbers=numbers)
