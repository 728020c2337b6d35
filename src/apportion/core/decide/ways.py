"""Who is told which ways in: found by solving again where there is time for it, else estimates."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from apportion.core.decide.brackets import Bracket, Margin
from apportion.core.decide.columns import columns_of, whole_numbers
from apportion.core.decide.counterfactual import Asked, full_ask_ways, verified_ways
from apportion.core.decide.decision import Counterfactual
from apportion.core.decide.estimates import estimated_ways
from apportion.core.decide.forced import Base, base_of
from apportion.core.decide.overrides import pinned_out
from apportion.core.decide.phases import Settled
from apportion.core.decide.problem import Problem
from apportion.core.decide.reasons import Outcomes, Reason
from apportion.core.policy import Objective

BRACKETED_UP_TO = 300  # in larger rounds only where it is asked for: some milliseconds a request
BRACKET_WIDTH = Fraction(1, 100)  # score points that a bracket need not be narrower than
OVER_AREAS = frozenset({Objective.NASH, Objective.LEXIMIN})  # solved again from nothing each time
SHARED_UP_TO = 16  # requests in a round of theirs whose ways in are all found by solving again
VERIFIED_UP_TO = 40  # requests in a round whose ways in are all found by solving again: seconds


class WaysIn(StrEnum):
    """How counterfactuals are found: solved again, bracketed, by prices, or as the size allows."""

    AUTO = "auto"
    EXACT = "exact"
    BRACKET = "bracket"
    ESTIMATE = "estimate"


class Guide:
    """Finds the ways in of a decided round, request by request."""

    def __init__(
        self,
        outcomes: Outcomes,
        settled: Settled,
        ways_in: WaysIn,
        solve: Callable[[Problem], Sequence[int]],
    ) -> None:
        self._outcomes, self._solve = outcomes, solve
        count = len(outcomes.room.problem.asks)
        quick = SHARED_UP_TO if outcomes.objective in OVER_AREAS else VERIFIED_UP_TO
        self._exact = ways_in is WaysIn.EXACT or (ways_in is WaysIn.AUTO and count <= quick)
        self._bracketed = ways_in is WaysIn.BRACKET or (
            ways_in is WaysIn.AUTO and VERIFIED_UP_TO < count <= BRACKETED_UP_TO
        )
        self._settled = settled
        self._base: Base | None = None
        if self._exact and outcomes.objective is Objective.MERIT:
            self._base = base_of(outcomes.room.problem, settled)

    def ways_for(self, i: int, reasons: tuple[Reason, ...]) -> tuple[Counterfactual, ...]:
        """At least one way in for everybody who got less than the ask, the nearest first."""
        room = self._outcomes.room
        ways: tuple[Counterfactual, ...] = ()
        if self._exact and room.taken[i] < room.problem.steps[i]:
            asked = Asked(room=room, i=i, base=self._base, solve=self._solve)
            if room.taken[i]:
                ways = full_ask_ways(asked)
            elif pinned_out(room.problem, i) is None:
                ways = verified_ways(asked)
        return ways or estimated_ways(self._outcomes, i, reasons, self._bracket(i))

    def _bracket(self, i: int) -> Bracket | None:
        """What the minimum of a denied request would have to be worth, where that is asked for."""
        room = self._outcomes.room
        if not self._bracketed or room.taken[i] or self._margin is None:
            return None
        points = room.problem.points(i, room.problem.least[i])
        worth = room.problem.asks[i].score or 1
        return self._margin.bracket(i, width=float(points * BRACKET_WIDTH / worth))

    @cached_property
    def _margin(self) -> Margin | None:
        """The margin of a round by merit without curves; None for any other."""
        problem = self._outcomes.room.problem
        phase = next((p for p in self._settled.phases if p.name == "value"), None)
        if self._outcomes.objective is not Objective.MERIT or problem.curve or phase is None:
            return None
        taken = whole_numbers(self._settled.taken)
        return Margin(columns_of(problem), taken, value=phase.value, bound=phase.bound)
