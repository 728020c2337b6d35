"""The fast lane's requests, and the draw that has some of its awards looked at afterwards."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from apportion.apps.apply.drafts import note_step
from apportion.apps.apply.models import FastCheck, Request
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round
from apportion.core.refusals import Code, Refusal, Refused


def lane_requests(row: Round) -> list[Request]:
    """Lists what a round's fast lane may look at, first come first: submitted, and bound to nothing else."""
    rows = Request.objects.filter(round=row, state=Request.State.SUBMITTED, either_or="")
    rows = rows.filter(requires__isnull=True, request__isnull=True)
    rows = rows.select_related("project__area").prefetch_related("amounts__resource")
    return list(rows.order_by("submitted_at", "id"))


def move_into_lane(*, requests: Sequence[Request], to: Round, by: Person, now: datetime) -> None:
    """Moves submitted requests into the round that grants them; grants call it in their transaction."""
    for row in requests:
        row.round = to
        row.save(update_fields=["round"])
        note_step(row, "fast lane", by=by, now=now, note=to.slug)


def is_drawn(seed: str, ref: str, share: Fraction) -> bool:
    """Says whether the draw by this seed chooses a request: its hash falls below the share."""
    lot = int.from_bytes(hashlib.sha256(f"{seed}:{ref}".encode()).digest()[:8], "big")
    return Fraction(lot, 2**64) < share


def draw_checks(
    *, requests: Sequence[Request], seed: str, share: Fraction, now: datetime
) -> list[FastCheck]:
    """Keeps the awards that the draw chose to be looked at; anybody can repeat it from the seed."""
    return [
        FastCheck.objects.create(request=row, seed=seed, drawn_at=now)
        for row in requests
        if is_drawn(seed, row.ref, share)
    ]


def checks_to_do() -> list[FastCheck]:
    """Lists the awards that wait to be looked at, oldest first, and after them those that were."""
    rows = FastCheck.objects.select_related(
        "request__project__area", "request__round", "checked_by"
    )
    return sorted(rows, key=lambda row: (row.finding != FastCheck.Finding.OPEN, row.drawn_at))


def find_check(ref: str) -> FastCheck:
    """Finds the check of a request.

    Refuses: NOT_FOUND.
    """
    row = FastCheck.objects.select_related("request__project").filter(request__ref=ref).first()
    if row is None:
        remedy = "List what was drawn with: apportion fastlane list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"check of {ref}", remedy=remedy)])
    return row


def keep_finding(
    *, check: FastCheck, is_fine: bool, note: str, by: Person, now: datetime
) -> FastCheck:
    """Keeps what somebody found, once; grants call it.

    Refuses: ALREADY_DONE, REASON_MISSING where it was wrong and nothing says why.
    """
    ref = check.request.ref
    if check.finding != FastCheck.Finding.OPEN:
        remedy = f"{check.checked_by} has looked at it."
        raise Refused([Refusal(code=Code.ALREADY_DONE, subject=ref, remedy=remedy)])
    if not is_fine and not note.strip():
        remedy = "Say why it should have been reviewed."
        raise Refused([Refusal(code=Code.REASON_MISSING, subject=ref, remedy=remedy)])
    check.finding = FastCheck.Finding.FINE if is_fine else FastCheck.Finding.WRONG
    check.note, check.checked_by, check.checked_at = note.strip()[:400], by, now
    check.save()
    return check
