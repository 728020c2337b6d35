"""What is claimed, what the pilot measured, and what the office's rules say about both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from apportion.core.ids import ResourceCode


class ClaimKind(StrEnum):
    """What sort of statement the experiment is to settle."""

    COMPARE_MEANS = "compare_means"  # arm A's mean beats arm B's by an effect worth having
    COMPARE_PROB = "compare_prob"  # a run of A beats a run of B with this probability
    NO_WORSE = "no_worse"  # A is not worse than B by more than a margin
    EXTRAPOLATE = "extrapolate"  # a law fitted at small sizes foretells the loss at a large one


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim with the smallest effect of interest, declared before the pilot was seen.

    Units: effect in units of the metric; for compare_prob P(A > B); for extrapolate the relative
    error of the predicted loss that would still settle it.
    """

    kind: ClaimKind
    metric: str
    unit: str
    effect: float
    arms: tuple[str, ...] = ()  # A, B: the new one first
    higher_is_better: bool = True
    metric_range: tuple[float, float] | None = None  # what values the metric can take
    alpha: float = 0.05
    sides: int = 2
    power: float = 0.8
    assurance: float = 0.8  # how sure the number of runs should be, given the pilot's spread
    paired: bool = False  # runs of both arms share a seed, and are compared seed by seed
    comparisons: int = 1  # claims judged together, after Holm
    looks: int = 3
    target: Mapping[str, float] = field(default_factory=dict)  # sizes to extrapolate to

    @property
    def tail(self) -> float:
        """The error allowed in the claimed direction, by the first and strictest step of Holm."""
        return self.alpha / self.sides / self.comparisons


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the pilot as the meter and the applicant's evidence file tell it.

    Units: used in base units per resource, from the meter and never typed in; value in `unit`.
    """

    job: str
    arm: str
    seed: int
    value: float
    unit: str
    used: Mapping[ResourceCode, int] | None  # None: no such job in the meter
    sizes: Mapping[str, float] = field(default_factory=dict)
    recipe: str = ""
    evidence: str = ""  # hash of the result file
    registered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What was fixed when the pilot was approved; its hash stands in the journal."""

    metric: str
    effect: float
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePolicy:
    """The office's rules for evidence.

    Units: cap in times the pilot's cost; prior as a probability.
    """

    least_seeds: int = 5
    least_pilot_runs: int = 3  # an arm
    cap_multiple: int | None = None
    history_spread: float | None = None  # of this metric, from earlier conclusions
    history_weight: int = 4
    extreme_spread: float | None = None  # 90th percentile of what the metric showed
    prior: float = 0.3  # share of claims that turn out true
    setup: Mapping[ResourceCode, int] = field(default_factory=dict)  # base units, once
    tuning_runs: int = 0  # an arm; the same for every arm
    least_sizes: int = 6
    least_decades: float = 1.5
    farthest: float = 100.0  # times the compute of the largest pilot run


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The amounts whose power is wanted, and when they would be spent.

    Units: microcredits.
    """

    starts_at: datetime
    ends_at: datetime
    ask: int | None = None
    minimum: int | None = None
    offer: int | None = None

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """Lists the amounts that are given, each with its name."""
        every = (("ask", self.ask), ("minimum", self.minimum), ("offer", self.offer))
        return tuple((name, amount) for name, amount in every if amount is not None)

    @property
    def judged(self) -> int | None:
        """The amount the verdict is about: the offer, else the minimum, else the ask."""
        given = (amount for amount in (self.offer, self.minimum, self.ask) if amount is not None)
        return next(given, None)
