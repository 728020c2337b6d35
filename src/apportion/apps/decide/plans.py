"""The board's plan: the engine's slate moved by hand, edit by edit, by several people at once.

Each edit decides the round again from the engine's plan with all that the board has moved, and
keeps the result as a slate of its own. Whoever edits says which slate they saw: if somebody else
has moved on since, the edit is refused, and nothing of either is lost.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apportion import __version__
from apportion.apps.apply.queries import find_request
from apportion.apps.decide.keeping import insert_slate, point_plan, refuse
from apportion.apps.decide.models import Edit, Plan, Slate
from apportion.apps.decide.queries import adopted_slate, describe_override, document_of
from apportion.apps.people.queries import Person, Where, demand
from apportion.apps.review.conflicts import bars_from_deciding, write_ground
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import Round, policy_of
from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.overrides import PINS, Moved, Override, merge, overrides_from
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.what_if import WhatIf, what_if
from apportion.core.ids import ResourceCode
from apportion.core.refusals import Code

Change = Callable[[tuple[Override, ...]], tuple[Override, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An edit of the plan: the slate it led to (None: nothing was kept), and who gains and loses."""

    slate: Slate | None
    comparison: Comparison
    document: dict[str, Any]


def move_plan(
    *, row: Round, seen: int, override: Override, by: Person, now: datetime, keep: bool = True
) -> Changed:
    """Moves one thing in the plan by hand; what is moved anew is moved by the new override alone.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, STALE_PARENT, OUT_OF_RANGE.
    Raises: BadInput where the override is about nothing that there is, or has no reason.
    """
    slate = _open_plan(row, seen, by)
    _demand_possible(row, override, by, now=now)
    about = describe_override(override, slate)
    return _change(slate, lambda held: merge(held, override), "move", about, override.why)(
        by=by, now=now, keep=keep
    )


def take_back(
    *,
    row: Round,
    seen: int,
    about: tuple[str, str, str],
    why: str = "",
    by: Person,
    now: datetime,
    keep: bool = True,
) -> Changed:
    """Gives one thing that the board had moved back to the engine.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, STALE_PARENT, NOT_FOUND.
    """
    slate = _open_plan(row, seen, by)
    held = overrides_of(slate)
    gone = [one for one in held if one.about == about]
    if not gone:
        raise refuse(Code.NOT_FOUND, " ".join(filter(None, about)), "The board has not moved it.")
    _demand_possible(row, gone[0], by, now=now)
    words = f"{describe_override(gone[0], slate)}, taken back"
    return _change(
        slate, lambda held: tuple(o for o in held if o.about != about), "unpin", words, why
    )(by=by, now=now, keep=keep)


def undo_move(*, row: Round, seen: int, by: Person, now: datetime) -> Slate:
    """Puts the plan back to the slate before the last move.

    Refuses: NOT_ALLOWED, WRONG_STATE, STALE_PARENT.
    """
    slate = _open_plan(row, seen, by)
    if slate.made_from is None:
        raise refuse(Code.WRONG_STATE, row.name, "Nothing was moved since the engine's plan.")
    return _step(row, slate, slate.made_from, "undo", by=by, now=now)


def redo_move(*, row: Round, seen: int, by: Person, now: datetime) -> Slate:
    """Puts the plan forward again to what was undone last.

    Refuses: NOT_ALLOWED, WRONG_STATE, STALE_PARENT.
    """
    slate = _open_plan(row, seen, by)
    undone = undone_after(slate)
    if undone is None:
        raise refuse(Code.WRONG_STATE, row.name, "Nothing was undone.")
    return _step(row, slate, undone, "redo", by=by, now=now)


def undone_after(slate: Slate) -> Slate | None:
    """Finds the slate that a redo would lead to: made of this one, and undone since."""
    made = Slate.objects.filter(made_from=slate).order_by("-number")
    undone = Edit.objects.filter(round_id=slate.round_id, verb="undo", before__in=made)
    last = undone.select_related("before").order_by("-number").first()
    return last.before if last else None


