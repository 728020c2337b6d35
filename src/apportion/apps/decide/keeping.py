"""Keeping slates: each one whole and immutable, every no explained, and the plan pointing at one."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from apportion.apps.decide.models import Edit, Plan, Slate
from apportion.apps.decide.queries import adopted_slate
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round
from apportion.core.decide.life import State, Verb, state_of, take_step
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.refusals import Code, Refusal, Refused


def insert_slate(
    row: Round,
    document: Mapping[str, Any],
    *,
    made_from: Slate | None = None,
    by: Person,
    now: datetime,
) -> Slate:
    """Stores a slate under the round's lock, which the caller holds.

    Refuses: REASON_MISSING where a denial or a cut comes without a reason or without a way in.
    """
    silent = unexplained(document)
    if silent:
        remedy = "Propose again; the engine gives both."
        raise Refused(
            [Refusal(code=Code.REASON_MISSING, subject=ref, remedy=remedy) for ref in silent]
        )
    text = canonical_bytes(document).decode()
    last = row.slates.aggregate(last=Max("number"))["last"] or 0
    return Slate.objects.create(
        round=row,
        number=last + 1,
        parent=adopted_slate(row),
        made_from=made_from,
        document=text,
        sha256=sha256_of(text),
        snapshot_sha256=document["snapshot_sha256"],
        proposed_by=by,
        proposed_at=now,
        unexplained=len(silent),
        given=given_by(document),
    )


def given_by(document: Mapping[str, Any]) -> dict[str, int]:
    """Sums what a slate awards. Units: base units by resource."""
    sums: dict[str, int] = {}
    for award in document["awards"]:
        for resource, amount in award["amounts"].items():
            sums[resource] = sums.get(resource, 0) + int(amount)
    return sums


def unexplained(document: Mapping[str, Any]) -> list[str]:
    """Names the requests that a slate denies or cuts without a reason or a way in."""
    return [
        award["request"]
        for award in document["awards"]
        if award["outcome"] != "full" and not (award["reasons"] and award["counterfactuals"])
    ]


def point_plan(
    row: Round,
    slate: Slate | None,
    verb: str,
    *,
    about: str = "",
    why: str = "",
    by: Person,
    now: datetime,
) -> Edit:
    """Makes a slate the one that the board works on, and keeps who did it; None moves nothing."""
    plan = Plan.objects.filter(round=row).first()
    before = plan.slate if plan else None
    if slate is not None:
        Plan.objects.update_or_create(round=row, defaults={"slate": slate})
    last = Edit.objects.filter(round=row).aggregate(last=Max("number"))["last"] or 0
    return Edit.objects.create(
        round=row,
        number=last + 1,
        verb=verb,
        by=by,
        at=now,
        before=before,
        after=slate or before,
        about=about[:200],
        why=why[:500],
    )


def demand_step(slate: Slate, verb: Verb) -> State:
    """Passes where a verb leads a slate somewhere, and says where.

    Refuses: WRONG_STATE.
    """
    state = state_of(
        is_adopted=slate.adopted_at is not None,
        is_published=slate.published_at is not None,
        is_superseded=slate.superseded_at is not None,
    )
    after = take_step(str(slate), state, verb)
    if isinstance(after, Refusal):
        raise Refused([after])
    return after


def sha256_of(text: str) -> str:
    """Gives the digest of a slate's file."""
    return hashlib.sha256(text.encode()).hexdigest()


def refuse(code: Code, subject: str, remedy: str, **numbers: int | str) -> Refused:
    """Makes a refusal to be raised."""
    return Refused([Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)])
