"""A slate in the making: who takes how many steps and, exactly, what room each limit has left."""

from collections.abc import Sequence
from fractions import Fraction

from apportion.core.decide.problem import Floor, Problem

Amount = int | Fraction


class Room:
    """Awards that always keep every hard limit and link. Units: steps, as in `Problem`."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.taken = [0] * len(problem.asks)
        self.left: list[Amount] = [limit.bound for limit in problem.limits]

    @classmethod
    def of(cls, problem: Problem, taken: Sequence[int]) -> "Room":
        """The room that a slate leaves."""
        room = cls(problem)
        for i, steps in enumerate(taken):
            if steps:
                room.put(i, steps)
        return room

    def most(self, i: int) -> int:
        """The most steps that the limits leave to a request, its own steps counted as free."""
        problem = self.problem
        best = problem.steps[i]
        for place in problem.limits_of[i]:
            asked = problem.asks[i].ask[problem.limits[place].resource]
            free = self.left[place] + self._use(i, place, self.taken[i])
            best = min(best, free * problem.steps[i] // asked)
        return best

    def linked(self, i: int) -> bool:
        """Says whether the links let this request take anything."""
        problem = self.problem
        label = problem.label_of[i]
        mates = problem.labels[label][1] if label is not None else ()
        return all(self.taken[j] for j in problem.needs[i]) and not any(
            self.taken[j] for j in mates if j != i
        )

    def put(self, i: int, steps: int) -> None:
        """Sets what a request takes; the caller has asked `most` and `linked`."""
        for place in self.problem.limits_of[i]:
            self.left[place] += self._use(i, place, self.taken[i]) - self._use(i, place, steps)
        self.taken[i] = steps

    def raise_to(self, i: int, steps: int) -> bool:
        """Takes up to so many steps if that is more than now and reaches the minimum."""
        wanted = min(steps, self.most(i))
        if wanted <= self.taken[i] or wanted < self.problem.least[i] or not self.linked(i):
            return False
        self.put(i, wanted)
        return True

    def met(self, floor: Floor) -> int:
        """Counts what a floor's area gets, in whole base units."""
        asks, steps = self.problem.asks, self.problem.steps
        return sum(
            self.taken[i] * asks[i].ask[floor.resource] // steps[i]
            for i in floor.members
            if self.taken[i]
        )

    def _use(self, i: int, place: int, steps: int) -> Amount:
        asked = self.problem.asks[i].ask[self.problem.limits[place].resource]
        whole = self.problem.steps[i]
        if steps == whole:
            return asked
        use = Fraction(steps * asked, whole)
        return use.numerator if use.denominator == 1 else use


def missed_share(problem: Problem, taken: Sequence[int]) -> Fraction:
    """Adds up, over the floors, the shortfall as a share of what was promised."""
    total = Fraction(0)
    for floor in problem.floors:
        met = sum(
            taken[i] * problem.asks[i].ask[floor.resource] // problem.steps[i]
            for i in floor.members
        )
        total += Fraction(max(0, floor.promised - met), floor.promised)
    return total


def total_points(problem: Problem, taken: Sequence[int]) -> int:
    """Adds up what a slate is worth, in micropoints."""
    return sum(problem.points(i, steps) for i, steps in enumerate(taken))
