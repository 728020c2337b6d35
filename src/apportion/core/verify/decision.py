"""Checks a decision file from its first byte to its last claim; the first fault ends it."""

import hashlib
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from apportion.core.verify.awards import Taken, check_awards, missed_share
from apportion.core.verify.facts import MICRO, Facts, ceiling, ensure, facts_of
from apportion.core.verify.grounds import check_grounds
from apportion.core.verify.proof import (
    MISS_SCALE,
    floor_tolerance,
    proved_bound,
    value_tolerance,
)
from apportion.core.verify.ranking import check_draw, check_walk
from apportion.core.verify.verdict import Verdict, judge

SCHEMA = "apportion.decision/1"


def verify_decision(data: bytes) -> Verdict:
    """Checks schema, snapshot, awards, limits, links, floors, value, proof, draw and reasons."""
    return judge(data, _check, schema=SCHEMA)


def _check(document: dict[str, Any], tell: Callable[[str], None]) -> None:
    _check_snapshot(document)
    tell("snapshot")
    facts = facts_of(document["snapshot"])
    ensure(document["objective"] == facts.policy["objective"], "the objective is not the policy's")
    ensure(document["seed"] == facts.policy["tie_seed"], "the seed is not the policy's")
    taken = check_awards(facts, document)
    tell(f"{len(taken)} awards within every limit and link")
    ensure(
        Fraction(document["certificate"]["missed_share"]) == missed_share(facts, taken),
        "the missed share of the floors is not what the awards give",
    )
    walk = None
    if facts.is_merit:
        _check_bound(facts, taken, document)
        check_draw(facts, taken)
        tell(_what_is_proved(document))
    else:
        walk = check_walk(facts, taken)
        ensure(document["bound"] == document["value"], "a walk has no bound but its value")
        ensure(document["gap"] == "0", "a walk has no gap")
        tell("the walk down the ranking gives these awards")
    check_grounds(facts, taken, document["awards"], walk)
    tell("reasons and ways in")


def _check_snapshot(document: dict[str, Any]) -> None:
    spelled = json.dumps(
        document["snapshot"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    found = hashlib.sha256(spelled.encode() + b"\n").hexdigest()
    ensure(document["snapshot_sha256"] == found, "the snapshot is not the one that was hashed")


def _check_bound(facts: Facts, taken: Taken, document: dict[str, Any]) -> None:
    """Recomputes the proofs and the gap that follows from them."""
    certificate = document["certificate"]
    phases, scale = certificate["phases"], certificate["price_scale"]
    ensure(isinstance(scale, int) and scale > 0, "the price scale is not a positive integer")
    value = int(Fraction(document["value"]) * MICRO)
    bound = int(Fraction(document["bound"]) * MICRO)
    tolerance = int(Fraction(certificate["tolerance"]) * MICRO)
    proved = _check_phase(facts, taken, phases["value"], scale, "value")
    ensure(bound >= value, "the bound lies below the value")
    if certificate["class"] == "integer-certificate":
        ensure(bound >= proved, f"the prices prove {proved}e-6, not the bound {document['bound']}")
    else:
        ensure(certificate["class"] == "solver", "the class of the certificate is not known")
    most = value_tolerance(facts, taken, value)
    ensure(tolerance <= 2 * most, f"whole base units cannot cost more than {2 * most}e-6")
    _check_gap(document["gap"], value, bound, tolerance)
    missed = -ceiling(missed_share(facts, taken) * MISS_SCALE)
    if "floors" in phases:
        ensure(phases["floors"]["value"] == missed, "the floors phase ends at other awards")
        ensure(
            phases["floors"]["tolerance"] <= 2 * floor_tolerance(facts, taken),
            "the tolerance of the floors phase is larger than whole base units cost",
        )
        _check_phase(facts, taken, phases["floors"], scale, "floors")
    else:
        ensure(missed == 0, "floors are missed and nothing proves that they must be")


def _check_phase(facts: Facts, taken: Taken, proof: dict[str, Any], scale: int, phase: str) -> int:
    proved = proved_bound(facts, proof, taken, scale, phase)
    ensure(
        proof["proved"] >= proved,
        f"the {phase} phase states {proof['proved']} as proved, the prices prove {proved}",
    )
    if proof["class"] == "integer-certificate":
        ensure(proof["bound"] >= proved, f"the bound of the {phase} phase is not proved")
    return proved


def _check_gap(stated: str, value: int, bound: int, tolerance: int) -> None:
    open_ = max(0, bound - value - tolerance)
    billionths = -(-open_ * 10**9 // bound) if open_ else 0
    ensure(Fraction(stated) * 10**9 == billionths, f"the gap is {billionths}e-9, not {stated}")


def _what_is_proved(document: dict[str, Any]) -> str:
    if document["certificate"]["class"] == "solver":
        return "the bound is HiGHS's word; the search that would prove it ran out"
    leaves = sum("prices" in node for node in document["certificate"]["phases"]["value"]["nodes"])
    return f"the bound, proved in integers over {leaves} boxes"
