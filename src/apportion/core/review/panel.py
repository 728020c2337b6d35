"""What a chair should look at: opinions far from what the others lead one to expect."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from apportion.core.review.calibration import MICRO, Calibration, Mark

FAR = 2.0  # standard deviations of the noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """One opinion that the model did not expect. Units: millionths of a point."""

    request: str
    reviewer: str
    score: int
    expected: int
    deviations: float


def find_outliers(marks: Iterable[Mark], calibration: Calibration) -> tuple[Outlier, ...]:
    """Lists opinions further from their expectation than noise explains, the furthest first.

    What is expected is the request's own score, drawn towards the others, and how far above them
    this reviewer scores. Nothing is listed where the model could not be estimated.
    """
    noise = calibration.variance("noise") if calibration.beliefs else None
    if not noise:
        return ()
    own = {belief.request: belief.mean for belief in calibration.beliefs}
    above = {one.reviewer: one.above or 0 for one in calibration.severities}
    spread = math.sqrt(noise)
    found = []
    for mark in marks:
        expected = own[mark.request] + above.get(mark.reviewer, 0)
        score = round(mark.score * MICRO)
        # Variances are in millionths of a squared point, scores in millionths of a point.
        deviations = (score - expected) / (spread * math.sqrt(MICRO))
        if abs(deviations) > FAR:
            found.append(
                Outlier(
                    request=mark.request,
                    reviewer=mark.reviewer,
                    score=score,
                    expected=expected,
                    deviations=round(deviations, 2),
                )
            )
    return tuple(sorted(found, key=lambda o: (-abs(o.deviations), o.request, o.reviewer)))


def spread_of(scores: Iterable[Fraction]) -> Fraction | None:
    """Gives the distance between the highest and the lowest opinion; None where there is but one."""
    held = tuple(scores)
    return max(held) - min(held) if len(held) > 1 else None
