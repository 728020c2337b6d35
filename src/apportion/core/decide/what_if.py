"""What a slate would be if the board moved something by hand, and what that would cost.

The moved round is decided whole and proved like any other; its price is the value that the slate
before it had beyond it. So an override carries its price wherever the slate goes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.decision import Decision
from apportion.core.decide.document import document_of, with_digests
from apportion.core.decide.overrides import Override, overrides_from, stated, with_overrides
from apportion.core.decide.snapshot import (
    asks_from,
    calibration_from,
    canonical_bytes,
    policy_from,
)
from apportion.core.decide.solve import decide
from apportion.core.decide.ways import WaysIn
from apportion.core.decide.worth import decimal_text
from apportion.core.decide.zone import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A moved round decided, as its document, and what it changes."""

    decision: Decision
    document: dict[str, Any]
    comparison: Comparison


def what_if(
    before: Mapping[str, Any],
    overrides: Sequence[Override],
    *,
    engine_version: str,
    ways_in: WaysIn = WaysIn.ESTIMATE,
    with_odds: bool = False,
) -> WhatIf:
    """Decides the round of a decision document again with something moved by hand.

    Odds and the tie zone are found anew where they are asked for, or where lots were drawn before.
    Raises: BadInput where an override is about nothing that there is, or has no reason.
    """
    snapshot = before["snapshot"]
    policy, asks = with_overrides(policy_from(snapshot), asks_from(snapshot), overrides)
    drawn = (before.get("ties") or {}).get("settlement") == Settlement.DRAWN
    calibration = calibration_from(snapshot) if with_odds or drawn else None
    decision = decide(policy=policy, asks=asks, ways_in=ways_in, calibration=calibration)
    document = document_of(decision, engine_version=engine_version)
    comparison = compare(before, document)
    earlier = overrides_from(before.get("overrides", ()))
    document |= {
        "overrides": stated((*earlier, *overrides)),
        "parent_sha256": hashlib.sha256(canonical_bytes(before)).hexdigest(),
        "price_of_override": _decimal(comparison.lost, decision.measure.decimals),
    }
    document = with_digests(document)
    return WhatIf(decision=decision, document=document, comparison=comparison)


def _decimal(lost: Fraction | None, decimals: int) -> str | None:
    """Writes a difference of two values, which have so many decimals themselves, exactly."""
    if lost is None:
        return None
    sign = "-" if lost < 0 else ""
    return sign + decimal_text(int(abs(lost) * 10**decimals), decimals)
