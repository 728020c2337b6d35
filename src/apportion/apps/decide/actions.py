"""Proposing a slate, and adopting one: the act that decides."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apportion import __version__
from apportion.apps.decide.keeping import demand_step, insert_slate, point_plan, sha256_of
from apportion.apps.decide.models import Slate
from apportion.apps.decide.publishing import tell_outcomes
from apportion.apps.decide.queries import adopted_slate, asks_of, describe_override
from apportion.apps.decide.signing import demand_no_stake, demand_signed, demand_unadopted, put_name
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, Where, demand
from apportion.apps.review.conflicts import set_aside_conflicted
from apportion.apps.review.queries import calibration_of, has_opinions
from apportion.apps.rounds.actions import advance_round, lock_round, record_commitment, record_seed
from apportion.apps.rounds.queries import Round, SeedCommitment, policy_of, seed_of
from apportion.core.decide.document import document_of
from apportion.core.decide.life import Verb
from apportion.core.decide.overrides import Override, overrides_from, with_overrides
from apportion.core.decide.problem import Ask
from apportion.core.decide.snapshot import canonical_bytes, snapshot_of
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.what_if import WhatIf, what_if
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.verify import verify_decision


def propose_slate(*, row: Round, by: Person, now: datetime) -> Slate:
    """Runs the engine on the round as it stands and keeps the result as a slate.

    Refuses: NOT_ALLOWED, WRONG_STATE, INCOMPLETE.
    """
    demand(by, "slate.propose", Where(row.slug))
    _demand_undecided(row)
    set_aside_conflicted(row=row, now=now)  # who has come to have a stake since they scored
    policy, asks = _gather(row)
    decision = decide(policy=policy, asks=asks, calibration=calibration_of(row.slug))
    document = document_of(decision, engine_version=__version__)
    return _keep_slate(row, document, by=by, now=now)


def move_slate(*, slate: Slate, overrides: Sequence[Override], by: Person, now: datetime) -> Slate:
    """Keeps as a new slate what a slate becomes when the board moves something by hand.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    Raises: BadInput where an override is about nothing that there is, or has no reason.
    """
    demand_step(slate, Verb.MOVE)
    moved = _moved(slate, overrides, by, whole=True)
    about = "; ".join(describe_override(one, slate) for one in overrides)
    why = "; ".join(dict.fromkeys(one.why for one in overrides))
    return _keep_slate(
        slate.round, moved.document, made_from=slate, about=about, why=why, by=by, now=now
    )


def preview_move(*, slate: Slate, overrides: Sequence[Override], by: Person) -> WhatIf:
    """Shows what a slate becomes when the board moves something by hand; keeps nothing.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    Raises: BadInput where an override is about nothing that there is, or has no reason.
    """
    return _moved(slate, overrides, by, whole=False)


def _moved(slate: Slate, overrides: Sequence[Override], by: Person, *, whole: bool) -> WhatIf:
    """The slate moved by hand; whole: with odds and ways in, as what is kept must have."""
    demand(by, "slate.propose", Where(slate.round.slug))
    _demand_undecided(slate.round)
    return what_if(
        json.loads(slate.document),
        overrides,
        engine_version=__version__,
        ways_in=WaysIn.AUTO if whole else WaysIn.ESTIMATE,
        with_odds=whole,
    )


def _keep_slate(
    row: Round,
    document: dict[str, Any],
    *,
    made_from: Slate | None = None,
    about: str = "",
    why: str = "",
    by: Person,
    now: datetime,
) -> Slate:
    with transaction.atomic():
        row = lock_round(row)
        _demand_undecided(row)  # somebody may have adopted while the engine ran
        slate = insert_slate(row, document, made_from=made_from, by=by, now=now)
        verb = "move" if made_from else "propose"
        point_plan(row, slate, verb, about=about, why=why, by=by, now=now)
    return slate


def adopt_slate(
    *,
    slate: Slate,
    by: Person,
    now: datetime,
    tie_reason: str = "",
    hold: bool = False,
    publish_at: datetime | None = None,
) -> Slate:
    """Adopts a slate, once: it decides the round, and every request hears of it at one instant.

    Whoever adopts signs too. What is adopted is published at once, unless it is held; then nobody
    outside the board hears of it until somebody publishes it, or until the instant that is given.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, ALREADY_DONE, STALE_PARENT, NOT_VERIFIED,
    REASON_MISSING, OUT_OF_RANGE, INCOMPLETE where the seed is not revealed or a signature missing.
    """
    demand(by, "slate.adopt", Where(slate.round.slug))
    with transaction.atomic():
        row = lock_round(slate.round)
        slate = Slate.objects.select_for_update().get(pk=slate.pk)
        _demand_adoptable(row, slate, by, now=now)
        demand_step(slate, Verb.ADOPT)
        document: dict[str, Any] = json.loads(slate.document)
        _demand_settled(row, document, tie_reason)
        if publish_at is not None and publish_at <= now:
            raise Refused([_refuse(Code.OUT_OF_RANGE, row, "Publish at an instant to come.")])
        put_name(slate, by, now=now)
        demand_signed(row, slate)
        slate.adopted_by, slate.adopted_at, slate.tie_reason = by, now, tie_reason
        slate.publish_at = publish_at
        slate.save(update_fields=["adopted_by", "adopted_at", "tie_reason", "publish_at"])
        seal("slate", f"{row.slug}/{slate.number}", slate.sha256.encode())
        if tie_reason:
            told = {"slate": slate.sha256, "reason": tie_reason}
            seal("ties", f"{row.slug}/{slate.number}", _canonical(told))
        point_plan(row, slate, "adopt", about=f"slate {slate.number}", by=by, now=now)
        if hold or publish_at is not None:
            advance_round(row=row, verb="hold")  # nothing is filed any more
        else:
            tell_outcomes(row, slate, now=now)
    return slate


def _demand_undecided(row: Round) -> None:
    if row.state in {Round.State.DECIDED, Round.State.CLOSED} or adopted_slate(row):
        raise Refused([_refuse(Code.WRONG_STATE, row, "Its decision stands; appeals come next.")])


def commit_seed(*, row: Round, sha256: str, by: Person, now: datetime) -> SeedCommitment:
    """Publishes the hash of the seed by which the round will draw, before any score is known.

    Refuses: NOT_ALLOWED, WRONG_STATE once opinions are in, ALREADY_DONE, OUT_OF_RANGE.
    """
    demand(by, "slate.propose", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        if has_opinions(row.slug):
            remedy = (
                "Opinions are in, so a seed could be chosen to suit; the next round can have one."
            )
            raise Refused([_refuse(Code.WRONG_STATE, row, remedy)])
        promised = record_commitment(row=row, sha256=sha256, now=now)
        seal("seed-hash", row.slug, _canonical({"round": row.slug, "sha256": sha256}))
    return promised


def reveal_seed(*, row: Round, seed: str, by: Person, now: datetime) -> SeedCommitment:
    """Tells the seed whose hash was published: scores are closed, lots can be drawn.

    Refuses: NOT_ALLOWED, WRONG_STATE, SEED_MISMATCH.
    """
    demand(by, "slate.propose", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        policy = policy_of(row)
        if policy.is_sealed and policy.tie_commitment and seed_of(row) is None:
            record_commitment(row=row, sha256=policy.tie_commitment, now=now)
        was_told = bool(policy.tie_commitment) and not policy.is_sealed
        promised = record_seed(row=row, seed=seed, now=now)
        if not was_told:
            seal("seed", row.slug, _canonical({"round": row.slug, "seed": seed}))
    return promised


def _gather(row: Round) -> tuple[Policy, tuple[Ask, ...]]:
    asks = asks_of(row)
    if not asks:
        raise Refused([_refuse(Code.INCOMPLETE, row, "No request was submitted to it.")])
    return policy_of(row), asks


def _demand_adoptable(row: Round, slate: Slate, by: Person, *, now: datetime) -> None:
    demand_unadopted(row, slate)
    verdict = verify_decision(slate.document.encode())
    if not verdict.holds or sha256_of(slate.document) != slate.sha256:
        raise Refused([_refuse(Code.NOT_VERIFIED, row, verdict.fault or "The file was changed.")])
    _demand_fresh(row, slate)
    demand_no_stake(row, by, now=now)


def _demand_settled(row: Round, document: dict[str, Any], tie_reason: str) -> None:
    """A promised seed must be told first; where people settle the tie zone, they must say why."""
    if policy_of(row).is_sealed:
        remedy = f"Reveal the seed, then propose again: apportion round reveal-seed {row.slug} SEED"
        raise Refused([_refuse(Code.INCOMPLETE, row, remedy)])
    ties = document.get("ties") or {}
    if ties.get("settlement") == "people" and not tie_reason.strip():
        zone = ", ".join(c["request"] for c in ties["chances"] if c["in_zone"])
        remedy = f"Too close to tell are {zone}: say why the slate takes these and not those."
        raise Refused([_refuse(Code.REASON_MISSING, row, remedy)])


def _demand_fresh(row: Round, slate: Slate) -> None:
    """The round must still be, byte for byte, the one that the slate was made for and moved from."""
    overrides = overrides_from(json.loads(slate.document).get("overrides", ()))
    policy, asks = with_overrides(*_gather(row), overrides)
    ordered = tuple(sorted(asks, key=lambda ask: ask.id))
    beliefs = calibration_of(row.slug).beliefs
    now_there = hashlib.sha256(canonical_bytes(snapshot_of(policy, ordered, beliefs))).hexdigest()
    if now_there != slate.snapshot_sha256:
        remedy = "Requests, scores or the policy changed since it was proposed; propose again."
        raise Refused([_refuse(Code.STALE_PARENT, row, remedy)])


def _canonical(award: dict[str, Any]) -> bytes:
    return json.dumps(award, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _refuse(code: Code, row: Round, remedy: str) -> Refusal:
    return Refusal(code=code, subject=row.name, remedy=remedy)
