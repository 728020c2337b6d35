"""A round by equal shares: its voters hold equal parts of the pools and pay for what they are for.

First every minimum is a project: the method as its paper has it, at the price of the minimum, and
what it counts is that part of what the full ask counts. Then, in the order bought, what backers
have left raises each award towards its ask. Then, if the policy completes, what nobody's share
pays for is spent down the ranking by what requests count for all per price. Pools, caps and links
are hard throughout: what they rule out is not bought, whoever could pay. Floors are reported, not
bent to.
Source: Peters, Pierczyński and Skowron (NeurIPS 2021); raising awards in the order bought, and
completing down a ranking, are this office's own.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room
from apportion.core.decide.rules.backing import Backing, backing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The slate, and what is left of the shares. Units: steps as in `Problem`; money in pools."""

    taken: tuple[int, ...]
    backing: Backing
    money: tuple[Fraction, ...]

    def short_of(self, problem: Problem, i: int) -> tuple[Fraction, Fraction] | None:
        """What the backers have left and the next award would cost, where that is less."""
        taken = self.taken[i]
        aim = taken + 1 if taken else problem.least[i]
        left = sum((self.money[v] for v, _ in self.backing.backers[i]), Fraction(0))
        cost = self.backing.prices[i] * (aim - taken)
        return (left, cost) if left < cost else None


def share_round(problem: Problem) -> Shared:
    """Decides a round by equal shares; ties go to the request drawn first."""
    buying = _Buying(problem)
    buying.buy_minimums()
    buying.raise_awards()
    if problem.policy.equal_shares.complete:
        buying.complete()
    return Shared(taken=tuple(buying.room.taken), backing=buying.backing, money=tuple(buying.money))


class _Buying:
    """The slate in the making and everybody's purse."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.room = problem, Room(problem)
        self.backing = backing_of(problem)
        self.money = [self.backing.share] * len(self.backing.voters)
        self._bought: list[int] = []

    def buy_minimums(self) -> None:
        """Buys the minimum that is cheapest for what it counts, until none can be paid.

        Purses only empty, so a price only rises: a request is priced again when its turn comes,
        and bought if it is still the cheapest.
        """
        waiting: list[tuple[Fraction, int, int]] = []
        for i in range(len(self.problem.asks)):
            self._offer(waiting, i)
        while waiting:
            told, _, i = heapq.heappop(waiting)
            if self.room.taken[i] or not self._fits(i):
                continue
            price = self._price(i, self._cost(i, self.problem.least[i]))
            if price is None:
                continue
            if self._rate(i, price) > told:
                heapq.heappush(waiting, (self._rate(i, price), self.problem.draw[i], i))
                continue
            self._pay(i, price)
            self.room.put(i, self.problem.least[i])
            self._bought.append(i)
            for j in self.problem.needed_by[i]:
                self._offer(waiting, j)

    def raise_awards(self) -> None:
        """Raises each award bought, the first first, as far as its backers and the limits allow."""
        for i in self._bought:
            left = sum((self.money[v] for v, _ in self.backing.backers[i]), Fraction(0))
            paid = int(left / self.backing.prices[i])
            steps = min(self.problem.steps[i], self.room.most(i), self.room.taken[i] + paid)
            more = steps - self.room.taken[i]
            if more <= 0:
                continue
            price = self._price(i, self._cost(i, more))
            if price is not None:
                self._pay(i, price)
                self.room.put(i, steps)

    def complete(self) -> None:
        """Spends what is left down the ranking, again where a link has opened meanwhile."""
        ranking = sorted(
            range(len(self.problem.asks)), key=lambda i: (-self._support(i), self.problem.draw[i])
        )
        raised = True
        while raised:
            raised = False
            for i in ranking:
                raised = self.room.raise_to(i, self.problem.steps[i]) or raised

    def _offer(self, waiting: list[tuple[Fraction, int, int]], i: int) -> None:
        """Puts a request on sale at no more than its price, if its links let it be bought."""
        counted = sum((n for _, n in self.backing.backers[i]), Fraction(0))
        if counted and self.room.linked(i):
            cost = self._cost(i, self.problem.least[i])
            heapq.heappush(waiting, (self._rate(i, cost / counted), self.problem.draw[i], i))

    def _fits(self, i: int) -> bool:
        return self.room.linked(i) and self.room.most(i) >= self.problem.least[i]

    def _cost(self, i: int, steps: int) -> Fraction:
        return self.backing.prices[i] * steps

    def _rate(self, i: int, price: Fraction) -> Fraction:
        """The price per unit of satisfaction: the minimum counts its part of the full ask."""
        return price * self.problem.steps[i] / self.problem.least[i]

    def _support(self, i: int) -> Fraction:
        """What the full ask counts for all, per price of it."""
        cost = self._cost(i, self.problem.steps[i])
        counted = sum((n for _, n in self.backing.backers[i]), Fraction(0))
        return Fraction(counted) / (cost or 1)

    def _price(self, i: int, cost: Fraction) -> Fraction | None:
        """What backers pay for a unit of what the full ask counts, those who have it; None: too much."""
        purses = [(self.money[v], n) for v, n in self.backing.backers[i]]
        if sum((money for money, _ in purses), Fraction(0)) < cost:
            return None
        return cheapest_price(purses, cost)

    def _pay(self, i: int, price: Fraction) -> None:
        for v, n in self.backing.backers[i]:
            self.money[v] -= min(self.money[v], price * n)


def cheapest_price(purses: Iterable[tuple[Fraction, int | Fraction]], cost: Fraction) -> Fraction:
    """The least price at which backers pay a cost, each all they have where the price asks more.

    The backers have the cost between them; each is (money, what it counts).
    """
    ranked = sorted(purses, key=lambda purse: purse[0] / purse[1])
    counted = sum((n for _, n in ranked), Fraction(0))
    price = Fraction(0)
    for money, n in ranked:
        price = cost / counted
        if price * n <= money:
            break
        cost, counted = cost - money, counted - n
    return price
