"""How many runs a comparison needs, given how much the pilot's runs differ by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from apportion.core.evidence.claim import Claim, ClaimKind, EvidencePolicy, Run
from apportion.core.evidence.looks import (
    Design,
    even_looks,
    inflation,
    look_at,
    obrien_fleming,
    outlook,
)
from apportion.core.evidence.power import (
    Comparison,
    detectable_effect,
    detectable_odds,
    fewest_runs,
    fewest_runs_for_odds,
    power,
    power_for_odds,
)
from apportion.core.evidence.problems import NotEstimable, Problem, ProblemCode
from apportion.core.evidence.spread import deviation, pooled, shrunk, upper_limit

ROUNDING = 1e-6  # runs that the search for the inflation may be off by


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Runs of each arm (or pairs) that settle the claim.

    Units: spread and upper in the metric's units, of one run (of differences where paired);
    0 for compare_prob, which needs none.
    """

    spread: float
    upper: float  # what the spread stays under with the claim's assurance
    freedom: int
    plug_in: int  # as if the pilot's spread were the true one, one look
    assured: int  # at the upper limit, all looks included
    expected: float  # spent on average where the declared effect is real, with looks
    inflation: float  # what looks cost in runs
    looks: int  # that these runs have room for

    def power_at(self, claim: Claim, runs: int) -> float:
        """Gives the power of this many runs of each arm, at the upper limit of the spread."""
        fewer = int(runs / self.inflation + ROUNDING)
        if claim.kind is ClaimKind.COMPARE_PROB:
            return power_for_odds(odds=claim.effect, tail=claim.tail, runs=fewer)
        return power(test_of(claim), effect=claim.effect / self.upper, runs=fewer)

    def detectable_at(self, claim: Claim, runs: int) -> float | None:
        """Gives the smallest effect that this many runs find with the wanted power."""
        fewer = int(runs / self.inflation + ROUNDING)
        if claim.kind is ClaimKind.COMPARE_PROB:
            return detectable_odds(runs=fewer, tail=claim.tail, wanted=claim.power)
        found = detectable_effect(test_of(claim), runs=fewer, wanted=claim.power)
        return None if found is None else found * self.upper


def needs_of(claim: Claim, runs: Sequence[Run], policy: EvidencePolicy) -> Needs:
    """Counts the runs a comparison needs.

    Raises: NotEstimable with ZERO_VARIANCE, PILOT_TOO_SMALL or EFFECT_TOO_SMALL.
    """
    design = obrien_fleming(even_looks(claim.looks), claim.tail)
    more = inflation(design, wanted=claim.power)
    if claim.kind is ClaimKind.COMPARE_PROB:
        single = fewest_runs_for_odds(odds=claim.effect, tail=claim.tail, wanted=claim.power)
        return _with_looks(
            claim, policy, design, spread=(0.0, 0.0, 0), single=(single, single), more=more
        )
    spread, freedom = spread_of(claim, runs, policy)
    upper = upper_limit(spread, freedom=freedom, assurance=claim.assurance)
    test = test_of(claim)
    plug_in = fewest_runs(test, effect=claim.effect / spread, wanted=claim.power)
    assured = fewest_runs(test, effect=claim.effect / upper, wanted=claim.power)
    if plug_in is None or assured is None:
        raise NotEstimable((_hopeless(claim, spread),))
    return _with_looks(
        claim, policy, design, spread=(spread, upper, freedom), single=(plug_in, assured), more=more
    )


def test_of(claim: Claim) -> Comparison:
    """The test by which the claim is judged."""
    return Comparison(tail=claim.tail, paired=claim.paired)


def spread_of(claim: Claim, runs: Sequence[Run], policy: EvidencePolicy) -> tuple[float, int]:
    """Measures how much runs (or pairs) differ by chance, drawn towards the metric's history.

    Raises: NotEstimable with ZERO_VARIANCE or PILOT_TOO_SMALL.
    """
    if claim.paired:
        groups = [differences(claim, runs)]
        if len(groups[0]) < policy.least_pilot_runs:
            raise NotEstimable((_few_pairs(len(groups[0]), policy),))
        spread, freedom = deviation(groups[0]), len(groups[0]) - 1
    else:
        groups = [[run.value for run in runs if run.arm == arm] for arm in claim.arms]
        spread, freedom = pooled(groups)
    largest = max(abs(value) for group in groups for value in group)
    if spread <= 1e-12 * largest:
        raise NotEstimable((no_variance(claim),))
    return shrunk(
        spread, freedom=freedom, history=policy.history_spread, weight=policy.history_weight
    )


def differences(claim: Claim, runs: Sequence[Run]) -> list[float]:
    """Subtracts the arms seed by seed, A less B, for the seeds that both have."""
    first, second = ({r.seed: r.value for r in runs if r.arm == arm} for arm in claim.arms)
    return [first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())]


def _with_looks(
    claim: Claim,
    policy: EvidencePolicy,
    design: Design,
    *,
    spread: tuple[float, float, int],
    single: tuple[int, int],
    more: float,
) -> Needs:
    plug_in = max(policy.least_seeds, single[0])
    needed = ceil(single[1] * more - ROUNDING)
    assured = max(policy.least_seeds, needed, claim.looks + 1)
    reached = Needs(
        spread=spread[0],
        upper=spread[1],
        freedom=spread[2],
        plug_in=plug_in,
        assured=assured,
        expected=float(assured),
        inflation=more,
        looks=claim.looks,
    )
    drift = _drift(claim, reached)
    return Needs(
        spread=reached.spread,
        upper=reached.upper,
        freedom=reached.freedom,
        plug_in=plug_in,
        assured=assured,
        expected=_expected(design, runs=assured, drift=drift),
        inflation=more,
        looks=claim.looks,
    )


def _expected(design: Design, *, runs: int, drift: float) -> float:
    """Runs spent on average: whole runs at each look, and all of them where none ends it."""
    stops = outlook(design, drift=drift).stops
    counts = look_at(design, runs)
    spent = sum(stop * count for stop, count in zip(stops, counts, strict=True))
    return spent + (1 - sum(stops)) * runs


def _drift(claim: Claim, needs: Needs) -> float:
    """The expected z at the whole, were the declared effect real and the spread as measured."""
    if claim.kind is ClaimKind.COMPARE_PROB:
        return float((6 * needs.assured) ** 0.5 * (claim.effect - 0.5))
    return test_of(claim).drift(claim.effect / needs.spread, needs.assured)


def no_variance(claim: Claim) -> Problem:
    """Says that chance cannot be told from effect."""
    return Problem(
        code=ProblemCode.ZERO_VARIANCE,
        field=claim.metric,
        text="all runs gave the same value, so that chance cannot be told from effect",
        remedy="Check that seeds differ and that the metric is not rounded away",
    )


def _few_pairs(count: int, policy: EvidencePolicy) -> Problem:
    return Problem(
        code=ProblemCode.PILOT_TOO_SMALL,
        field="seed",
        text=f"{count} seeds stand in both arms",
        remedy=f"Run at least {policy.least_pilot_runs} seeds with both arms, or compare unpaired",
    )


def _hopeless(claim: Claim, spread: float) -> Problem:
    return Problem(
        code=ProblemCode.EFFECT_TOO_SMALL,
        field="effect",
        text=f"millions of runs would not show it: runs differ by {spread:.3g} {claim.unit}",
        value=f"{claim.effect:g}",
        remedy="Look for a larger effect, a steadier metric, or pair the arms by seed",
    )
