"""The most satisfaction that the budget buys, to a proved optimum."""

from collections.abc import Sequence

from apportion.core.decide.rules.election import Electorate
from apportion.core.decide.rules.knapsack import Item, at_most, pack


def max_welfare(votes: Electorate) -> tuple[int, ...]:
    """Buys a set that no other set within the budget beats in total satisfaction.

    Of equally good sets it is the one that holds the first id in which two of them differ; what
    counts for nobody is not bought.
    Raises: Refused, where an optimum cannot be proved on this machine.
    """
    election = votes.election
    free = [p for p, cost in enumerate(election.costs) if not cost and votes.backers[p]]
    items = [
        Item(name=p, cost=cost, value=votes.welfare[p])
        for p, cost in enumerate(election.costs)
        if 0 < cost <= election.budget and votes.welfare[p]
    ]
    return tuple(sorted((*free, *_first_of_the_best(items, election.budget))))


def _first_of_the_best(items: Sequence[Item], room: int) -> frozenset[int]:
    """Goes through the ids: each is taken if some best set has it beside those taken before."""
    best = pack(items, room=room)
    chosen, owed, left = best.names, best.value, room
    open_ = list(items)
    taken = set()
    for item in items:
        open_ = open_[1:]
        if item.name not in chosen:
            rest = owed - item.value
            if item.cost > left or at_most(open_, room=left - item.cost) < rest:
                continue
            again = pack(open_, room=left - item.cost)
            if again.value < rest:
                continue
            chosen = again.names
        taken.add(item.name)
        owed, left = owed - item.value, left - item.cost
    return frozenset(taken)
