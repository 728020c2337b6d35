"""What every voter has left under equal shares: floats to look with, integers to decide by.

The k-th purchase costs each backer rho_k for a unit of satisfaction, or all that is left. So what
somebody has left is the share less the sum of rho_k times utility over the purchases that they
backed, or nothing once they ran dry; all of it follows from who ran dry when and from the rho_k.
Those are kept as integers over one growing denominator, which needs no division and no gcd.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

import numpy as np
import numpy.typing as npt

from apportion.core.decide.rules.election import Electorate, Ints, Numbers, Supporter

ULP = 2.0**-52
Floats = npt.NDArray[np.float64]


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Price:
    """An exact price per unit of satisfaction: `top / bottom`, not reduced."""

    top: int
    bottom: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Price):
            return NotImplemented
        return self.top * other.bottom == other.top * self.bottom

    __hash__ = None  # type: ignore[assignment]  # equal prices are spelled in many ways

    def __lt__(self, other: "Price") -> bool:
        return self.top * other.bottom < other.top * self.bottom

    def as_float(self) -> float:
        """The nearest float."""
        return self.top / self.bottom


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """The backers of one project, in floats. Shape: one place for each ballot."""

    ballots: Ints
    weights: Floats
    utility: Floats
    pull: Floats  # weight times utility
    heads: float

    @classmethod
    def of(cls, backers: Supporter) -> "Side":
        """Turns integers into floats once."""
        weights, utility = backers.weights.astype(float), backers.utility.astype(float)
        return cls(
            ballots=backers.ballots,
            weights=weights,
            utility=utility,
            pull=weights * utility,
            heads=float(weights.sum()),
        )


class Purses:
    """The money of all voters. Units: the election's, times the number of voters."""

    def __init__(self, votes: Electorate) -> None:
        election = votes.election
        self._votes = votes
        self._share = election.budget
        self._costs = [cost * election.voters for cost in election.costs]
        self.costs = [float(cost) for cost in self._costs]
        self.sides = [Side.of(backers) for backers in votes.support]
        self.money = np.full(len(election.ballots.weights), float(election.budget))
        self.error = ULP * election.budget  # bound on the error of each purse
        self._dry = np.zeros(len(self.money), dtype=bool)
        self._when = np.full(len(election.projects), -1)  # which purchase a project was
        self._tops: list[int] = []  # rho_k is tops[k] over the product of bottoms[: k + 1]
        self._bottoms: list[int] = []
        self._under = 1  # the product of all bottoms
        self.bought: list[int] = []

    def can_pay(self, p: int) -> bool:
        """Says exactly whether the backers of a project have its cost between them."""
        backers = self._votes.support[p]
        held = self._held(backers.ballots, backers.weights)
        return held >= self._costs[p] * self._under

    def exact_price(self, p: int) -> Price:
        """What the project costs now per unit of satisfaction; its backers can pay it."""
        return self._solve(p, None)[0]

    def pay(self, p: int, *, about: float) -> None:
        """Takes the price of a project from its backers; `about` is where to begin to look."""
        price, rich = self._solve(p, about)
        side, backers = self.sides[p], self._votes.support[p]
        rho = price.as_float()
        self.money[side.ballots] -= rho * side.utility
        dry = backers.ballots[~rich]
        self.money[dry] = 0.0
        bottom = price.bottom // self._under
        shared = math.gcd(price.top, bottom)
        # Where all ran dry nobody pays by this price later, and its top may be anything.
        self._tops.append(price.top // shared)
        self._bottoms.append(bottom // shared)
        self._under *= bottom // shared
        self._dry[dry] = True
        self._when[p] = len(self.bought)
        self.bought.append(p)
        self.error += 2 * ULP * self._share

    def _solve(self, p: int, about: float | None) -> tuple[Price, npt.NDArray[np.bool_]]:
        """Newton's method on sum of min(money, rho * utility), which is concave: from below.

        The first step lands below the root from wherever it begins, and each one thereafter
        rises; it ends after finitely many, when the same backers can pay in full as before.
        """
        backers = self._votes.support[p]
        rich = ~self._dry[backers.ballots]
        if about is not None:
            guess = rich & (self.money[backers.ballots] > about * self.sides[p].utility)
            rich = guess if guess.any() else rich
        while True:
            slope = int((backers.weights[rich] * backers.utility[rich]).sum())
            if not slope:
                return self._all_that_is_left(p), rich
            poor = self._held(backers.ballots[~rich], backers.weights[~rich])
            top = self._costs[p] * self._under - poor
            price = Price(top=top, bottom=self._under * slope)
            still = self._rich_at(p, price)
            if (still == rich).all():
                return price, rich
            rich = still

    def _all_that_is_left(self, p: int) -> Price:
        """The price at which everybody pays all they have: what the last to run dry pays."""
        backers = self._votes.support[p]
        top, bottom = 0, 1
        for ballot, utility in zip(backers.ballots, backers.utility, strict=True):
            held = self._purse(int(ballot))
            if held * bottom > top * int(utility):
                top, bottom = held, int(utility)
        return Price(top=top, bottom=bottom * self._under)

    def _rich_at(self, p: int, price: Price) -> npt.NDArray[np.bool_]:
        """Who has more than the price asks; exact also where floats cannot tell."""
        side, backers = self.sides[p], self._votes.support[p]
        asked = price.as_float() * side.utility
        over = self.money[side.ballots] - asked
        rich: npt.NDArray[np.bool_] = over > 0
        for place in np.flatnonzero(np.abs(over) <= self.error + 4 * ULP * asked):
            held = self._purse(int(side.ballots[place]))
            utility = int(backers.utility[place])
            rich[place] = held * price.bottom > price.top * utility * self._under
        return rich & ~self._dry[side.ballots]

    def _purse(self, ballot: int) -> int:
        """What one voter with this ballot has, over the common denominator."""
        return self._held(np.array([ballot]), np.array([1]))

    def _held(self, ballots: Ints, weights: Numbers) -> int:
        """What voters have together, over the common denominator."""
        alive = ~self._dry[ballots]
        ballots, weights = ballots[alive], weights[alive]
        if not len(ballots):
            return 0
        spent = self._spent(self._paid(ballots, weights))
        return int(weights.sum()) * self._share * self._under - spent

    def _paid(self, ballots: Ints, weights: Numbers) -> Sequence[Any]:
        """Counts the satisfaction for which these voters paid, purchase by purchase."""
        starts = self._votes.election.ballots.starts
        sizes = starts[ballots + 1] - starts[ballots]
        inner = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(starts[ballots], sizes) + inner
        when = self._when[self._votes.election.ballots.projects[places]]
        past = when >= 0
        utility = self._votes.utility[places[past]]
        counted = np.zeros(len(self.bought), dtype=utility.dtype)
        np.add.at(
            counted, when[past], np.repeat(weights, sizes)[past].astype(utility.dtype) * utility
        )
        found: Sequence[Any] = counted.tolist()
        return found

    def _spent(self, paid: Sequence[Any]) -> int:
        """Adds up price times satisfaction over all purchases, over the common denominator."""
        total = 0
        for satisfaction, top, bottom in zip(paid, self._tops, self._bottoms, strict=True):
            total = total * bottom + satisfaction * top
        return total
