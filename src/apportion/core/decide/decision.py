"""What was decided: an award per request with its reasons, the floors, the value and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from apportion.core.decide.carry import Owed
from apportion.core.decide.phases import Phase
from apportion.core.decide.problem import Ask
from apportion.core.decide.reasons import Reason
from apportion.core.decide.zone import Ties
from apportion.core.ids import AreaId, RequestId, ResourceCode
from apportion.core.policy import Objective, Policy
from apportion.core.review.calibration import Belief


class Outcome(StrEnum):
    """How much of its ask a request was awarded."""

    FULL = "full"
    PARTIAL = "partial"
    MINIMUM = "minimum"
    NOT_YET = "not_yet"


class Lever(StrEnum):
    """What could be moved to change an outcome."""

    MINIMUM = "minimum"
    SCORE = "score"
    VALUE = "value"
    ASK = "ask"
    LIMIT = "limit"
    FLOOR = "floor"
    OVERRIDE = "override"
    EITHER_OR = "either_or"
    PREREQUISITE = "prerequisite"
    SKIP_UNFIT = "skip_unfit"
    COMPLETE = "complete"


class Measure(StrEnum):
    """What the value of a decision counts, and with how many decimals."""

    POINTS = "points"  # six decimals
    WELFARE = "welfare"  # the sum over areas of ln(1 + points); twelve decimals
    SHARE = "share"  # the smallest share that an area got of what it asks; twelve decimals

    @property
    def decimals(self) -> int:
        """How many decimals its integers have."""
        return 6 if self is Measure.POINTS else 12


MEASURES = {Objective.NASH: Measure.WELFARE, Objective.LEXIMIN: Measure.SHARE}
SHARE = "share-"  # what the phases of leximin are called, with the number of areas summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """A way in. Verified only where a re-solve funded it and one tick less did not."""

    lever: Lever
    change: Mapping[str, object]
    kind: str  # exact, bracket or price: how sure it is
    verified: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """The promised amount of one request: nothing, or within its minimum and its ask.

    Units: amounts in base units, rounded down from taken / steps of the ask; points in micropoints.
    """

    request: RequestId
    outcome: Outcome
    taken: int
    steps: int
    amounts: Mapping[ResourceCode, int]
    points: int
    reasons: tuple[Reason, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMet:
    """How a promise to an area came out. Units: base units."""

    area: AreaId
    resource: ResourceCode
    promised: int
    owed: int  # of what is promised, what the rounds before left owed; 0: the floor itself
    met: int
    conflict: str  # what stood in the way; empty where the promise holds
    conflict_rows: tuple[tuple[str, ...], ...] = ()  # the same, where each row of it is needed

    @property
    def shortfall(self) -> int:
        """What is missing."""
        return max(0, self.promised - self.met)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One round decided.

    Units: value, bound and tolerance in the measure's last decimal.
    Shape: asks and awards in the order drawn, as in `Problem`; files list them by id.

    The bound says that no slate is worth more. The tolerance is what whole base units may cost;
    within it the gap is 0. Leximin has a phase per sum of smallest shares: value and bound are
    those of the first, the smallest share itself, and the gap is the largest of all.
    """

    policy: Policy
    asks: tuple[Ask, ...]
    objective: Objective
    awards: tuple[Award, ...]
    floors: tuple[FloorMet, ...]
    value: int
    bound: int
    tolerance: int
    bound_class: str  # integer-certificate, solver or walk
    missed: Fraction
    phases: tuple[Phase, ...]
    carried: tuple[Owed, ...] = ()  # what areas are owed from the rounds before, and after this one
    beliefs: tuple[Belief, ...] = ()
    ties: Ties | None = None  # None: nothing is known of how sure the scores are

    @property
    def measure(self) -> Measure:
        """What the value counts."""
        return MEASURES.get(self.objective, Measure.POINTS)

    @property
    def points(self) -> int:
        """What the awards are worth together, in micropoints, whatever was maximised."""
        return sum(award.points for award in self.awards)

    @property
    def gap(self) -> Fraction:
        """How much better a slate could be at most, relative to the bound, tolerance aside."""
        parts = [(self.value, self.bound, self.tolerance)]
        parts += [(p.value, p.bound, p.slack) for p in self.phases if p.name.startswith(SHARE)]
        return max(gap_of(*part) for part in parts)


def gap_of(value: int, bound: int, tolerance: int) -> Fraction:
    """What a bound leaves open beyond value and tolerance, relative to the bound."""
    open_ = bound - value - tolerance
    return Fraction(open_, bound) if open_ > 0 else Fraction(0)
