"""What is done with appeals: filed, drawn for, recused, ruled on, signed; and what time does."""

import hashlib
import json
from datetime import datetime, timedelta
from fractions import Fraction

from django.db import transaction

from apportion.apps.appeal.chairs import fill_chairs
from apportion.apps.appeal.models import Appeal, Decider, Evidence
from apportion.apps.appeal.queries import (
    can_read,
    candidates_for,
    changed_of,
    changed_row,
    decider_of,
    find_appeal,
    list_appeals,
    sitting,
    terms_of,
)
from apportion.apps.appeal.rulings import summarise, weigh_ruling
from apportion.apps.appeal.settling import settle
from apportion.apps.appeal.steps import after, keep_step
from apportion.apps.apply.queries import find_request, where_asked
from apportion.apps.decide.outcomes import demand_mine, has_untold, outcome_of
from apportion.apps.decide.queries import find_slate
from apportion.apps.ledger.actions import lock_tip
from apportion.apps.ledger.queries import root
from apportion.apps.people.queries import Person, demand, find_person
from apportion.apps.rounds.actions import end_round
from apportion.apps.rounds.queries import Round, find_round, rounds_past_appeal
from apportion.core.appeal.again import check_changed
from apportion.core.appeal.life import OPEN, RULINGS, Changed, Ground, State, Verb, check_filing
from apportion.core.refusals import Code, Refusal, Refused

LONGEST_WORDS = 10_000
MOST_FILES, MOST_BYTES = 5, 10_000_000


def file_appeal(
    *, request: str, ground: Ground, words: str, changed: Changed, by: Person, now: datetime
) -> Appeal:
    """Files an appeal and draws who decides it, among people without a part in the decision.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, OUT_OF_RANGE outside the window, ALREADY_DONE,
        INCOMPLETE, MINIMUM_ABOVE_ASK.
    """
    row = find_request(request)
    demand(by, "appeal.file", where_asked(row))
    demand_mine(row, by)
    told = outcome_of(row)
    refusal = check_filing(
        request,
        outcome=told.outcome if told else "",
        published_at=told.published_at if told else None,
        until=told.appeal_until_at if told else now,
        now=now,
    )
    if refusal is not None or told is None:
        raise Refused([refusal] if refusal else [])
    slate = find_slate(row.round.slug, told.slate)
    refusal = check_changed(json.loads(slate.document), request, changed)
    if refusal is not None:
        raise Refused([refusal])
    said = _words(words, request, "Say what was not right.")
    with transaction.atomic():
        lock_tip()
        if find_round(row.round.slug).state == Round.State.CLOSED:
            remedy = f"{row.round} is closed: ask again in the next round."
            raise Refused([_say(Code.WRONG_STATE, request, remedy)])
        if row.appeals.exclude(state=State.WITHDRAWN).exists():
            remedy = "One appeal of a decision is heard; read it with: apportion appeal list"
            raise Refused([_say(Code.ALREADY_DONE, request, remedy)])
        terms = terms_of(row.round)
        appeal = Appeal.objects.create(
            ref=f"{request}-appeal-{row.appeals.count() + 1}",
            request=row,
            slate=slate,
            ground=ground.value,
            words=said,
            changed=changed_row(changed),
            filed_by=by,
            filed_at=now,
            answer_by_at=now + timedelta(days=terms.answer_days),
            seed=root().hex(),  # known to nobody before, and to everybody after
            wanted=terms.deciders,
        )
        keep_step(appeal, "file", by=by, now=now)
        fill_chairs(appeal, now=now)
    return appeal


