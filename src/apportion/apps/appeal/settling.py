"""Carrying a ruling out: a slate in the place of the one in force, and the difference paid."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from apportion import __version__
from apportion.apps.appeal.models import Appeal
from apportion.apps.appeal.queries import changed_of, document_before, document_first, reserves_for
from apportion.apps.apply.actions import next_open, start_draft
from apportion.apps.apply.drafts import content_of
from apportion.apps.decide.keeping import insert_slate
from apportion.apps.decide.publishing import supersede_decision
from apportion.apps.grant.topping import top_up
from apportion.apps.people.queries import Person
from apportion.core.appeal.again import amounts_at, uphold
from apportion.core.appeal.life import Verb
from apportion.core.appeal.reserve import check_reserve
from apportion.core.refusals import Refusal, Refused


def settle(row: Appeal, verb: Verb, *, by: Person, now: datetime) -> None:
    """Does what a signed ruling says, within the caller's transaction."""
    if verb in {Verb.UPHOLD, Verb.PART}:
        _uphold(row, by=by, now=now)
    elif verb is Verb.SEND_BACK:
        _send_back(row, now=now)


def beyond(before: Mapping[str, Any], wanted: Mapping[str, int], ref: str) -> dict[str, int]:
    """Counts what one request would get beyond what it has. Units: base units by resource."""
    held = next(award["amounts"] for award in before["awards"] if award["request"] == ref)
    return {
        code: wanted[code] - held.get(code, 0)
        for code in wanted
        if wanted[code] > held.get(code, 0)
    }


def _uphold(row: Appeal, *, by: Person, now: datetime) -> None:
    ref, round_row = row.request.ref, row.request.round
    first, before = document_first(row), document_before(row)
    facts, share = changed_of(row.ruled), Fraction(row.share)
    made = uphold(first, before, ref, facts, share, engine_version=__version__)
    if isinstance(made, Refusal):
        raise Refused([made])
    extra = beyond(before, amounts_at(first, ref, facts, share), ref)
    refusal = check_reserve(ref, extra, reserves_for(round_row))
    if refusal is not None:
        raise Refused([refusal])
    slate = insert_slate(round_row, made, by=by, now=now)
    supersede_decision(slate=slate, ref=ref, why=row.reasons[:500], by=by, now=now)
    top_up(round_row=round_row, request=row.request, extra=extra, by=by, now=now)
    row.extra = extra


def _send_back(row: Appeal, *, now: datetime) -> None:
    """Puts a copy of the request into the next round that is open, for its author to go on with."""
    to = next_open(but=row.request.round, now=now)
    if to is None:
        return  # the request is kept, and may be copied into the next round that opens
    content = dict(content_of(row.request))
    start_draft(
        round_row=to,
        project=row.request.project,
        content=content,
        by=row.request.author,
        now=now,
    )
