"""Slates, the board's plan, seeds and outcomes, for programs."""

from collections.abc import Sequence
from typing import Any

from apportion.apps.apply.queries import find_request
from apportion.apps.decide import (
    outcomes,
    planning_commands,
    plans,
    publishing,
    seats,
    signing,
    slates,
)
from apportion.apps.decide.actions import (
    adopt_slate,
    commit_seed,
    move_slate,
    preview_move,
    propose_slate,
    reveal_seed,
)
from apportion.apps.decide.api_shapes import (
    Adopt,
    ComparedAnswer,
    Embargo,
    FairnessAnswer,
    HoldBack,
    OneMove,
    OutcomeAnswer,
    PlanMove,
    Release,
    Seed,
    SeedHash,
    SignatureRow,
    SlateAnswer,
    StepBody,
    Unpin,
    WhatIf,
)
from apportion.apps.decide.comparing import (
    compared_rows,
    comparison_told,
    fairness_told,
    treated_rows,
    units_of,
)
from apportion.apps.decide.queries import document_of, find_slate
from apportion.apps.door.calls import Caller, Calls, Done, row
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import Round, find_round
from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.fairness import fairness_of
from apportion.core.decide.overrides import Override
from apportion.core.refusals import Code, Refusal, Refused

calls = Calls("slates")
SLATE = "/rounds/{slug}/slates/{number}"


calls.listing(
    "/rounds/{slug}/slates",
    "slate.see",
    slates.show_slates,
    "slate list",
    row=row("SlateRow", "number:n state proposed_by proposed_at:at overrides:n price sha256"),
)
calls.listing(
    "/rounds/{slug}/slates/{number}/awards",
    "slate.see",
    slates.show_slate,
    "slate show",
    row=row("AwardRow", "request outcome resource amount reason nearest_way_in"),
)
calls.listing(
    "/rounds/{slug}/acts",
    "slate.see",
    planning_commands.acts,
    "slate acts",
    row=row("ActRow", "number:n at:at who verb about why slate:n"),
)
calls.listing(
    "/rounds/{slug}/letters",
    "slate.see",
    planning_commands.letters,
    "slate letters",
    row=row("LetterRow", "request person kind subject written_at:at sent_at:at body"),
)


@calls.read(SLATE, "slate.see", "slate show", answer=SlateAnswer)
def show(_: Caller, slug: str, number: int) -> dict[str, object]:
    """Shows one slate."""
    return _tell(find_slate(slug, number))


@calls.read(
    f"{SLATE}/document", "slate.see", "slate export", media="application/vnd.apportion+json"
)
def export(_: Caller, slug: str, number: int) -> str:
    """Gives the decision file of a slate, byte for byte, for `apportion verify`."""
    document: str = find_slate(slug, number).document
    return document


@calls.read(f"{SLATE}/fairness", "slate.see", "slate fairness", answer=FairnessAnswer)
def fairness(_: Caller, slug: str, number: int) -> dict[str, object]:
    """Shows how a slate treats the areas: approvals and cuts, and whether chance explains them."""
    report = fairness_of(document_of(find_slate(slug, number)))
    return {"sentences": list(fairness_told(report)), "areas": treated_rows(report)}


@calls.read(f"{SLATE}/compare/{{other}}", "slate.see", "slate compare", answer=ComparedAnswer)
def compare_two(_: Caller, slug: str, number: int, other: int) -> dict[str, object]:
    """Compares two slates of a round: who gains, who loses, what it is worth."""
    before, after = (document_of(find_slate(slug, one)) for one in (number, other))
    return _compared(compare(before, after), before, None)


@calls.read("/requests/{ref}/outcome", "outcome.see", answer=OutcomeAnswer)
def outcome(caller: Caller, ref: str) -> outcomes.Outcome:
    """Says what was decided about one's request, why, and the nearest ways in."""
    held = find_request(ref)
    if not may(caller.user, "slate.see"):
        outcomes.demand_mine(held, caller.user)
    found = outcomes.outcome_of(held)
    if found is None:
        remedy = "It is told when the round is published."
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"outcome of {ref}", remedy=remedy)])
    return found


