"""The inputs of a decision as plain values that JSON holds exactly, and the way back."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from apportion.core.decide.problem import Ask, worth_of
from apportion.core.decide.worth import points_text
from apportion.core.decide.zone_document import beliefs_document, rule_document
from apportion.core.policy import (
    Area,
    Counting,
    CutLine,
    EqualShares,
    Group,
    Objective,
    Policy,
    TieBy,
    TieRule,
    Voters,
)
from apportion.core.review.calibration import Belief, Calibration
from apportion.core.units import DisplayUnit, Resource

Document = dict[str, Any]


def snapshot_of(
    policy: Policy, asks: tuple[Ask, ...], beliefs: tuple[Belief, ...] = ()
) -> Document:
    """Writes the inputs whole; the order of requests is that of their ids."""
    ordered = sorted(asks, key=lambda ask: ask.id)
    return {
        "beliefs": beliefs_document(beliefs),
        "policy": _policy(policy),
        "requests": [_request(ask, worth_of(policy, ask)) for ask in ordered],
    }


def policy_from(snapshot: Mapping[str, Any]) -> Policy:
    """Reads the policy back out of a snapshot."""
    held = snapshot["policy"]
    return Policy(
        name=held["name"],
        resources={
            r["code"]: Resource(code=r["code"], unit=DisplayUnit(r["unit"]))
            for r in held["resources"]
        },
        pool={r["code"]: r["pool"] for r in held["resources"]},
        areas=tuple(Area(**area) for area in held["areas"]),
        groups=tuple(Group(**group) for group in held["groups"]),
        carried=held.get("carried", {}),
        reserve_share=Fraction(held["reserve_share"]),
        appeals_share=Fraction(held["appeals_share"]),
        objective=Objective(held["objective"]),
        size_exponent=Fraction(held["size_exponent"]),
        curve_exponent=Fraction(held.get("curve_exponent", 1)),
        gap=Fraction(held["gap"]),
        tie_seed=held["tie_seed"],
        tie_commitment=held["tie_commitment"],
        ties=_tie_rule(held.get("ties")),
        cut_line=CutLine(
            threshold=Fraction(held["cut_line"]["threshold"]),
            skip_unfit=held["cut_line"]["skip_unfit"],
        ),
        equal_shares=_equal_shares(held.get("equal_shares")),
    )


def _tie_rule(held: Mapping[str, Any] | None) -> TieRule:
    if held is None:
        return TieRule()
    return TieRule(
        low=Fraction(held["low"]),
        high=Fraction(held["high"]),
        by=TieBy(held["by"]) if held["by"] else None,
        draws=held["draws"],
        allow_uncommitted=held["allow_uncommitted"],
    )


def _equal_shares(held: Mapping[str, Any] | None) -> EqualShares:
    if held is None:
        return EqualShares()
    return EqualShares(
        voters=Voters(held["voters"]), count=Counting(held["count"]), complete=held["complete"]
    )


def asks_from(snapshot: Mapping[str, Any]) -> tuple[Ask, ...]:
    """Reads the requests back out of a snapshot."""
    return tuple(
        Ask(
            id=held["id"],
            area=held["area"],
            project=held["project"],
            groups=tuple(held["groups"]),
            score=Fraction(held["score"]),
            value=_number(held["value"]),
            value_at_minimum=_number(held.get("value_at_minimum")),
            ask=held["ask"],
            minimum=held["minimum"],
            either_or=held["either_or"],
            requires=tuple(held["requires"]),
            opinions=tuple((name, Fraction(n)) for name, n in held.get("opinions", {}).items()),
        )
        for held in snapshot["requests"]
    )


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def calibration_from(snapshot: Mapping[str, Any]) -> Calibration | None:
    """Reads back how sure the scores are; None where the snapshot does not say."""
    held = snapshot.get("beliefs")
    if not held:
        return None
    beliefs = tuple(Belief(**belief) for belief in held)
    opinions = sum(belief.opinions for belief in beliefs)
    return Calibration(opinions=opinions, components=(), beliefs=beliefs, severities=())


def canonical_bytes(document: object) -> bytes:
    """The one spelling of a document: keys sorted, nothing between, UTF-8, a line end."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def exact_text(value: Fraction) -> str:
    """Writes a fraction as itself: `7/2`, or `3` where it is whole."""
    return str(value)


def _policy(policy: Policy) -> Document:
    return {
        "name": policy.name,
        "resources": [
            {
                "code": code,
                "unit": policy.resources[code].unit.value,
                "base_units": policy.resources[code].base_units,
                "pool": pool,
            }
            for code, pool in policy.pool.items()
        ],
        "areas": [
            {
                "id": area.id,
                "name": area.name,
                "parent": area.parent,
                "floor": dict(area.floor),
                "cap": dict(area.cap),
            }
            for area in policy.areas
        ],
        "groups": [{"id": group.id, "cap": dict(group.cap)} for group in policy.groups],
        "carried": {area: dict(owed) for area, owed in policy.carried.items() if owed},
        "reserve_share": exact_text(policy.reserve_share),
        "appeals_share": exact_text(policy.appeals_share),
        "objective": policy.objective.value,
        "size_exponent": exact_text(policy.size_exponent),
        "curve_exponent": exact_text(policy.curve_exponent),
        "gap": exact_text(policy.gap),
        "tie_seed": policy.tie_seed,
        "tie_commitment": policy.tie_commitment,
        "ties": rule_document(policy.ties),
        "cut_line": {
            "threshold": exact_text(policy.cut_line.threshold),
            "skip_unfit": policy.cut_line.skip_unfit,
        },
        "equal_shares": {
            "voters": policy.equal_shares.voters.value,
            "count": policy.equal_shares.count.value,
            "complete": policy.equal_shares.complete,
        },
    }


def _request(ask: Ask, worth: int) -> Document:
    return {
        "id": ask.id,
        "area": ask.area,
        "project": ask.project,
        "groups": sorted(ask.groups),
        "score": exact_text(ask.score),
        "value": None if ask.value is None else exact_text(ask.value),
        "value_at_minimum": (
            None if ask.value_at_minimum is None else exact_text(ask.value_at_minimum)
        ),
        "worth": points_text(worth),
        "ask": {r: n for r, n in ask.ask.items() if n},
        "minimum": {r: ask.minimum.get(r, 0) for r, n in ask.ask.items() if n},
        "either_or": ask.either_or,
        "requires": sorted(set(ask.requires)),
        "opinions": {name: exact_text(score) for name, score in sorted(ask.opinions)},
    }
