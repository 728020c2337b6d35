"""The loops of equal shares that large elections spend their time in, compiled.

Importing this module takes about as long as a small election takes in numpy, so it is imported
where an election is large. What is compiled is kept on disk where there is a folder for it.
"""

from typing import Any

import numba
import numpy as np

CANNOT_PAY, UNSURE, PAYS, ALL_DRY = range(4)


def _price(
    money: Any, ballots: Any, weights: Any, utility: Any, cost: float, start: float, error: float
) -> tuple[int, float, float]:
    """Solves for the price from below; says also whether it was possible to tell in floats."""
    count = len(ballots)
    total, dry_at, held, pull = 0.0, np.empty(count), np.empty(count), np.empty(count)
    for at in range(count):
        left = money[ballots[at]]
        dry_at[at] = left / utility[at]
        held[at] = left * weights[at]
        pull[at] = float(weights[at]) * utility[at]
        total += held[at]
    if total < cost - error:
        return CANNOT_PAY, 0.0, 0.0
    if total < cost + error:
        return UNSURE, 0.0, 0.0
    rho = start
    while True:
        paid, slope = 0.0, 0.0
        for at in range(count):
            paid += 0.0 if dry_at[at] > rho else held[at]
            slope += pull[at] if dry_at[at] > rho else 0.0
        if slope <= 0.0:
            return ALL_DRY, 0.0, 0.0
        risen = (cost - paid) / slope
        if risen <= rho * (1 + 2.0**-50):
            return PAYS, rho, slope
        rho = risen


def _together(money: Any, ballots: Any, weights: Any, utility: Any, rho: float) -> float:
    """What backers pay together at a price."""
    total = 0.0
    for at in range(len(ballots)):
        total += min(money[ballots[at]], rho * utility[at]) * weights[at]
    return total


def _paid(
    starts: Any, named: Any, utility: Any, when: Any, ballots: Any, weights: Any, counted: Any
) -> None:
    """Adds up the satisfaction for which ballots paid, purchase by purchase."""
    for at in range(len(ballots)):
        for place in range(starts[ballots[at]], starts[ballots[at] + 1]):
            purchase = when[named[place]]
            if purchase >= 0:
                counted[purchase] += weights[at] * utility[place]


def _by_project(
    starts: Any, named: Any, utility: Any, weights: Any, count: int
) -> tuple[Any, Any, Any, Any]:
    """Sorts marks by project: where each project begins; ballot, weight and utility of each mark."""
    edges = np.zeros(count + 1, np.int64)
    for place in range(len(named)):
        if utility[place] > 0:
            edges[named[place] + 1] += 1
    edges = np.cumsum(edges)
    free = edges[:-1].copy()
    ballots, heavy = np.empty(edges[-1], np.int64), np.empty(edges[-1], np.int64)
    counted = np.empty(edges[-1], np.int64)
    for ballot in range(len(weights)):
        for place in range(starts[ballot], starts[ballot + 1]):
            if utility[place] > 0:
                at = free[named[place]]
                free[named[place]] += 1
                ballots[at], heavy[at], counted[at] = ballot, weights[ballot], utility[place]
    return edges, ballots, heavy, counted


def _kept(function: Any) -> Any:
    """Compiles; sums may be taken in any order, which the bounds on their error allow for."""
    loose = {"reassoc", "nsz"}
    try:
        return numba.njit(cache=True, fastmath=loose)(function)
    except RuntimeError:  # no folder to keep it in
        return numba.njit(fastmath=loose)(function)


price, together = _kept(_price), _kept(_together)
paid, by_project = _kept(_paid), _kept(_by_project)