def root_of(slate: Slate) -> Slate:
    """Finds the engine's own plan that a slate was moved from."""
    while slate.made_from is not None:
        slate = slate.made_from
    return slate


def overrides_of(slate: Slate) -> tuple[Override, ...]:
    """Lists what the board has moved to come to a slate."""
    return overrides_from(document_of(slate).get("overrides", ()))


def decide_moved(slate: Slate, overrides: Sequence[Override], *, whole: bool) -> WhatIf:
    """Decides the engine's plan again with everything that is moved; whole: as what is kept needs."""
    return what_if(
        json.loads(root_of(slate).document),
        overrides,
        engine_version=__version__,
        ways_in=WaysIn.AUTO if whole else WaysIn.ESTIMATE,
        with_odds=whole,
    )


def _change(
    slate: Slate, change: Change, verb: str, about: str, why: str
) -> Callable[..., Changed]:
    """Prepares an edit: the engine runs before the lock is taken, and the lock is taken briefly."""

    def carry_out(*, by: Person, now: datetime, keep: bool) -> Changed:
        found = decide_moved(slate, change(overrides_of(slate)), whole=keep)
        comparison = compare(json.loads(slate.document), found.document)
        if not keep:
            return Changed(slate=None, comparison=comparison, document=found.document)
        with transaction.atomic():
            row = lock_round(slate.round)
            _demand_current(row, slate.number)
            kept = insert_slate(row, found.document, made_from=slate, by=by, now=now)
            point_plan(row, kept, verb, about=about, why=why, by=by, now=now)
        return Changed(slate=kept, comparison=comparison, document=found.document)

    return carry_out


def _step(
    row: Round, before: Slate, after: Slate, verb: str, *, by: Person, now: datetime
) -> Slate:
    with transaction.atomic():
        row = lock_round(row)
        _demand_current(row, before.number)
        about = f"slate {before.number} to slate {after.number}"
        point_plan(row, after, verb, about=about, by=by, now=now)
    return after


def _open_plan(row: Round, seen: int, by: Person) -> Slate:
    demand(by, "slate.propose", Where(row.slug))
    return _demand_current(row, seen)


def _demand_current(row: Round, seen: int) -> Slate:
    """The plan must still be the slate that the editor saw, and nothing may be adopted yet."""
    if row.state in {Round.State.DECIDED, Round.State.CLOSED} or adopted_slate(row):
        raise refuse(Code.WRONG_STATE, row.name, "Its decision stands; appeals come next.")
    plan = Plan.objects.select_related("slate__round", "slate__made_from").filter(round=row).first()
    if plan is None:
        remedy = f"Let the engine propose first: apportion slate propose {row.slug} --as NAME"
        raise refuse(Code.WRONG_STATE, row.name, remedy)
    if plan.slate.number != seen:
        raise refuse(Code.STALE_PARENT, row.name, _who_moved(row, plan.slate, seen))
    return plan.slate


def _who_moved(row: Round, slate: Slate, seen: int) -> str:
    last = Edit.objects.filter(round=row).select_related("by").first()
    who = f"{last.by} ({last.verb} {last.about})".replace(" )", ")") if last else "Somebody"
    return (
        f"{who} made slate {slate.number} of the plan while you looked at slate {seen}. "
        "Look at it, then move again."
    )


def _demand_possible(row: Round, override: Override, by: Person, *, now: datetime) -> None:
    if override.moved in PINS:
        request = find_request(override.owner)
        barred = bars_from_deciding([by.username], row, now=now, ref=request.ref)
        if held := barred.get(by.username):
            remedy = f"{by}: {write_ground(held[0])}; somebody else has to move it."
            raise refuse(Code.CONFLICT_OF_INTEREST, request.ref, remedy)
    elif override.moved is Moved.POOL:
        pool = policy_of(row).pool.get(ResourceCode(override.resource), 0)
        if not 0 <= override.to <= pool:
            remedy = "Move the line to between nothing and the whole pool, reserve included."
            raise refuse(Code.OUT_OF_RANGE, row.name, remedy, pool=pool, to=override.to)
