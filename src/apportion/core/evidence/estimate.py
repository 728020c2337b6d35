"""How many credits would settle the claim, and what other amounts can still show.

Planning takes the spread from the pilot, never its observed effect: planned on the effect it
happened to show, eighty in a hundred becomes thirty-four to forty-four.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from apportion import __version__
from apportion.core.evidence.checks import (
    check_claim,
    check_prices,
    check_registration,
    check_runs,
    check_sizes,
)
from apportion.core.evidence.claim import (
    Claim,
    ClaimKind,
    EvidencePolicy,
    Offer,
    Registration,
    Run,
)
from apportion.core.evidence.costs import Prices, RunCost, price_runs
from apportion.core.evidence.extrapolate import Forecast, forecast
from apportion.core.evidence.needs import Needs, needs_of
from apportion.core.evidence.problems import NotEstimable, Problem, ProblemCode
from apportion.core.evidence.words import assumptions_of, warnings_of

CURVE_POINTS = 40
CURVE_BEYOND = 1.5  # of the larger of what is asked and what is needed


class Verdict(StrEnum):
    """What the office says of the amount on offer."""

    SUFFICIENT = "sufficient"
    UNDERPOWERED = "underpowered"
    PILOT_NEEDED = "pilot_needed"
    NOT_ESTIMABLE = "not_estimable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an amount can show.

    Units: microcredits; runs in each arm; detectable in units of the metric (P(A > B) for
    compare_prob), None where these runs show nothing at any effect.
    """

    name: str
    microcredits: int
    runs: int
    power: float
    predictive: float  # chance that a positive finding is true, at the policy's prior
    detectable: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The answer. Without runs, or where nothing can be said, `problems` says why.

    Units: credits in microcredits.
    """

    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    needs: Needs | None = None
    forecast: Forecast | None = None
    cost: RunCost | None = None
    low: int | None = None  # plug-in runs, each as cheap as the cheapest seen
    credits: int | None = None  # what settles the claim: assured runs at the mean cost
    high: int | None = None  # assured runs, each as dear as the dearest seen
    expected: int | None = None  # what is spent on average where the claim is true
    shown: tuple[Shown, ...] = ()
    curve: tuple[Shown, ...] = ()
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    inputs_sha256: str = ""
    version: str = __version__


def estimate(
    claim: Claim,
    pilot: Sequence[Run],
    prices: Prices,
    policy: EvidencePolicy,
    *,
    offer: Offer,
    registered: Registration | None = None,
) -> Estimate:
    """Estimates how much compute settles a claim.

    Never raises for what the pilot lacks: the verdict and the problems say it, and then there are
    no numbers.
    """
    about = Estimate(
        verdict=Verdict.NOT_ESTIMABLE,
        jobs=tuple(run.job for run in pilot),
        inputs_sha256=_inputs_hash(claim, pilot, prices, policy, offer),
    )
    try:
        _check(claim, pilot, prices, policy, offer=offer, registered=registered)
        cost = price_runs(claim, pilot, prices, policy, at=offer.starts_at)
        if claim.kind is ClaimKind.EXTRAPOLATE:
            return _extrapolated(about, claim, pilot, policy, cost)
        needs = needs_of(claim, pilot, policy)
    except NotEstimable as refused:
        only_small = all(p.code is ProblemCode.PILOT_TOO_SMALL for p in refused.problems)
        verdict = Verdict.PILOT_NEEDED if only_small else Verdict.NOT_ESTIMABLE
        return replace(about, verdict=verdict, problems=refused.problems)
    wanted = cost.credits(needs.assured)
    shown = tuple(_shown(name, amount, claim, needs, cost, policy) for name, amount in offer.named)
    enough = offer.judged is None or offer.judged >= wanted
    return replace(
        about,
        verdict=Verdict.SUFFICIENT if enough else Verdict.UNDERPOWERED,
        needs=needs,
        cost=cost,
        low=cost.credits(needs.plug_in, cost=cost.low),
        credits=wanted,
        high=cost.credits(needs.assured, cost=cost.high),
        expected=cost.credits(round(needs.expected)),
        shown=shown,
        curve=_curve(claim, needs, cost, policy, most=max([wanted, *dict(offer.named).values()])),
        assumptions=assumptions_of(claim, policy, needs),
        warnings=warnings_of(claim, pilot, policy, needs, needed=wanted, ask=offer.ask),
    )


def _check(
    claim: Claim,
    pilot: Sequence[Run],
    prices: Prices,
    policy: EvidencePolicy,
    *,
    offer: Offer,
    registered: Registration | None,
) -> None:
    found = check_claim(claim) + check_prices(prices, offer)
    found += check_runs(claim, pilot) + check_registration(claim, pilot, registered)
    if claim.kind is not ClaimKind.EXTRAPOLATE:
        found += check_sizes(claim, pilot, policy)
    if found:
        raise NotEstimable(tuple(found))


def _shown(
    name: str, amount: int, claim: Claim, needs: Needs, cost: RunCost, policy: EvidencePolicy
) -> Shown:
    runs = cost.runs(amount)
    reached = needs.power_at(claim, runs)
    right, wrong = policy.prior * reached, (1 - policy.prior) * claim.tail
    return Shown(
        name=name,
        microcredits=amount,
        runs=runs,
        power=reached,
        predictive=right / (right + wrong),
        detectable=needs.detectable_at(claim, runs),
    )


def _curve(
    claim: Claim, needs: Needs, cost: RunCost, policy: EvidencePolicy, *, most: int
) -> tuple[Shown, ...]:
    """What amounts from nothing to well beyond the need can show, for the picture."""
    ends = int(most * CURVE_BEYOND)
    amounts = sorted({ends * step // CURVE_POINTS for step in range(1, CURVE_POINTS + 1)})
    return tuple(_shown("", amount, claim, needs, cost, policy) for amount in amounts)


def _extrapolated(
    about: Estimate, claim: Claim, pilot: Sequence[Run], policy: EvidencePolicy, cost: RunCost
) -> Estimate:
    """Whether the pilot's law already settles the claim, or a larger pilot is needed."""
    found = forecast(claim, pilot, policy)
    settled = found.half_width <= claim.effect
    text = (
        f"The law foretells {claim.metric} {found.loss:.4g} at {found.reach:.3g} times the "
        f"compute, within {100 * found.half_width:.2g} %"
    )
    warnings = () if settled else (f"{text}; {100 * claim.effect:.2g} % is asked for: run larger",)
    return replace(
        about,
        verdict=Verdict.SUFFICIENT if settled else Verdict.UNDERPOWERED,
        forecast=found,
        cost=cost,
        assumptions=(
            text + ".",
            f"The interval is what {found.cuts} refits on the smaller runs missed on the larger.",
            "The recipe is the same at every size, up to the target's.",
        ),
        warnings=warnings,
    )


def _inputs_hash(*inputs: object) -> str:
    return hashlib.sha256("\n".join(map(repr, inputs)).encode()).hexdigest()
