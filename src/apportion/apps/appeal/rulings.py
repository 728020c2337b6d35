"""What a ruling would do, before anybody signs it."""

from collections.abc import Mapping
from fractions import Fraction

from apportion import __version__
from apportion.apps.appeal.queries import Appeal, document_before, document_first, reserves_for
from apportion.apps.appeal.settling import beyond
from apportion.core.appeal.again import amounts_at, check_changed, run_again, uphold
from apportion.core.appeal.life import Changed, Verb
from apportion.core.appeal.reserve import check_reserve
from apportion.core.refusals import Refusal, Refused


def weigh_ruling(row: Appeal, ruling: Verb, share: Fraction, facts: Changed) -> Mapping[str, int]:
    """Works out what a ruling would add to the award; changes nothing. Units: base units.

    Refuses: NOT_FOUND, OUT_OF_RANGE, MINIMUM_ABOVE_ASK, BELOW_MINIMUM, NOT_ENOUGH.
    """
    first, before = document_first(row), document_before(row)
    ref = row.request.ref
    refusal = check_changed(first, ref, facts)
    if refusal is not None:
        raise Refused([refusal])
    if ruling not in {Verb.UPHOLD, Verb.PART}:
        return {}
    wanted = amounts_at(first, ref, facts, share)
    extra = beyond(before, wanted, ref)
    refusal = check_reserve(ref, extra, reserves_for(row.request.round))
    if refusal is not None:
        raise Refused([refusal])
    made = uphold(first, before, ref, facts, share, engine_version=__version__)
    if isinstance(made, Refusal):
        raise Refused([made])
    return extra


def summarise(row: Appeal, facts: Changed) -> dict[str, object]:
    """Says what the whole round would have been with the facts: whom it would have moved."""
    before = document_first(row)
    again = run_again(before, row.request.ref, facts, engine_version=__version__)
    mine = next(a for a in again.document["awards"] if a["request"] == row.request.ref)
    moved = [
        {"request": one.request, "before": one.before, "after": one.after}
        for one in (*again.comparison.gains, *again.comparison.losses)
        if one.request != row.request.ref
    ]
    return {
        "outcome": mine["outcome"],
        "amounts": mine["amounts"],
        "fraction": mine["fraction"],
        "others": moved[:50],
        "others_count": len(moved),
        "value_before": before["value"],
        "value": again.document["value"],
        "gap": again.document["gap"],
        "certificate": again.document["certificate"]["class"],
    }
