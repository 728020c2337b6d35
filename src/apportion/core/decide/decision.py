"""What was decided: an award per request with its reasons, the floors, the value and its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from apportion.core.decide.phases import Phase
from apportion.core.decide.problem import Ask
from apportion.core.decide.reasons import Reason
from apportion.core.ids import AreaId, RequestId, ResourceCode
from apportion.core.policy import Objective, Policy


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
    EITHER_OR = "either_or"
    PREREQUISITE = "prerequisite"
    SKIP_UNFIT = "skip_unfit"


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
    met: int
    conflict: str  # what stood in the way; empty where the promise holds

    @property
    def shortfall(self) -> int:
        """What is missing."""
        return max(0, self.promised - self.met)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One round decided. Units: value, bound and tolerance in micropoints.

    The bound says that no slate is worth more. The tolerance is what whole base units may cost;
    within it the gap is 0.
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

    @property
    def gap(self) -> Fraction:
        """How much better a slate could be at most, relative to the bound, tolerance aside."""
        open_ = self.bound - self.value - self.tolerance
        return Fraction(open_, self.bound) if open_ > 0 else Fraction(0)
