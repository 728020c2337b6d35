"""Checks a decision file from its first byte to its last claim; the first fault ends it."""

import hashlib
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from apportion.core.verify.awards import Taken, check_awards, missed_share
from apportion.core.verify.facts import Facts, ensure, facts_of
from apportion.core.verify.goals import DECIMALS, Goal, goals_of, measure_of
from apportion.core.verify.grounds import check_grounds
from apportion.core.verify.lots import before_draw, check_seed
from apportion.core.verify.proof import floor_goal, proved_bound
from apportion.core.verify.ranking import check_draw, check_walk
from apportion.core.verify.shares import check_shares
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
    ensure(
        document["measure"] == measure_of(facts), f"a value in {document['measure']} is not ours"
    )
    sealed = check_seed(facts.policy)
    taken = check_awards(facts, document)
    tell(f"{len(taken)} awards within every limit and link")
    before, engine = before_draw(facts, document, taken, sealed=sealed)
    if engine is not document:
        tell(f"{len(document['ties']['lots'])} lots in the order of the seed, and what they gave")
    ensure(
        Fraction(document["certificate"]["missed_share"]) == missed_share(facts, before),
        "the missed share of the floors is not what the awards give",
    )
    walk, bought = None, None
    if facts.has_bound:
        _check_bound(facts, before, engine)
        check_draw(facts, before)
        tell(_what_is_proved(document))
    else:
        ensure(document["bound"] == document["value"], "a walk has no bound but its value")
        ensure(document["gap"] == "0", "a walk has no gap")
        if facts.is_walk:
            walk = check_walk(facts, before)
            tell("the walk down the ranking gives these awards")
        else:
            bought = check_shares(facts, before, document["snapshot"])
            tell("equal shares buy these awards")
    check_grounds(facts, taken, document, walk=walk, bought=bought)
    tell("reasons and ways in")
    _check_parts(document)


def _check_snapshot(document: dict[str, Any]) -> None:
    ensure(
        document["snapshot_sha256"] == _digest(document["snapshot"]),
        "the snapshot is not the one that was hashed",
    )


def _check_parts(document: dict[str, Any]) -> None:
    """What holds may still not be what was written: a word of a reason, a price that changes nothing."""
    parts = set(document) - {"snapshot", "parts_sha256"}
    for part in sorted(parts | set(document["parts_sha256"])):
        ensure(
            part in parts and document["parts_sha256"].get(part) == _digest(document[part]),
            f"{part}: not what was hashed when the file was written",
        )


def _digest(part: object) -> str:
    spelled = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode() + b"\n").hexdigest()


def _check_bound(facts: Facts, taken: Taken, document: dict[str, Any]) -> None:
    """Recomputes what each phase reached, the proofs, and the gap that follows from them."""
    certificate = document["certificate"]
    phases, scale = certificate["phases"], certificate["price_scale"]
    ensure(isinstance(scale, int) and scale > 0, "the price scale is not a positive integer")
    goals = goals_of(facts, taken, phases)
    for goal in goals:
        _check_phase(facts, taken, phases, scale, goal)
        if phases[goal.phase]["class"] != "integer-certificate":
            ensure(certificate["class"] == "solver", "the bound is not proved, only claimed")
    ensure(
        certificate["class"] in {"integer-certificate", "solver"},
        "the class of the certificate is not known",
    )
    main, unit = phases[goals[0].phase], 10 ** DECIMALS[measure_of(facts)]
    for stated, held in (("value", document), ("bound", document), ("tolerance", certificate)):
        ensure(
            Fraction(held[stated]) * unit == main[stated],
            f"the {stated} is {held[stated]}, its phase says {main[stated]}",
        )
    _check_gap(document["gap"], [phases[goal.phase] for goal in goals])
    missed = missed_share(facts, taken)
    if "floors" in phases:
        _check_phase(facts, taken, phases, scale, floor_goal(facts, taken))
    else:
        ensure(missed == 0, "floors are missed and nothing proves that they must be")


def _check_phase(
    facts: Facts, taken: Taken, phases: dict[str, Any], scale: int, goal: Goal
) -> None:
    """One phase: it ends at these awards, its tolerance is explained, its prices prove its bound."""
    name, proof = goal.phase, phases[goal.phase]
    ensure(proof["value"] == goal.score, f"the {name} phase ends at other awards")
    ensure(proof["bound"] >= goal.score, f"the bound of the {name} phase lies below its value")
    ensure(
        proof["tolerance"] <= 2 * goal.tolerance,
        f"the tolerance of the {name} phase is larger than whole base units cost",
    )
    proved = proved_bound(facts, proof, taken, scale, goal)
    ensure(
        proof["proved"] >= proved,
        f"the {name} phase states {proof['proved']} as proved, the prices prove {proved}",
    )
    if proof["class"] == "integer-certificate":
        ensure(proof["bound"] >= proved, f"the bound of the {name} phase is not proved")


def _check_gap(stated: str, phases: list[dict[str, Any]]) -> None:
    """The gap is the largest of what the phases leave open, relative to their bounds."""
    gaps = [
        (open_, phase["bound"])
        for phase in phases
        if (open_ := phase["bound"] - phase["value"] - phase["tolerance"]) > 0
    ]
    billionths = max((-(-open_ * 10**9 // bound) for open_, bound in gaps), default=0)
    ensure(Fraction(stated) * 10**9 == billionths, f"the gap is {billionths}e-9, not {stated}")


def _what_is_proved(document: dict[str, Any]) -> str:
    if document["certificate"]["class"] == "solver":
        return "the bound is HiGHS's word; the search that would prove it ran out"
    phases = document["certificate"]["phases"].values()
    leaves = sum("prices" in node for phase in phases for node in phase["nodes"])
    return f"the bound, proved in integers over {leaves} boxes"
