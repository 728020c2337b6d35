"""What the runs so far say at a look: shown, pointless to go on, go on, or the end of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import scipy

from apportion.core.evidence.claim import Claim, ClaimKind, Run
from apportion.core.evidence.looks import (
    confidence_sequence,
    design_at,
    is_futile,
)
from apportion.core.evidence.needs import differences, no_variance
from apportion.core.evidence.power import LEAST_RUNS
from apportion.core.evidence.problems import NotEstimable, Problem, ProblemCode
from apportion.core.evidence.spread import deviation, mean, pooled

COIN = 0.5  # P(A > B) of arms that do not differ
NORMAL = 10**9  # degrees of freedom at which t is the normal distribution
SMALLEST = 1e-300  # tail beyond which z has no more digits


class Ending(StrEnum):
    """How an experiment stands after a look."""

    GO_ON = "go_on"
    VALIDATED = "validated"
    REFUTED = "refuted"  # effects worth having are excluded
    INCONCLUSIVE = "inconclusive"
    STOPPED_EARLY = "stopped_early"  # the declared effect would hardly be found any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look. Units: difference, low and high in the metric's units, in the claimed direction."""

    look: int  # from 0
    runs: int  # of each arm, or pairs
    difference: float
    low: float  # holds however often one looks
    high: float
    z: float
    boundary: float
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Units: difference and error in the metric's units, in the claimed direction."""

    runs: int
    difference: float
    error: float
    freedom: int
    wanted: float  # the declared effect, as a difference


def conclude(claim: Claim, runs: Sequence[Run], *, looks: Sequence[int], look: int) -> Look:
    """Judges the claim on the runs so far.

    Shape: `looks` holds the planned runs of each arm at every look, rising.

    Raises: NotEstimable where an arm has fewer than two runs or none of them differs.
    """
    seen = _measure(claim, runs)
    tested = seen.difference + (seen.wanted if claim.kind is ClaimKind.NO_WORSE else 0.0)
    z = _normal_of(tested / seen.error, seen.freedom)
    design = design_at(tuple(looks), claim.tail)
    spread = seen.error * sqrt(seen.runs)
    low, high = confidence_sequence(
        difference=seen.difference, spread=spread, runs=seen.runs, alpha=2 * claim.tail
    )
    drift = seen.wanted / (spread / sqrt(looks[-1]))
    if z >= design.boundaries[look]:
        ending = Ending.VALIDATED
    elif look == len(looks) - 1:
        ending = _at_the_end(claim, seen)
    elif _normal_of(_short_of(claim, seen) / seen.error, seen.freedom) >= design.boundaries[look]:
        ending = Ending.REFUTED
    else:
        futile = is_futile(design, look=look, z=z, drift=drift)
        ending = Ending.STOPPED_EARLY if futile else Ending.GO_ON
    return Look(
        look=look,
        runs=seen.runs,
        difference=seen.difference,
        low=low,
        high=high,
        z=z,
        boundary=design.boundaries[look],
        ending=ending,
    )


def _at_the_end(claim: Claim, seen: _Measured) -> Ending:
    """Tells an effect worth having that is excluded from one of which nobody can say."""
    reach = -float(scipy.special.stdtrit(seen.freedom, claim.tail)) * seen.error
    return Ending.REFUTED if reach < _short_of(claim, seen) else Ending.INCONCLUSIVE


def _short_of(claim: Claim, seen: _Measured) -> float:
    """Measures by how much an effect worth having is missed."""
    worth_having = 0.0 if claim.kind is ClaimKind.NO_WORSE else seen.wanted
    return worth_having - seen.difference


def _normal_of(t: float, freedom: int) -> float:
    """Turns t into the z of the same upper tail, evaluated where the tail keeps its digits."""
    if t < 0:
        return -_normal_of(-t, freedom)
    return -float(scipy.special.ndtri(max(float(scipy.special.stdtr(freedom, -t)), SMALLEST)))


def _measure(claim: Claim, runs: Sequence[Run]) -> _Measured:
    sign = 1.0 if claim.higher_is_better else -1.0
    if claim.kind is not ClaimKind.COMPARE_PROB and claim.paired:
        return _paired(claim, [sign * value for value in differences(claim, runs)])
    groups = [[sign * run.value for run in runs if run.arm == arm] for arm in claim.arms]
    for arm, group in zip(claim.arms, groups, strict=True):
        _enough(arm, len(group))
    if claim.kind is ClaimKind.COMPARE_PROB:
        return _ranked(claim, groups[0], groups[1])
    spread, freedom = pooled(groups)
    return _measured(
        claim,
        runs=min(map(len, groups)),
        difference=mean(groups[0]) - mean(groups[1]),
        error=spread * sqrt(sum(1 / len(group) for group in groups)),
        freedom=freedom,
    )


def _paired(claim: Claim, each: Sequence[float]) -> _Measured:
    _enough("pairs", len(each))
    return _measured(
        claim,
        runs=len(each),
        difference=mean(each),
        error=deviation(each) / sqrt(len(each)),
        freedom=len(each) - 1,
    )


def _ranked(claim: Claim, first: Sequence[float], second: Sequence[float]) -> _Measured:
    """How often a run of A beats one of B, ties half. Source: Mann and Whitney (1947)."""
    wins = sum((a > b) + (a == b) / 2 for a in first for b in second)
    pairs = len(first) * len(second)
    return _Measured(
        runs=min(len(first), len(second)),
        difference=wins / pairs - COIN,
        error=sqrt((len(first) + len(second) + 1) / (12 * pairs)),
        freedom=NORMAL,
        wanted=claim.effect - COIN,
    )


def _measured(
    claim: Claim, *, runs: int, difference: float, error: float, freedom: int
) -> _Measured:
    if error <= 0:
        raise NotEstimable((no_variance(claim),))
    return _Measured(
        runs=runs, difference=difference, error=error, freedom=freedom, wanted=claim.effect
    )


def _enough(what: str, count: int) -> None:
    if count < LEAST_RUNS:
        problem = Problem(
            code=ProblemCode.PILOT_TOO_SMALL,
            field=what,
            text=f"{count} runs cannot be judged",
            remedy="Wait until each arm has two runs at least",
        )
        raise NotEstimable((problem,))
