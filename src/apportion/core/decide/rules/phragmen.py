"""Sequential Phragmén: everybody earns at one speed; a project is bought when its backers can.

Source: Brill, Freeman, Janson and Lackner, Phragmén's Voting Methods and Justified Representation
(AAAI 2017, for committees); Los, Christoff and Grossi, Proportional Budget Allocations: Towards a
Systematization (IJCAI 2022, with costs, and that the rule ends where the next would overspend).
"""

from fractions import Fraction

import numpy as np

from apportion.core.decide.rules.election import Electorate

NEAR = 1e-9  # instants closer than this are compared as fractions


def phragmen(votes: Electorate) -> tuple[int, ...]:
    """Buys in the order of the instants at which the backers' earnings reach the cost.

    Shape: the projects in the order bought; ties by id. What a project counts plays no part, only
    who named it. Nobody backs what stands on no ballot, so that is never bought; nor is what
    alone costs more than the budget.
    """
    election = votes.election
    clock = _Clock(votes)
    waiting = [
        p
        for p, backers in enumerate(votes.backers)
        if backers and election.costs[p] <= election.budget
    ]
    left = election.budget
    while waiting:
        first = clock.earliest(waiting)
        if any(election.costs[p] > left for p in first):
            break
        clock.buy(first[0])
        left -= election.costs[first[0]]
        waiting.remove(first[0])
    return tuple(clock.bought)


class _Clock:
    """When each ballot last paid; instants as fractions, and as floats to look with."""

    def __init__(self, votes: Electorate) -> None:
        self._votes = votes
        self._paid_at = [Fraction(0)]  # the instant of each purchase, after the start
        self._last = np.zeros(len(votes.election.ballots.weights), dtype=np.int64)
        self._near = [self._float(p) for p in range(len(votes.support))]
        self.bought: list[int] = []

    def earliest(self, waiting: list[int]) -> list[int]:
        """Who is bought next: all whose instant is the earliest, exactly, in the order of ids."""
        soonest = min(self._near[p] for p in waiting)
        close = [p for p in waiting if self._near[p] <= soonest * (1 + NEAR)]
        if len(close) == 1:
            return close
        instants = {p: self._instant(p) for p in close}
        first = min(instants.values())
        return [p for p in close if instants[p] == first]

    def buy(self, p: int) -> None:
        """Lets the backers of a project pay all that they have."""
        self._paid_at.append(self._instant(p))
        self.bought.append(p)
        self._last[self._votes.support[p].ballots] = len(self.bought)
        for q in range(len(self._near)):
            self._near[q] = self._float(q)

    def _instant(self, p: int) -> Fraction:
        """The instant exactly: cost plus all that backers earned before they last paid, shared."""
        side = self._votes.support[p]
        counts = np.zeros(len(self._paid_at), dtype=np.int64)
        np.add.at(counts, self._last[side.ballots], side.weights.astype(np.int64))
        spent = sum(
            (at * int(n) for at, n in zip(self._paid_at, counts, strict=True) if n), Fraction(0)
        )
        return (self._votes.election.costs[p] + spent) / self._votes.backers[p]

    def _float(self, p: int) -> float:
        """The instant to about one part in 10 ** 13: a sum of nothing but positive numbers."""
        side = self._votes.support[p]
        if not len(side.ballots):
            return np.inf
        at = np.array([float(instant) for instant in self._paid_at])[self._last[side.ballots]]
        spent = float((at * side.weights.astype(np.float64)).sum())
        return (self._votes.election.costs[p] + spent) / self._votes.backers[p]
