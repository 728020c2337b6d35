"""What runs cost: metered work of the pilot's own jobs at dated prices, in whole microcredits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from apportion.core.evidence.claim import Claim, EvidencePolicy, Run
from apportion.core.ids import ResourceCode
from apportion.core.rates import RateCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A rate card and the instant until which it is promised; None: until further notice."""

    card: RateCard
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCost:
    """What one run of each arm costs together. Units: microcredits for a round of arms."""

    low: Fraction
    point: Fraction
    high: Fraction
    fixed: int  # set-up and tuning, however many runs

    def credits(self, runs: int, *, cost: Fraction | None = None) -> int:
        """Prices this many runs of every arm, rounded up to the microcredit."""
        whole = runs * (self.point if cost is None else cost) + self.fixed
        return -(-whole.numerator // whole.denominator)

    def runs(self, microcredits: int) -> int:
        """Counts the runs of every arm that an amount pays for."""
        if microcredits <= self.fixed or self.point <= 0:
            return 0
        return int((microcredits - self.fixed) / self.point)


def price_runs(
    claim: Claim, runs: Sequence[Run], prices: Prices, policy: EvidencePolicy, *, at: datetime
) -> RunCost:
    """Prices one run of each arm from the pilot's metered jobs.

    Low and high are the cheapest and the dearest run seen: few jobs support no finer statement.
    """
    arms = claim.arms or sorted({run.arm for run in runs})
    by_arm = [
        [_price(run.used or {}, prices, at) for run in runs if run.arm == arm] for arm in arms
    ]
    costs = [each for each in by_arm if each]
    point = sum((Fraction(sum(each), len(each)) for each in costs), Fraction(0))
    tuning = policy.tuning_runs * point
    return RunCost(
        low=Fraction(sum(min(each) for each in costs)),
        point=point,
        high=Fraction(sum(max(each) for each in costs)),
        fixed=_price(policy.setup, prices, at) + -(-tuning.numerator // tuning.denominator),
    )


def _price(used: Mapping[ResourceCode, int], prices: Prices, at: datetime) -> int:
    return sum(prices.card.price(code, amount, at) for code, amount in used.items())
