"""The answer as a document of plain values, with the record that it was counted on."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from apportion.core.claims.check import Answer, Counted, Share
from apportion.core.claims.claim import Claim, Definition
from apportion.core.claims.words import write_answer

SCHEMA = "apportion.claim/1"


def document_of(claim: Claim, answer: Answer, record: Mapping[str, Any]) -> dict[str, Any]:
    """Writes a tested claim whole: what was said, what was counted, what it came to."""
    return {
        "schema": SCHEMA,
        "claim": {
            "statement": claim.statement,
            "resource": claim.resource,
            "period": claim.period,
            "measure": claim.measure.value,
            "comparison": claim.comparison.value,
            "limit": str(claim.limit),
            "counts": _definition(claim.counts),
            "alternatives": [_definition(one) for one in claim.alternatives],
        },
        "answer": {
            "sentence": write_answer(claim, answer),
            **_counted(answer.main),
            "alternatives": [
                {"name": one.definition.name, **_counted(one)} for one in answer.alternatives
            ],
            "trend": [{"period": span, **_share(share)} for span, share in answer.trend],
            "missing": list(answer.missing),
        },
        "record": dict(record),
    }


def _definition(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.name,
        "areas": list(definition.counted),
        "left_out": list(definition.left_out),
    }


def _counted(counted: Counted) -> dict[str, Any]:
    return {"holds": counted.holds, **_share(counted.share)}


def _share(share: Share | None) -> dict[str, Any]:
    if share is None:
        return dict.fromkeys(("counted", "whole", "unknown", "share", "low", "high"))
    ends: dict[str, Fraction] = {"share": share.value, "low": share.low, "high": share.high}
    return {
        "counted": share.counted,
        "whole": share.whole,
        "unknown": share.unknown,
        **{name: str(end) for name, end in ends.items()},
    }
