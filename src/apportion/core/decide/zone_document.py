"""The odds, the tie zone and the draw as plain values of a decision file."""

from collections.abc import Iterable
from typing import Any

from apportion.core.decide.worth import decimal_text, points_text
from apportion.core.decide.zone import Chance, Lot, Ties
from apportion.core.policy import TieRule
from apportion.core.review.calibration import Belief

Document = dict[str, Any]
GAP_DECIMALS = 9


def ties_document(ties: Ties, *, before: Document) -> Document:
    """Writes what became of the tie zone; `before` is value, bound and gap without the draw."""
    odds = ties.odds
    return {
        "why_not": ties.why_not,
        "settlement": ties.settlement.value,
        "draws": odds.draws if odds else 0,
        "unsettled": odds.unsettled if odds else 0,
        "worst_gap": decimal_text(odds.worst_gap if odds else 0, GAP_DECIMALS),
        "median_gap": decimal_text(odds.median_gap if odds else 0, GAP_DECIMALS),
        "chances": [
            _chance(chance) for chance in sorted(ties.chances, key=lambda held: held.request)
        ],
        "lots": [_lot(lot) for lot in ties.lots],
        "kept": dict(ties.kept),
        "moved": [_lot(lot) for lot in sorted(ties.moved, key=lambda held: held.request)],
        "before": before,
    }


def rule_document(rule: TieRule) -> Document:
    """Writes the policy's rule for the tie zone."""
    return {
        "low": str(rule.low),
        "high": str(rule.high),
        "by": rule.by.value if rule.by else None,
        "draws": rule.draws,
        "allow_uncommitted": rule.allow_uncommitted,
    }


def beliefs_document(beliefs: Iterable[Belief]) -> list[Document]:
    """Writes what opinions say of each score, in millionths of a point; nobody's own score."""
    return [
        {
            "request": belief.request,
            "opinions": belief.opinions,
            "average": belief.average,
            "mean": belief.mean,
            "sd": belief.sd,
        }
        for belief in sorted(beliefs, key=lambda held: held.request)
    ]


def _chance(chance: Chance) -> Document:
    return {
        "request": chance.request,
        "funded": chance.funded,
        "mean": points_text(chance.mean),
        "low": points_text(chance.low),
        "high": points_text(chance.high),
        "line": None if chance.line is None else points_text(chance.line),
        "in_zone": chance.in_zone,
    }


def _lot(lot: Lot) -> Document:
    return {
        "request": lot.request,
        "before": f"{lot.before}/{lot.steps}",
        "after": f"{lot.after}/{lot.steps}",
    }
