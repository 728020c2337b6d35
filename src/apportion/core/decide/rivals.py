"""Why another request stands where a denied one could: the draw, or a floor that needs it there.

Each is shown by an exchange that fits every limit and link, counted in integers: of equal worth,
and drawn later; or worth more, but a promise to an area would be missed by it.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Floats
from apportion.core.decide.room import Room
from apportion.core.decide.ties import exchanged

MOST_REQUESTS = 10_000  # in a larger round nobody is held against each of the others
MOST_TRIED = 4  # exchanges counted exactly per request and floor, those that lose least first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Needed:
    """Funded requests that a floor cannot spare, those that bring least first.

    Shape: freed is (limits, requests), what each limit would get back.
    """

    floor: int
    requests: tuple[int, ...]
    points: Floats
    freed: Floats


class Rivals:
    """The funded requests that could be exchanged for a denied one, were it not for one thing."""

    def __init__(self, room: Room) -> None:
        problem = room.problem
        self._room = room
        self._equals: dict[int, list[int]] = {}
        self._held: list[_Needed] = []
        self._left = np.array([float(left) for left in room.left])
        if len(problem.asks) > MOST_REQUESTS:
            return
        funded = [j for j, taken in enumerate(room.taken) if taken and _is_free(problem, j)]
        for j in funded:
            self._equals.setdefault(problem.worth[j], []).append(j)
        for place, floor in enumerate(problem.floors):
            met = room.met(floor)
            inside = set(floor.members)
            needed = [
                j for j in funded if j in inside and met - self._gives(place, j) < floor.promised
            ]
            if needed:
                self._held.append(self._needed(place, needed))

    def drawn_before(self, i: int) -> int | None:
        """A request of equal worth that the draw put before this one."""
        problem, room = self._room.problem, self._room
        if not _is_free(problem, i) or i in problem.curve:
            return None
        for j in self._equals.get(problem.worth[i], ()):
            swapped = exchanged(problem, i, j, (0, room.taken[j]))
            if swapped and problem.draw[j] < problem.draw[i] and self._fits(i, j, swapped[0]):
                return j
        return None

    def held_by_floor(self, i: int) -> tuple[int, int] | None:
        """A floor, and a request in it that brings less than this one but that the floor needs."""
        problem, room = self._room.problem, self._room
        if not _is_free(problem, i):
            return None
        for needed in self._held:
            if needed.floor in problem.floors_of[i]:
                continue
            for j in self._candidates(needed, i)[:MOST_TRIED]:
                steps, theirs = self._most_without(i, j), problem.points(j, room.taken[j])
                if steps and problem.points(i, steps) > theirs:
                    return needed.floor, j
        return None

    def _needed(self, place: int, members: list[int]) -> _Needed:
        problem, taken = self._room.problem, self._room.taken
        members.sort(key=lambda j: (problem.points(j, taken[j]), problem.draw[j]))
        freed = np.zeros((len(problem.limits), len(members)))
        for column, j in enumerate(members):
            for k in problem.limits_of[j]:
                asked = problem.asks[j].ask[problem.limits[k].resource]
                freed[k, column] = asked * (taken[j] / problem.steps[j])
        points = np.array([float(problem.points(j, taken[j])) for j in members])
        return _Needed(floor=place, requests=tuple(members), points=points, freed=freed)

    def _candidates(self, needed: _Needed, i: int) -> list[int]:
        """Those worth less whose place would seem to hold the minimum, counted in floats."""
        problem = self._room.problem
        share = problem.least[i] / problem.steps[i]
        fits = needed.points < float(problem.worth[i])
        for k in problem.limits_of[i]:
            takes = problem.asks[i].ask[problem.limits[k].resource] * share
            fits &= needed.freed[k] + (self._left[k] + 1.0) >= takes
        return [needed.requests[column] for column in np.flatnonzero(fits).tolist()]

    def _gives(self, place: int, j: int) -> int:
        problem = self._room.problem
        return problem.amounts(j, self._room.taken[j])[problem.floors[place].resource]

    def _fits(self, i: int, j: int, steps: int) -> bool:
        return self._most_without(i, j) >= steps

    def _most_without(self, i: int, j: int) -> int:
        """The most steps for one with the other gone; nothing where that is below the minimum."""
        problem, room = self._room.problem, self._room
        best = problem.steps[i]
        for place in problem.limits_of[i]:
            resource = problem.limits[place].resource
            free = Fraction(room.left[place])
            if place in problem.limits_of[j]:
                free += Fraction(room.taken[j] * problem.asks[j].ask[resource], problem.steps[j])
            best = min(best, int(free * problem.steps[i] / problem.asks[i].ask[resource]))
        return best if best >= problem.least[i] else 0


def _is_free(problem: Problem, i: int) -> bool:
    """Says whether a request can be exchanged: no link of its own, and nobody who needs it."""
    return not (problem.needs[i] or problem.needed_by[i] or problem.label_of[i] is not None)