@calls.act(
    "/rounds/{slug}/slates", "slate.propose", "slate propose", makes=SLATE, answer=SlateAnswer
)
def propose(caller: Caller, slug: str) -> dict[str, object]:
    """Runs the engine on a round as it stands and keeps the result as a slate."""
    return _tell(propose_slate(row=find_round(slug), by=caller.user, now=caller.now))


@calls.act(f"{SLATE}/what-if", "slate.propose", "slate what-if", answer=ComparedAnswer)
def what_if(caller: Caller, slug: str, number: int, body: WhatIf) -> dict[str, object]:
    """Moves something by hand in a slate: who gains, who loses, at what price."""
    slate = find_slate(slug, number)
    before = document_of(slate)
    overrides = [_override(one, body.why) for one in body.moves]
    if not body.keep:
        seen = preview_move(slate=slate, overrides=overrides, by=caller.user)
        return _compared(seen.comparison, before, None)
    moved = move_slate(slate=slate, overrides=overrides, by=caller.user, now=caller.now)
    return _compared(compare(before, document_of(moved)), before, moved.number)


@calls.act("/rounds/{slug}/plan", "slate.propose", "slate pin", "slate move", answer=ComparedAnswer)
def move(caller: Caller, slug: str, body: PlanMove) -> dict[str, object]:
    """Moves a request, the line, a floor or a cap in the board's plan, with the reason."""
    held = find_round(slug)
    changed = plans.move_plan(
        row=held,
        seen=_seen(held, body.seen),
        override=_override(body, body.why),
        by=caller.user,
        now=caller.now,
        keep=not body.dry_run,
    )
    return _changed(changed)


@calls.act("/rounds/{slug}/plan/unpin", "slate.propose", "slate unpin", answer=ComparedAnswer)
def unpin(caller: Caller, slug: str, body: Unpin) -> dict[str, object]:
    """Gives a request that the board had moved back to the engine."""
    held = find_round(slug)
    changed = plans.take_back(
        row=held,
        seen=_seen(held, body.seen),
        about=("pin", body.ref, ""),
        by=caller.user,
        now=caller.now,
        keep=not body.dry_run,
    )
    return _changed(changed)


@calls.act("/rounds/{slug}/plan/undo", "slate.propose", "slate undo", answer=SlateAnswer)
def undo(caller: Caller, slug: str, body: StepBody) -> dict[str, object]:
    """Puts the board's plan back to the slate before the last move."""
    held = find_round(slug)
    seen = _seen(held, body.seen)
    return _tell(plans.undo_move(row=held, seen=seen, by=caller.user, now=caller.now))


@calls.act("/rounds/{slug}/plan/redo", "slate.propose", "slate redo", answer=SlateAnswer)
def redo(caller: Caller, slug: str, body: StepBody) -> dict[str, object]:
    """Puts the board's plan forward again to what was undone last."""
    held = find_round(slug)
    seen = _seen(held, body.seen)
    return _tell(plans.redo_move(row=held, seen=seen, by=caller.user, now=caller.now))


@calls.act(f"{SLATE}/signers", "slate.adopt", "slate ask", answer=list[SignatureRow])  # type: ignore[valid-type]
def ask(caller: Caller, slug: str, number: int) -> list[dict[str, object]]:
    """Asks as many board members to sign a slate as the policy wants."""
    slate = find_slate(slug, number)
    return _names(signing.ask_signers(slate=slate, by=caller.user, now=caller.now))


@calls.act(f"{SLATE}/sign", "slate.adopt", "slate sign", answer=list[SignatureRow])  # type: ignore[valid-type]
def sign(caller: Caller, slug: str, number: int) -> list[dict[str, object]]:
    """Signs a slate."""
    slate = find_slate(slug, number)
    signing.sign_slate(slate=slate, by=caller.user, now=caller.now)
    return _names(seats.signatures_of(slate))


