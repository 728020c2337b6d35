"""Who is told which ways in: found by solving again where there is time for it, else estimates."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from apportion.core.decide.counterfactual import Asked, verified_ways
from apportion.core.decide.decision import Counterfactual
from apportion.core.decide.estimates import estimated_ways
from apportion.core.decide.forced import Base, base_of
from apportion.core.decide.overrides import pinned_out
from apportion.core.decide.phases import Settled
from apportion.core.decide.problem import Problem
from apportion.core.decide.reasons import Outcomes, Reason
from apportion.core.policy import Objective

VERIFIED_UP_TO = 60  # requests in a round whose ways in are all found by solving again: seconds


class WaysIn(StrEnum):
    """How counterfactuals are found: by solving again, by prices, or as the size allows."""

    AUTO = "auto"
    EXACT = "exact"
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
        self._exact = ways_in is WaysIn.EXACT or (
            ways_in is WaysIn.AUTO and count <= VERIFIED_UP_TO
        )
        self._base: Base | None = None
        if self._exact and outcomes.objective is Objective.MERIT:
            self._base = base_of(outcomes.room.problem, settled)

    def ways_for(self, i: int, reasons: tuple[Reason, ...]) -> tuple[Counterfactual, ...]:
        """At least one way in for everybody who got less than the ask, the nearest first."""
        room = self._outcomes.room
        ways: tuple[Counterfactual, ...] = ()
        if self._exact and not room.taken[i] and pinned_out(room.problem, i) is None:
            ways = verified_ways(Asked(room=room, i=i, base=self._base, solve=self._solve))
        return ways or estimated_ways(self._outcomes, i, reasons)