def attach_evidence(
    *, ref: str, name: str, kind: str, body: bytes, by: Person, now: datetime
) -> Evidence:
    """Attaches a file, whose kind its bytes have told, to an open appeal of one's own.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, OUT_OF_RANGE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        demand(by, "appeal.file", where_asked(row.request))
        demand_mine(row.request, by)
        if row.state not in OPEN:
            raise Refused([_say(Code.WRONG_STATE, ref, "It is over.")])
        if not body or len(body) > MOST_BYTES or row.files.count() >= MOST_FILES:
            remedy = f"At most {MOST_FILES} files of up to {MOST_BYTES // 1_000_000} MB each."
            raise Refused([_say(Code.OUT_OF_RANGE, ref, remedy)])
        digest = hashlib.sha256(body).hexdigest()
        kept, fresh = Evidence.objects.get_or_create(
            appeal=row,
            sha256=digest,
            defaults={"name": name, "kind": kind, "size": len(body), "body": body, "added_at": now},
        )
        if fresh:
            keep_step(row, "attach", by=by, now=now, note=f"{name}, sha256 {digest}")
    return kept


def withdraw_appeal(*, ref: str, by: Person, now: datetime) -> Appeal:
    """Takes an appeal back before it is ruled on; another may be filed while the window is open.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE.
    """
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        demand(by, "appeal.file", where_asked(row.request))
        demand_mine(row.request, by)
        row.state, row.over_at = after(row, Verb.WITHDRAW), now
        row.save()
        keep_step(row, "withdraw", by=by, now=now)
    return row


def recuse(*, ref: str, why: str, by: Person, now: datetime) -> Appeal:
    """Steps down as a decider; the next of the draw takes the chair, and signatures are asked anew.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, REASON_MISSING.
    """
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        demand(by, "appeal.decide", where_asked(row.request))
        chair = _demand_chair(row, by, now=now)
        state = after(row, Verb.RECUSE)
        if not why.strip():
            raise Refused([_say(Code.REASON_MISSING, ref, "Say what stands in your way.")])
        chair.recused_at, chair.recused_why, chair.signed_at = now, why.strip()[:300], None
        chair.save()
        row.deciders.update(signed_at=None)
        row.state = state
        if state is State.FILED:
            row.ruling, row.reasons, row.ruled, row.share, row.again = "", "", {}, "", {}
        row.save()
        keep_step(row, "recuse", by=by, now=now)
        fill_chairs(row, now=now)
    return row


def name_decider(*, ref: str, person: str, by: Person, now: datetime) -> Decider:
    """Names a decider where the draw found too few; nothing may bar who is named.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE where no chair is empty, CONFLICT_OF_INTEREST.
    """
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        demand(by, "appeal.name", where_asked(row.request))
        if row.state not in OPEN or len(sitting(row)) >= row.wanted:
            raise Refused([_say(Code.WRONG_STATE, ref, "No chair is empty.")])
        named = find_person(person)
        found = {one.person: one.barred for one in candidates_for(row, now=now)}
        barred = found.get(person, "no board member")
        if barred:
            remedy = f"They are barred: {barred} Give somebody from outside the board's role."
            raise Refused([_say(Code.CONFLICT_OF_INTEREST, f"{ref}, {person}", remedy)])
        chair = Decider.objects.create(appeal=row, person=named, drawn_at=now)
        keep_step(row, "name", by=by, now=now, note=person)
    return chair


def propose_ruling(
    *,
    ref: str,
    ruling: Verb,
    reasons: str,
    by: Person,
    now: datetime,
    share: Fraction = Fraction(1),
    changed: Changed | None = None,
) -> Appeal:
    """Writes the ruling, as one of those who decide; it stands once all of them have signed.

    `changed` are the facts that the ruling takes as true; without them, those of the appeal.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, REASON_MISSING, BELOW_MINIMUM, NOT_ENOUGH.
    """
    row = find_appeal(ref)
    demand(by, "appeal.decide", where_asked(row.request))
    if ruling not in RULINGS:
        raise Refused([_say(Code.OUT_OF_RANGE, ref, f"Rule one of {', '.join(RULINGS)}.")])
    facts = changed_of(row.changed) if changed is None else changed
    whole = Fraction(1) if ruling is Verb.UPHOLD else share
    weigh_ruling(row, ruling, whole, facts)
    again = summarise(row, facts)
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        _demand_chair(row, by, now=now)
        state = after(row, Verb.PROPOSE)
        if not reasons.strip():
            raise Refused([_say(Code.REASON_MISSING, ref, "Give the reasons of the ruling.")])
        row.deciders.update(signed_at=None)
        row.state, row.ruling, row.reasons = state, ruling.value, reasons.strip()[:LONGEST_WORDS]
        row.ruled, row.again = changed_row(facts), again
        row.share = str(whole) if ruling in {Verb.UPHOLD, Verb.PART} else ""
        row.save()
        keep_step(row, "propose", by=by, now=now, note=ruling.value)
    return sign_ruling(ref=ref, by=by, now=now)


def sign_ruling(*, ref: str, by: Person, now: datetime) -> Appeal:
    """Signs a ruling; with the last signature it is carried out, all of it or nothing.

    Refuses: NOT_ALLOWED, NOT_FOUND, WRONG_STATE, and what the books and the engine refuse.
    """
    with transaction.atomic():
        lock_tip()
        row = find_appeal(ref)
        demand(by, "appeal.decide", where_asked(row.request))
        chair = _demand_chair(row, by, now=now)
        if row.state != State.PROPOSED:
            raise Refused([_say(Code.WRONG_STATE, ref, "There is no ruling to sign.")])
        if chair.signed_at is None:
            chair.signed_at = now
            chair.save(update_fields=["signed_at"])
            keep_step(row, "sign", by=by, now=now)
        chairs = sitting(row)
        if len(chairs) >= row.wanted and all(one.signed_at for one in chairs):
            verb = Verb(row.ruling)
            row.state = after(row, verb)
            settle(row, verb, by=by, now=now)
            row.over_at = now
            row.save()
            keep_step(row, verb.value, by=by, now=now)
    return row


def chase_appeals(*, now: datetime) -> list[str]:
    """Fills empty chairs, and marks appeals whose answer is overdue; both once."""
    told = []
    for row in list_appeals(state="open"):
        with transaction.atomic():
            lock_tip()
            fresh = find_appeal(row.ref)
            if fresh.state not in OPEN:
                continue
            told += [f"{row.ref}: {name} decides" for name in fill_chairs(fresh, now=now)]
            if fresh.late_at is None and fresh.answer_by_at <= now:
                fresh.late_at = now
                fresh.save(update_fields=["late_at"])
                keep_step(fresh, "late", by=None, now=now)
                told.append(f"{row.ref}: its answer is overdue")
    return told


def end_rounds(*, now: datetime) -> list[str]:
    """Closes the rounds that are decided, told and past every appeal; the conductor calls this."""
    told = []
    for row in rounds_past_appeal(now):
        with transaction.atomic():
            lock_tip()
            open_ones = Appeal.objects.filter(request__round=row, state__in=OPEN)
            closed = find_round(row.slug).state == Round.State.CLOSED  # by another conductor
            if closed or open_ones.exists() or has_untold(row):
                continue
            end_round(row=row)
            told.append(f"{row.slug} closed")
    return told


def demand_reader(row: Appeal, by: Person) -> None:
    """Passes for those who read an appeal whole.

    Refuses: NOT_ALLOWED.
    """
    if not can_read(by, row):
        remedy = "Its project, those who decide it, the board and auditors read it."
        raise Refused([_say(Code.NOT_ALLOWED, row.ref, remedy)])


def _demand_chair(row: Appeal, by: Person, *, now: datetime) -> Decider:
    chair = decider_of(row, by)
    if chair is None:
        remedy = "Those who were drawn for it decide it, and nobody else."
        raise Refused([_say(Code.NOT_ALLOWED, row.ref, remedy)])
    barred = {one.person: one.barred for one in candidates_for(row, now=now)}
    if barred.get(by.username):
        remedy = f"Step down: {barred[by.username]}"
        raise Refused([_say(Code.CONFLICT_OF_INTEREST, row.ref, remedy)])
    return chair


def _words(text: str, ref: str, remedy: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST_WORDS:
        code = Code.OUT_OF_RANGE if words else Code.INCOMPLETE
        raise Refused([_say(code, ref, f"{remedy} At most {LONGEST_WORDS} characters.")])
    return words


def _say(code: Code, ref: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=f"appeal {ref}", remedy=remedy)