@calls.act(f"{SLATE}/adopt", "slate.adopt", "slate adopt")
def adopt(caller: Caller, slug: str, number: int, body: Adopt) -> Done:
    """Adopts a slate: every request of the round is decided, and hears of it at one instant."""
    adopt_slate(
        slate=find_slate(slug, number),
        by=caller.user,
        now=caller.now,
        tie_reason=body.tie_reason,
        hold=body.hold,
    )
    return Done(ref=f"{slug}/{number}", state="adopted")


@calls.act("/rounds/{slug}/held-back", "slate.adopt", "slate hold")
def hold(caller: Caller, slug: str, body: HoldBack) -> Done:
    """Holds one adopted outcome back from the batch until a day, with the reason."""
    publishing.hold_back(
        row=find_round(slug),
        ref=body.ref,
        reason=body.why,
        until_at=body.until,
        by=caller.user,
        now=caller.now,
    )
    return Done(ref=body.ref, state="held back")


@calls.act("/rounds/{slug}/held-back/release", "slate.adopt", "slate release")
def release(caller: Caller, slug: str, body: Release) -> Done:
    """Lets an outcome that is held back go with the next batch."""
    held = find_round(slug)
    publishing.release_held(row=held, ref=body.ref, by=caller.user, now=caller.now)
    return Done(ref=body.ref, state="waits")


@calls.act("/rounds/{slug}/embargo", "slate.adopt", "slate embargo", method="PUT")
def embargo(caller: Caller, slug: str, body: Embargo) -> Done:
    """Sets the instant at which what was adopted is published by itself."""
    held = find_round(slug)
    publishing.plan_publication(row=held, at=body.until, by=caller.user, now=caller.now)
    return Done(ref=slug, state="planned", words=f"publishes by itself at {body.until:%F %H:%M}")


@calls.act("/rounds/{slug}/seed", "slate.propose", "round commit-seed")
def promise(caller: Caller, slug: str, body: SeedHash) -> Done:
    """Publishes the hash of the seed by which a round draws lots, before the first opinion."""
    commit_seed(row=find_round(slug), sha256=body.sha256, by=caller.user, now=caller.now)
    return Done(ref=slug, state="promised", words=body.sha256)


@calls.act("/rounds/{slug}/seed/reveal", "slate.propose", "round reveal-seed")
def reveal(caller: Caller, slug: str, body: Seed) -> Done:
    """Tells the seed whose hash was published: scores are closed and lots can be drawn."""
    reveal_seed(row=find_round(slug), seed=body.seed, by=caller.user, now=caller.now)
    return Done(ref=slug, state="revealed")


def _tell(slate: Any) -> dict[str, object]:
    return {
        "number": slate.number,
        "state": "adopted" if slate.adopted_at else "proposed",
        "proposed_by": slate.proposed_by.username,
        "proposed_at": slate.proposed_at,
        "adopted_at": slate.adopted_at,
        "overrides": len(document_of(slate).get("overrides", ())),
        "sha256": slate.sha256,
    }


def _override(one: OneMove | PlanMove, why: str) -> Override:
    return Override(moved=one.moved, owner=one.owner, resource=one.resource, to=one.to, why=why)


def _seen(held: Round, given: int) -> int:
    number = given or seats.plan_number(held)
    if number is None:
        remedy = "Let the engine propose a slate first."
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=held.name, remedy=remedy)])
    return number


def _changed(changed: plans.Changed) -> dict[str, object]:
    kept = changed.slate.number if changed.slate is not None else None
    return _compared(changed.comparison, changed.document, kept)


def _compared(
    comparison: Comparison, document: dict[str, Any], slate: int | None
) -> dict[str, object]:
    units = units_of(document)
    return {
        "sentences": list(comparison_told(comparison, units)),
        "moved": compared_rows(comparison, units),
        "slate": slate,
    }


def _names(signatures: Sequence[signing.Signature]) -> list[dict[str, object]]:
    return [
        {
            "person": one.person.username,
            "asked_at": one.asked_at,
            "signed_at": one.signed_at,
            "released_at": one.released_at,
            "released_why": one.released_why,
        }
        for one in signatures
    ]
