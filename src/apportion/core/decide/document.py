"""The decision as a document of plain values that JSON holds exactly."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction

from apportion.core.decide.carry import Owed
from apportion.core.decide.certificate import PRICE_SCALE, ProofNode
from apportion.core.decide.decision import (
    SHARE,
    Award,
    Counterfactual,
    Decision,
    FloorMet,
    gap_of,
)
from apportion.core.decide.model import Row
from apportion.core.decide.phases import Phase
from apportion.core.decide.reasons import Reason
from apportion.core.decide.snapshot import (
    Document,
    canonical_bytes,
    exact_text,
    snapshot_of,
)
from apportion.core.decide.worth import decimal_text, points_text
from apportion.core.decide.zone_document import ties_document
from apportion.core.faults import InvariantBroken

SCHEMA = "apportion.decision/1"
DRAWN_PHASES = ("value", "walk", "shares")  # whose value is that of the slate that went into a draw
PHASES_DO = {
    "floors": "found the least total of missed floor shares",
    "value": "found the most value at that",
    "welfare": "found the largest sum over areas of ln(1 + points) at that",
    "draw": "exchanged requests of equal worth into the order drawn",
    "walk": "went down the ranking",
    "shares": "let equal shares buy what their holders are for",
}


def document_of(decision: Decision, *, engine_version: str) -> Document:
    """Writes a decision whole: inputs, awards with reasons, floors, value, bound and proof."""
    snapshot = snapshot_of(decision.policy, decision.asks, decision.beliefs)
    decimals = decision.measure.decimals
    document = _ties(decision) | {
        "schema": SCHEMA,
        "engine": {"name": "apportion", "version": engine_version},
        "snapshot": snapshot,
        "snapshot_sha256": hashlib.sha256(canonical_bytes(snapshot)).hexdigest(),
        "objective": decision.objective.value,
        "seed": decision.policy.tie_seed,
        "awards": [
            _award(award) for award in sorted(decision.awards, key=lambda award: award.request)
        ],
        "floors": [_floor(floor) for floor in decision.floors],
        "carried": [_owed(owed) for owed in decision.carried],
        "measure": decision.measure.value,
        "points": points_text(decision.points),
        "value": decimal_text(decision.value, decimals),
        "bound": decimal_text(decision.bound, decimals),
        "gap": gap_text(decision.gap),
        "certificate": _certificate(decision),
        "report": [_phase(phase) for phase in decision.phases],
    }
    return with_digests(document)


def with_digests(document: Document) -> Document:
    """Adds the hash of each part but the snapshot, which has its own: a slip of any byte is found."""
    parts = document.keys() - {"snapshot", "parts_sha256"}
    digests = {part: hashlib.sha256(canonical_bytes(document[part])).hexdigest() for part in parts}
    return document | {"parts_sha256": digests}


def _ties(decision: Decision) -> Document:
    """The section of the tie zone, in decisions that know how sure their scores are."""
    if decision.ties is None:
        return {}
    before: Document = {}
    if decision.ties.is_drawn:
        main = next(phase for phase in decision.phases if phase.name in DRAWN_PHASES)
        before = {
            "value": points_text(main.value),
            "bound": points_text(main.bound),
            "gap": gap_text(gap_of(main.value, main.bound, main.slack)),
        }
    return {"ties": ties_document(decision.ties, before=before)}


def _award(award: Award) -> Document:
    return {
        "request": award.request,
        "outcome": award.outcome.value,
        "fraction": f"{award.taken}/{award.steps}",
        "amounts": dict(award.amounts),
        "value": points_text(award.points),
        "reasons": [_reason(reason) for reason in award.reasons],
        "counterfactuals": [_counterfactual(way) for way in award.counterfactuals],
    }


def _reason(reason: Reason) -> Document:
    return {
        "code": reason.code.name,
        "class": reason.kind,
        "text": reason.text,
        "data": dict(reason.data),
    }


def _counterfactual(way: Counterfactual) -> Document:
    return {
        "lever": way.lever.value,
        "change": dict(way.change),
        "class": way.kind,
        "verified": way.verified,
        "text": way.text,
    }


def _floor(floor: FloorMet) -> Document:
    return {
        "area": floor.area,
        "resource": floor.resource,
        "promised": floor.promised,
        "owed": floor.owed,
        "met": floor.met,
        "shortfall": floor.shortfall,
        "conflict": floor.conflict,
        "conflict_rows": [list(row) for row in floor.conflict_rows],
    }


def _owed(owed: Owed) -> Document:
    return {
        "area": owed.area,
        "resource": owed.resource,
        "before": owed.before,
        "after": owed.after,
    }


def gap_text(gap: Fraction) -> str:
    """Writes a gap with nine decimals, rounded up, so that it never looks smaller than it is."""
    if not gap:
        return "0"
    billionths = -(-gap.numerator * 10**9 // gap.denominator)
    return f"{billionths // 10**9}.{billionths % 10**9:09}"


def _certificate(decision: Decision) -> Document:
    names = [ask.id for ask in decision.asks]
    proofs = {phase.name: _proof(phase, names) for phase in decision.phases if phase.proof}
    return {
        "class": decision.bound_class,
        "tolerance": decimal_text(decision.tolerance, decision.measure.decimals),
        "missed_share": exact_text(decision.missed),
        "price_scale": PRICE_SCALE,
        "phases": proofs,
    }


def _proof(phase: Phase, names: Sequence[str]) -> Document:
    proof = phase.proof
    if proof is None:
        raise InvariantBroken("a phase without a proof is left out of the certificate")
    return {
        "value": phase.value,
        "bound": phase.bound,
        "proved": proof.bound,
        "may_miss": proof.may_miss,
        "tolerance": phase.slack,
        "class": phase.bound_class,
        "rows": [_row(row, names) for row in proof.rows],
        "nodes": [_node(node, names) for node in proof.nodes],
    }


def _row(row: Row, names: Sequence[str]) -> Document:
    """A row as its kind and what it is about; some also say what they bound."""
    held: Document = {"kind": row.kind, "about": list(row.about)}
    if row.kind in {"most", "missed", "keeps"}:
        held["bound"] = row.bound
    if row.kind == "most":
        held["requests"] = [names[i] for i in row.columns]
    if row.within >= 0:
        held["within"] = row.within
    return held


def _node(node: ProofNode, names: Sequence[str]) -> Document:
    if node.request < 0:
        prices = sorted([row, price] for row, price in node.prices.items())
        narrowed = {"then": node.then, "beaten": node.beaten} if node.then >= 0 else {}
        return {"prices": prices} | narrowed
    return {
        "request": names[node.request],
        "at_least": node.at_least,
        "yes": node.yes,
        "no": node.no,
    }


def _phase(phase: Phase) -> Document:
    return {
        "phase": phase.name,
        "did": PHASES_DO.get(phase.name) or _share_phase(phase.name),
        "value": phase.value,
        "bound": phase.bound,
        "relaxations_solved": phase.solves,
    }


def _share_phase(name: str) -> str:
    count = name.removeprefix(SHARE)
    what = "the largest smallest share" if count == "1" else f"the largest sum of {count} smallest"
    return f"found {what} of what areas ask for, at that"
