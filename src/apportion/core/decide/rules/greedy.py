"""Greedy welfare: down the list from the most satisfaction for its cost, whatever still fits."""

from collections.abc import Iterable
from functools import cmp_to_key

from apportion.core.decide.rules.election import Electorate


def greedy_welfare(votes: Electorate) -> tuple[int, ...]:
    """Buys in the order of total satisfaction per cost, ties by id; skips what does not fit.

    Shape: the projects in the order bought. What costs nothing comes first; what counts for
    nobody comes last, and is bought where it fits.
    """
    return fill(votes, bought=())


def fill(votes: Electorate, *, bought: Iterable[int]) -> tuple[int, ...]:
    """Goes on buying greedily after what is bought already."""
    election = votes.election
    chosen = list(bought)
    left = election.budget - sum(election.costs[p] for p in chosen)
    held = set(chosen)
    for p in ranking(votes):
        if p not in held and election.costs[p] <= left:
            chosen.append(p)
            left -= election.costs[p]
    return tuple(chosen)


def ranking(votes: Electorate) -> list[int]:
    """All projects from the most satisfaction per cost down, compared in integers."""
    costs, welfare = votes.election.costs, votes.welfare

    def compare(p: int, q: int) -> int:
        if not costs[p] or not costs[q]:
            return bool(costs[p]) - bool(costs[q])
        return welfare[q] * costs[p] - welfare[p] * costs[q]

    return sorted(range(len(costs)), key=cmp_to_key(compare))
