"""The fast lane: small asks are decided by the policy and paid at once, on the path of every other award."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apportion.adapters.files.render_round import render_small_round
from apportion.apps.apply.fast_checks import (
    FastCheck,
    draw_checks,
    find_check,
    keep_finding,
    lane_requests,
    move_into_lane,
)
from apportion.apps.apply.queries import Request, where_asked
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, demand, may
from apportion.apps.review.queries import has_stake
from apportion.apps.rounds.actions import Dates, Plan, create_round, lock_round, start_round
from apportion.apps.rounds.queries import (
    Round,
    call_of,
    list_rounds,
    policy_of,
    rounds_with_fast_lane,
    spending_of,
)
from apportion.apps.rounds.wording import count_of
from apportion.core.apply.call import FastLane
from apportion.core.ids import ResourceCode
from apportion.core.refusals import Code, Refusal, Refused

APPEAL_DAYS = 14


def advance_fast_lanes(*, now: datetime, seed: str) -> list[str]:
    """Grants what small asks wait in open rounds, as far as their lanes' pools go; says what was done.

    `seed` draws which of the awards are looked at afterwards; it is sealed with the draw. Repeating
    it is harmless: what was granted waits no more.
    """
    told = []
    for row in rounds_with_fast_lane(now):
        lane = call_of(row).fast_lane
        authority = row.opened_by
        if lane is None or authority is None:
            continue
        if not may(authority, "slate.adopt"):
            told.append(f"{row.slug}: its fast lane rests, {authority} is of the board no more")
            continue
        granted = _grant_small(row, lane, authority, now=now, seed=seed)
        if granted:
            told.append(f"{row.slug}: {count_of(len(granted), 'small ask')} granted at once")
    return told


def left_in_lane(row: Round, lane: FastLane) -> dict[ResourceCode, int]:
    """Counts what a round's fast lane still has. Units: base units."""
    left = dict(lane.pool)
    for child in row.children.filter(kind=Round.Kind.FAST):
        for code, amount in policy_of(child).pool.items():
            left[code] = left.get(code, 0) - amount
    return left


def look_at_award(*, ref: str, is_fine: bool, note: str, by: Person, now: datetime) -> FastCheck:
    """Says of an award that the draw chose whether it was rightly granted without a review.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, NOT_FOUND, ALREADY_DONE, REASON_MISSING.
    """
    check = find_check(ref)
    demand(by, "fastlane.check", where_asked(check.request))
    if has_stake(by, check.request):
        remedy = "Somebody without a stake in it has to look."
        raise Refused([Refusal(code=Code.CONFLICT_OF_INTEREST, subject=ref, remedy=remedy)])
    with transaction.atomic():
        check = keep_finding(check=check, is_fine=is_fine, note=note, by=by, now=now)
        record = {"request": ref, "finding": check.finding, "by": by.username}
        seal("fast-check", ref, json.dumps(record, sort_keys=True).encode())
    return check


def _grant_small(
    row: Round, lane: FastLane, authority: Person, *, now: datetime, seed: str
) -> list[Request]:
    """Decides and pays the small asks of one round in one transaction, through a round of their own."""
    with transaction.atomic():
        row = lock_round(row)
        admitted = _admit(row, lane, authority)
        if not admitted:
            return []
        child = _open_lane(row, admitted, authority, now=now, seed=seed)
        move_into_lane(requests=admitted, to=child, by=authority, now=now)
        slate = propose_slate(row=child, by=authority, now=now)
        adopt_slate(slate=slate, by=authority, now=now)
        grant_round(row=child, by=authority, now=now)
        drawn = draw_checks(requests=admitted, seed=seed, share=lane.audit_share, now=now)
        record = {
            "round": row.slug,
            "lane": child.slug,
            "requests": [one.ref for one in admitted],
            "seed": seed,
            "share": str(lane.audit_share),
            "drawn": [check.request.ref for check in drawn],
        }
        seal("fast-lane", child.slug, json.dumps(record, sort_keys=True).encode())
    return admitted


def _admit(row: Round, lane: FastLane, authority: Person) -> list[Request]:
    """Chooses first come first: small enough, within what is left, and nobody's own cause."""
    left, admitted = left_in_lane(row, lane), []
    for request in lane_requests(row):
        ask = _ask_of(request)
        fits = all(size <= left.get(code, 0) for code, size in ask.items())
        if lane.admits(ask) and fits and not has_stake(authority, request):
            admitted.append(request)
            for code, size in ask.items():
                left[code] -= size
    return admitted


def _open_lane(
    row: Round, admitted: Sequence[Request], authority: Person, *, now: datetime, seed: str
) -> Round:
    """Opens the round that holds exactly what the admitted requests ask."""
    pool: dict[str, int] = {}
    for request in admitted:
        for code, size in _ask_of(request).items():
            pool[code] = pool.get(code, 0) + size
    number = row.children.filter(kind=Round.Kind.FAST).count() + 1
    name = f"{row.name}, fast lane {number}"
    spending = spending_of(list_rounds(), now) or row  # no new border in what is being metered
    child = create_round(
        slug=f"{row.slug[:48]}-fast-{number}",
        policy_toml=render_small_round(
            policy_of(row), name=name[:110], pool=pool, seed=seed, signers=1
        ),
        dates=Dates(
            requests_close_at=now,
            reviews_due_at=now,
            decision_at=now,
            appeals_until_at=now + timedelta(days=APPEAL_DAYS),
            credits_start_at=spending.credits_start_at,
            credits_end_at=spending.credits_end_at,
        ),
        by=authority,
        now=now,
        plan=Plan(kind=Round.Kind.FAST, parent=row),
    )
    return start_round(row=child, by=authority, now=now)


def _ask_of(request: Request) -> dict[ResourceCode, int]:
    return {ResourceCode(one.resource.code): one.ask for one in request.amounts.all()}
