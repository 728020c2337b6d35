"""What must hold before there is a number: each check lists the problems it found."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from apportion.core.evidence.claim import (
    Claim,
    ClaimKind,
    EvidencePolicy,
    Offer,
    Registration,
    Run,
)
from apportion.core.evidence.costs import Prices
from apportion.core.evidence.problems import Problem
from apportion.core.evidence.problems import ProblemCode as Code

COIN = 0.5  # P(A > B) of two arms that do not differ
ARMS = 2


def check_claim(claim: Claim) -> list[Problem]:
    """Checks the declared effect against what the metric can show."""
    if not isfinite(claim.effect) or claim.effect <= 0:
        return [
            Problem(
                code=Code.DELTA_NOT_POSITIVE,
                field="effect",
                text="the smallest effect of interest must be above zero",
                value=f"{claim.effect:g}",
                remedy=f"State it in {claim.unit or 'units of the metric'}: the least that would "
                "change what anybody does",
            )
        ]
    if claim.kind is ClaimKind.COMPARE_PROB:
        low, high = COIN, 1.0
        inside = low < claim.effect <= high
    elif claim.metric_range is not None and claim.kind is not ClaimKind.EXTRAPOLATE:
        low, high = 0.0, claim.metric_range[1] - claim.metric_range[0]
        inside = claim.effect <= high
    else:
        return []
    if inside:
        return []
    return [
        Problem(
            code=Code.DELTA_OUT_OF_RANGE,
            field="effect",
            text=f"no result can show it: it must lie above {low:g} and up to {high:g}",
            value=f"{claim.effect:g}",
            remedy="Correct the effect, or the metric's range",
        )
    ]


def check_runs(claim: Claim, runs: Sequence[Run]) -> list[Problem]:
    """Checks that the runs are metered, finite, in one unit and none of them twice."""
    return [
        *_values(claim, runs),
        *_metered(runs),
        *_repeated(claim, runs),
    ]


def check_sizes(claim: Claim, runs: Sequence[Run], policy: EvidencePolicy) -> list[Problem]:
    """Checks that each arm has runs enough to tell how much they differ by chance."""
    found = []
    if len(claim.arms) != ARMS:
        return [
            Problem(
                code=Code.PILOT_TOO_SMALL,
                field="arms",
                text="a comparison has two arms",
                value=", ".join(claim.arms),
                remedy="Name the new arm and the one it is compared with",
            )
        ]
    for arm in claim.arms:
        count = sum(run.arm == arm for run in runs)
        if count < policy.least_pilot_runs:
            found.append(
                Problem(
                    code=Code.PILOT_TOO_SMALL,
                    field=f"arm {arm}",
                    text=f"{count} runs do not tell how much runs differ by chance",
                    remedy=f"Run at least {policy.least_pilot_runs}, better "
                    f"{policy.least_seeds}, seeds of this arm",
                )
            )
    return found


def check_registration(
    claim: Claim, runs: Sequence[Run], registered: Registration | None
) -> list[Problem]:
    """Compares what was fixed at pilot approval with what came back."""
    if registered is None:
        return []
    found = []
    if registered.metric != claim.metric or registered.effect != claim.effect:
        found.append(
            Problem(
                code=Code.CLAIM_CHANGED,
                field="effect" if registered.metric == claim.metric else "metric",
                text=f"the pilot was approved for {registered.metric}, {registered.effect:g}",
                value=f"{claim.metric}, {claim.effect:g}",
                remedy="Keep to it, or ask the reviewers to approve the change with its reason",
            )
        )
    for arm in claim.arms:
        seeds = {run.seed for run in runs if run.arm == arm}
        missing, extra = set(registered.seeds) - seeds, seeds - set(registered.seeds)
        if missing or extra:
            found.append(
                Problem(
                    code=Code.SEEDS_PICKED,
                    field=f"arm {arm}",
                    text="the seeds are not the registered ones",
                    value=_listed(sorted(seeds)),
                    remedy=f"Report every registered seed and no other: {_listed(registered.seeds)}",
                )
            )
    return found


def check_prices(prices: Prices, offer: Offer) -> list[Problem]:
    """Checks that the prices hold for as long as the grant would be spent."""
    if prices.until is None or prices.until >= offer.ends_at:
        return []
    return [
        Problem(
            code=Code.PRICE_EXPIRED,
            field="prices",
            text="the prices end before the grant does",
            value=prices.until.isoformat(),
            remedy=f"Add prices up to {offer.ends_at.isoformat()}",
        )
    ]


def _values(claim: Claim, runs: Sequence[Run]) -> list[Problem]:
    found = [
        Problem(
            code=Code.METRIC_NOT_FINITE,
            field=f"job {run.job}",
            text=f"{claim.metric} is not a number",
            value=f"{run.value}",
            remedy="Report the failed run as what it is: leave it out of every arm by a "
            "rule stated beforehand, or run it again",
        )
        for run in runs
        if not isfinite(run.value)
    ]
    units = sorted({run.unit for run in runs} | {claim.unit})
    if len(units) > 1:
        found.append(
            Problem(
                code=Code.UNITS_MISMATCH,
                field="unit",
                text="claim and runs are in different units",
                value=", ".join(unit or "(none)" for unit in units),
                remedy=f"Give every run in {claim.unit or 'one unit'}",
            )
        )
    return found


def _metered(runs: Sequence[Run]) -> list[Problem]:
    missing = [run.job for run in runs if not run.used or not any(run.used.values())]
    if not missing:
        return []
    return [
        Problem(
            code=Code.UNMETERED_PILOT,
            field="job",
            text=f"{len(missing)} of the pilot's jobs are not in the meter, or used nothing",
            value=_listed(missing),
            remedy="Give the job ids as the scheduler accounts them; costs are metered, never typed",
        )
    ]


def _repeated(claim: Claim, runs: Sequence[Run]) -> list[Problem]:
    keys: list[tuple[str, Counter[str]]] = [
        ("job", Counter(run.job for run in runs)),
        ("evidence", Counter(run.evidence for run in runs if run.evidence)),
    ]
    if claim.kind is not ClaimKind.EXTRAPOLATE:
        keys.append(("seed", Counter(f"{run.arm}, seed {run.seed}" for run in runs)))
    found = []
    for name, counts in keys:
        twice = [key for key, count in counts.items() if count > 1]
        if twice:
            found.append(
                Problem(
                    code=Code.PILOT_REPEATED,
                    field=name,
                    text=f"{len(twice)} stand more than once",
                    value=_listed(twice),
                    remedy="Count every run once: a copy shows nothing new about chance",
                )
            )
    return found


def _listed(values: Sequence[object], most: int = 5) -> str:
    shown = ", ".join(str(value) for value in values[:most])
    return f"{shown}, ..." if len(values) > most else shown
