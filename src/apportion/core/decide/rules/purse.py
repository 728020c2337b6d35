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
ONE = np.array([1])
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


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


class Purses:
    """The money of all voters. Units: the election's, times the number of voters."""

    def __init__(self, votes: Electorate) -> None:
        election = votes.election
        self._votes = votes
        self._share = election.budget
        self._costs = [cost * election.voters for cost in election.costs]
        self.costs = [float(cost) for cost in self._costs]
        self.sides = votes.support
        self.heads = [float(backers) for backers in votes.backers]
        self.compiled = votes.compiled
        self._floats: dict[int, tuple[Floats, Floats]] = {}
        self._starts, self._named = election.ballots.starts, election.ballots.projects
        self.money = np.full(len(election.ballots.weights), float(election.budget))
        self.error = ULP * election.budget  # bound on the error of each purse
        self._dry = np.zeros(len(self.money), dtype=bool)
        self._when = np.full(len(election.projects), -1)  # which purchase a project was
        self._tops: list[int] = []  # rho_k is tops[k] over the product of bottoms[: k + 1]
        self._bottoms: list[int] = []
        self._under = 1  # the product of all bottoms
        self.bought: list[int] = []

    def floats(self, p: int) -> tuple[Floats, Floats]:
        """Weights and utility of a project's backers as floats, made once."""
        found = self._floats.get(p)
        if found is None:
            side = self.sides[p]
            found = self._floats[p] = side.weights.astype(float), side.utility.astype(float)
        return found

    def can_pay(self, p: int) -> bool:
        """Says exactly whether the backers of a project have its cost between them."""
        side = self.sides[p]
        alive = ~self._dry[side.ballots]
        return self._held(side, alive) >= self._costs[p] * self._under

    def exact_price(self, p: int) -> Price:
        """What the project costs now per unit of satisfaction; its backers can pay it."""
        return self._solve(self.sides[p], self._costs[p], None)[0]

    def pay(self, p: int, *, about: float) -> None:
        """Takes the price of a project from its backers; `about` is where to begin to look."""
        side = self.sides[p]
        price, rich = self._solve(side, self._costs[p], about)
        self.money[side.ballots] -= price.as_float() * side.utility.astype(float)
        dry = side.ballots[~rich]
        self.money[dry] = 0.0
        self._dry[dry] = True
        bottom = price.bottom // self._under
        shared = math.gcd(price.top, bottom)
        self._tops.append(price.top // shared)
        self._bottoms.append(bottom // shared)
        self._under *= bottom // shared
        self._when[p] = len(self.bought)
        self.bought.append(p)
        self.error += 2 * ULP * self._share

    def _solve(self, side: Supporter, cost: int, about: float | None) -> tuple[Price, Mask]:
        """Newton's method on sum of min(money, rho * utility), which is concave: from below.

        The first step lands below the root from wherever it begins, and each one thereafter
        rises; it ends after finitely many, when the same backers can pay in full as before.
        Shape: the mask says which ballots have something left after they paid.
        """
        alive = ~self._dry[side.ballots]
        rich = alive
        if about is not None:
            guess = alive & (self.money[side.ballots] > about * side.utility.astype(float))
            rich = guess if guess.any() else alive
        pulls = side.weights * side.utility
        while True:
            slope = int(pulls[rich].sum())
            if not slope:
                return self._all_that_is_left(side), rich
            top = cost * self._under - self._held(side, alive & ~rich)
            price = Price(top=top, bottom=self._under * slope)
            still = self._rich_at(side, alive, price)
            if np.array_equal(still, rich):
                return price, rich
            rich = still

    def _all_that_is_left(self, side: Supporter) -> Price:
        """The price at which everybody pays all they have: what the last to run dry pays.

        Nobody has anything left after it, so nobody's purse is ever computed from it.
        """
        top, bottom = 0, 1
        for place, utility in enumerate(side.utility.tolist()):
            held = self._purse(side, place)
            if held * bottom > top * utility:
                top, bottom = held, utility
        return Price(top=top, bottom=bottom * self._under)

    def _rich_at(self, side: Supporter, alive: Mask, price: Price) -> Mask:
        """Who has more than the price asks; exact also where floats cannot tell."""
        asked = price.as_float() * side.utility.astype(float)
        over = self.money[side.ballots] - asked
        rich: Mask = alive & (over > 0)
        close = alive & (np.abs(over) <= self.error + 4 * ULP * np.abs(asked))
        for place in np.flatnonzero(close).tolist():
            held, utility = self._purse(side, place), int(side.utility[place])
            rich[place] = held * price.bottom > price.top * utility * self._under
        return rich

    def _purse(self, side: Supporter, place: int) -> int:
        """What one voter with this ballot has, over the common denominator."""
        ballot = side.ballots[place : place + 1]
        if self._dry[ballot[0]]:
            return 0
        return self._share * self._under - self._spent(self._paid(ballot, ONE))

    def _held(self, side: Supporter, chosen: Mask) -> int:
        """What the chosen backers have together, none of them dry, over the common denominator."""
        ballots, weights = side.ballots[chosen], side.weights[chosen]
        if not len(ballots):
            return 0
        spent = self._spent(self._paid(ballots, weights))
        return int(weights.sum()) * self._share * self._under - spent

    def _paid(self, ballots: Ints, weights: Numbers) -> Any:
        """Counts the satisfaction for which these voters paid, purchase by purchase."""
        if self.compiled:
            counted = np.zeros(len(self.bought), dtype=np.int64)
            columns = self._starts, self._named, self._votes.utility, self._when
            self.compiled.paid(*columns, ballots, weights, counted)
            return counted.tolist()
        starts = self._starts[ballots]
        sizes = self._starts[ballots + 1] - starts
        ends = np.cumsum(sizes)
        places = np.arange(ends[-1]) + np.repeat(starts - ends + sizes, sizes)
        when = self._when[self._named[places]]
        past = when >= 0
        utility = self._votes.utility[places[past]]
        counted = np.zeros(len(self.bought), dtype=utility.dtype)
        np.add.at(counted, when[past], np.repeat(weights, sizes)[past] * utility)
        return counted.tolist()

    def _spent(self, paid: Sequence[Any]) -> int:
        """Adds up price times satisfaction over all purchases, over the common denominator."""
        total = 0
        for satisfaction, top, bottom in zip(paid, self._tops, self._bottoms, strict=True):
            total = total * bottom + satisfaction * top
        return total
