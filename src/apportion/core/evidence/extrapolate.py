"""Claims about a larger size: the law's prediction, with an interval that was tried on the pilot itself.

A bootstrap of the fit is far too sure of itself: at nominal 90 % it covered 22 to 70 % of larger
runs. Here the pilot is cut at seven earlier sizes, the law refitted on each part and judged on the
runs beyond it; the errors seen there, grown with the distance, are the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, log10

import numpy as np

from apportion.core.evidence.claim import Claim, EvidencePolicy, Run
from apportion.core.evidence.problems import NotEstimable, Problem, ProblemCode
from apportion.core.evidence.scaling import (
    PARAMETERS_PER_SIZE,
    Law,
    Numbers,
    fit_law,
    quantile,
)

CUTS = (0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)  # quantiles of compute at which it is cut
COVERED = 0.9
FEWEST_CUTS = 4  # refits that must succeed, or the backtest says nothing
FLOP_PER_PARAMETER_TOKEN = 6
SIZES = ("params", "tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """How far refits on the smaller runs were off on the larger ones.

    Units: errors of log loss; `per_distance` for each e-fold of compute beyond the refit's runs.
    """

    nearest: float
    per_distance: float
    cuts: int  # refits it rests on

    def half_width(self, reach: float) -> float:
        """Gives the half-width of log loss that covers 90 % at this many times the compute."""
        return max(self.per_distance * log(max(reach, 1.0)), self.nearest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a law says of a larger run, and how far it was off on the pilot's own larger runs.

    Units: loss in the metric's units; half_width relative; reach in times the pilot's compute.
    """

    law: Law
    loss: float
    low: float
    high: float
    half_width: float
    reach: float
    cuts: int  # refits that the interval rests on


def forecast(claim: Claim, runs: Sequence[Run], policy: EvidencePolicy) -> Forecast:
    """Foretells the loss at the claim's target.

    Raises: NotEstimable with RECIPE_CHANGED, SCALE_SPAN_TOO_SMALL, EXTRAPOLATION_TOO_FAR,
    BACKTEST_FAILED or PILOT_TOO_SMALL.
    """
    names = _size_names(runs)
    sizes = np.array([[run.sizes[name] for name in names] for run in runs], dtype=float)
    losses = np.array([run.value for run in runs], dtype=float)
    refused = _recipe(runs) + _span(sizes, policy)
    missing = [name for name in names if claim.target.get(name, 0) <= 0]
    if missing:
        refused.append(
            Problem(
                code=ProblemCode.PILOT_TOO_SMALL,
                field="target",
                text=f"the claim's target has no {missing[0]}",
                remedy="State the size to extrapolate to in every size that the pilot varied",
            )
        )
    if refused:
        raise NotEstimable(tuple(refused))
    target = np.array([[claim.target[name] for name in names]])
    reach = float(compute_of(target)[0] / compute_of(sizes).max())
    if reach > policy.farthest:
        raise NotEstimable((_too_far(reach, policy),))
    law = fit_law(sizes, losses)
    tried = backtest(sizes, losses, law=law)
    half = tried.half_width(reach)
    loss = float(law.predict(target)[0])
    return Forecast(
        law=law,
        loss=loss,
        low=loss * float(np.exp(-half)),
        high=loss * float(np.exp(half)),
        half_width=half,
        reach=reach,
        cuts=tried.cuts,
    )


def backtest(sizes: Numbers, losses: Numbers, *, law: Law | None = None) -> Backtest:
    """Refits the law on the smaller runs, cut by cut, and collects what it misses on the rest.

    Raises: NotEstimable with BACKTEST_FAILED where too few parts of the pilot can be refitted.
    """
    compute = compute_of(sizes)
    start = law or fit_law(sizes, losses)
    unknowns = 1 + PARAMETERS_PER_SIZE * sizes.shape[1]
    errors: list[float] = []
    per_distance: list[float] = []
    cuts = 0
    for cut in sorted({float(np.quantile(compute, part)) for part in CUTS}):
        inside = compute <= cut
        if inside.sum() <= unknowns or inside.all():
            continue
        refit = fit_law(sizes[inside], losses[inside], start=start)
        missed = np.abs(np.log(refit.predict(sizes[~inside])) - np.log(losses[~inside]))
        distance = np.log(compute[~inside] / compute[inside].max())
        errors += missed.tolist()
        per_distance += (missed / np.maximum(distance, 1e-3))[distance > 0].tolist()
        cuts += 1
    if cuts < FEWEST_CUTS or not np.isfinite(errors).all():
        raise NotEstimable((_backtest_failed(cuts),))
    return Backtest(
        nearest=quantile(errors, COVERED),
        per_distance=quantile(per_distance, COVERED),
        cuts=cuts,
    )


def compute_of(sizes: Numbers) -> Numbers:
    """Measures each run's compute: 6 N D with two sizes, the size itself with one."""
    if sizes.shape[1] == 1:
        return np.asarray(sizes[:, 0])
    return np.asarray(FLOP_PER_PARAMETER_TOKEN * sizes.prod(axis=1))


def _size_names(runs: Sequence[Run]) -> tuple[str, ...]:
    held = set.intersection(*(set(run.sizes) for run in runs)) if runs else set()
    if set(SIZES) <= held:
        return SIZES
    named = tuple(sorted(held))[:1]
    if not named or any(run.sizes[named[0]] <= 0 for run in runs):
        raise NotEstimable(
            (
                Problem(
                    code=ProblemCode.PILOT_TOO_SMALL,
                    field="sizes",
                    text="the pilot's runs do not share a size above zero",
                    remedy="Give params and tokens, or one size such as samples, for every run",
                ),
            )
        )
    return named


def _recipe(runs: Sequence[Run]) -> list[Problem]:
    recipes = sorted({run.recipe for run in runs})
    if len(recipes) <= 1:
        return []
    return [
        Problem(
            code=ProblemCode.RECIPE_CHANGED,
            field="recipe",
            text=f"the runs were trained by {len(recipes)} recipes",
            value=", ".join(recipes[:4]),
            remedy="Leave out the sizes whose recipe differs, or run them again with one recipe: "
            "no interval built from the pilot can see such a change",
        )
    ]


def _span(sizes: Numbers, policy: EvidencePolicy) -> list[Problem]:
    compute = np.unique(compute_of(sizes))
    decades = log10(float(compute[-1] / compute[0])) if len(compute) > 1 else 0.0
    clusters = 1 + sum(b / a > 1.1 for a, b in pairwise(compute.tolist()))
    if clusters >= policy.least_sizes and decades >= policy.least_decades:
        return []
    return [
        Problem(
            code=ProblemCode.SCALE_SPAN_TOO_SMALL,
            field="sizes",
            text=f"{clusters} sizes over {decades:.2f} decades of compute",
            remedy=f"Run at least {policy.least_sizes} sizes over {policy.least_decades} decades",
        )
    ]


def _too_far(reach: float, policy: EvidencePolicy) -> Problem:
    return Problem(
        code=ProblemCode.EXTRAPOLATION_TOO_FAR,
        field="target",
        text=f"the target needs {reach:.4g} times the compute of the largest pilot run",
        remedy=f"Aim at no more than {policy.farthest:g} times, or run a larger pilot",
    )


def _backtest_failed(cuts: int) -> Problem:
    return Problem(
        code=ProblemCode.BACKTEST_FAILED,
        field="sizes",
        text=f"only {cuts} parts of the pilot could foretell the rest",
        remedy="Spread the runs over more sizes, so that smaller ones can be tried on larger ones",
    )
