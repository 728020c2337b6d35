"""The Method of Equal Shares: everybody gets the same share of the budget and pays for what they like.

A project costs its backers rho for each unit of satisfaction, or all they have left where that is
less; the project with the smallest rho is bought, until none can be paid. Floats find the few
candidates, with bounds on their error; whatever lies within the error is settled in integers.
Source: Peters, Pierczyński and Skowron, Proportional Participatory Budgeting with Additive
Utilities (NeurIPS 2021), section 3.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from apportion.core.decide.rules.election import Electorate
from apportion.core.decide.rules.purse import Purses

WINDOW = 1e-9  # two prices this near to each other, in parts of themselves, are compared exactly
ROUNDING = 2.0**-53  # bound on the error of one sum or product, in parts of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a project costs now, per unit of satisfaction: no less than low, and about this much."""

    low: float
    about: float
    project: int


def equal_shares(votes: Electorate) -> tuple[int, ...]:
    """Buys by equal shares; what nobody can pay any more is not bought, so money may be left.

    Shape: the projects in the order bought; ties by id. What costs nothing and counts for
    somebody is bought first.
    """
    costs, backers = votes.election.costs, votes.backers
    free = [p for p, cost in enumerate(costs) if not cost and backers[p]]
    purses = Purses(votes)
    waiting = _first_bounds(votes)
    while waiting:
        offers, best = _look(purses, waiting)
        if not offers:
            break
        close = [offer.project for offer in offers if offer.low <= best]
        bought = close[0] if len(close) == 1 else _cheapest(purses, close)
        high = max(offer.about for offer in offers if offer.project == bought)
        purses.pay(bought, about=high)
        for offer in offers:
            if offer.project != bought:
                heapq.heappush(waiting, (offer.low, offer.project))
    return (*free, *purses.bought)


def _first_bounds(votes: Electorate) -> list[tuple[float, int]]:
    """A heap of what each project costs at least: money only shrinks, so a price only grows."""
    election, voters = votes.election, votes.election.voters
    waiting = []
    for p, cost in enumerate(election.costs):
        held = votes.backers[p] * election.budget
        if votes.backers[p] and 0 < cost <= election.budget and cost * voters <= held:
            low = cost * voters / votes.welfare[p] * (1 - WINDOW)
            waiting.append((low, p))
    heapq.heapify(waiting)
    return waiting


def _look(purses: Purses, waiting: list[tuple[float, int]]) -> tuple[list[Offer], float]:
    """Prices everything that may be the cheapest; `best` is no less than the smallest price."""
    offers: list[Offer] = []
    best = np.inf
    while waiting and waiting[0][0] <= best:
        before, p = heapq.heappop(waiting)
        offer = _price(purses, p, before)
        if offer is None:
            continue
        offers.append(offer)
        if offer.about * (1 + WINDOW) < best:
            best = _no_less(purses, offer)
    return offers, best


def _price(purses: Purses, p: int, start: float) -> Offer | None:
    """Solves sum of min(money, rho * utility) = cost for rho from below; None: cannot be paid."""
    if purses.compiled:
        return _compiled_price(purses, p, start)
    (light, worth), cost = purses.floats(p), purses.costs[p]
    money = purses.money[purses.sides[p].ballots]
    held = money * light
    error = _error(purses, p)
    total = float(held.sum())
    if total < cost + error and (total < cost - error or not purses.can_pay(p)):
        return None
    rho = start
    while True:
        rich = (money > rho * worth).astype(float)
        slope = float(light @ (worth * rich))
        if slope <= 0:
            return _exactly(purses, p)
        risen = (cost - float(held @ (1.0 - rich))) / slope
        if risen <= rho * (1 + 2**-50):
            return Offer(low=rho - 2 * error / slope, about=rho, project=p)
        rho = risen


def _compiled_price(purses: Purses, p: int, start: float) -> Offer | None:
    """The same, compiled; what floats cannot tell is settled in integers here too."""
    side, error, loops = purses.sides[p], _error(purses, p), purses.compiled
    columns = purses.money, side.ballots, side.weights, side.utility
    told, rho, slope = loops.price(*columns, purses.costs[p], start, error)
    if told == loops.CANNOT_PAY or (told == loops.UNSURE and not purses.can_pay(p)):
        return None
    if told != loops.PAYS:
        return _exactly(purses, p)
    return Offer(low=rho - 2 * error / slope, about=rho, project=p)


def _error(purses: Purses, p: int) -> float:
    """Bounds the error of what backers pay together: that of each purse, and that of a long sum."""
    side = purses.sides[p]
    return purses.error * purses.heads[p] + (64 + len(side.ballots)) * ROUNDING * purses.costs[p]


def _no_less(purses: Purses, offer: Offer) -> float:
    """A price at which the project is paid for certain."""
    side, cost = purses.sides[offer.project], purses.costs[offer.project]
    high = offer.about * (1 + WINDOW)
    if purses.compiled:
        columns = purses.money, side.ballots, side.weights, side.utility
        paid = purses.compiled.together(*columns, high)
    else:
        light, worth = purses.floats(offer.project)
        each = np.minimum(purses.money[side.ballots], high * worth)
        paid = float((each * light).sum())
    if paid >= cost + _error(purses, offer.project):
        return high
    exact = _exactly(purses, offer.project)
    return exact.about * (1 + WINDOW)


def _exactly(purses: Purses, p: int) -> Offer:
    price = purses.exact_price(p).as_float()
    return Offer(low=price * (1 - WINDOW), about=price, project=p)


def _cheapest(purses: Purses, close: list[int]) -> int:
    """Settles a near tie in integers, and a tie by the order of ids."""
    best, found = -1, None
    for p in sorted(close):
        price = purses.exact_price(p)
        if found is None or price < found:
            best, found = p, price
    return best
