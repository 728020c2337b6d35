"""Small elections, and each rule once more from its paper: slow, in fractions, sharing no code."""

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from apportion.core.decide.rules.election import BallotKind, Ballots, Election


def election(costs, budget, votes, kind=BallotKind.CUMULATIVE):
    """Makes an election; each vote is a dict of project to points, cast by one voter."""
    counted = {}
    for vote in votes:
        marks = tuple(sorted(vote.items()))
        counted[marks] = counted.get(marks, 0) + 1
    ordered = sorted(counted)
    sizes = [len(marks) for marks in ordered]
    return Election(
        projects=tuple(f"p{place:02}" for place in range(len(costs))),
        costs=tuple(costs),
        budget=budget,
        scale=1,
        kind=kind,
        ballots=Ballots(
            starts=np.array([0, *np.cumsum(sizes)], dtype=np.int64),
            projects=np.array([p for marks in ordered for p, _ in marks], dtype=np.int64),
            points=np.array([n for marks in ordered for _, n in marks], dtype=np.int64),
            weights=np.array([counted[marks] for marks in ordered], dtype=np.int64),
        ),
    )


@st.composite
def elections(draw, *, most_projects=6, most_voters=8, approval=False):
    """Draws an election in which ties, dry purses and unaffordable projects are common."""
    count = draw(st.integers(1, most_projects))
    costs = draw(st.lists(st.integers(1, 12), min_size=count, max_size=count))
    budget = draw(st.integers(0, 30))
    points = st.just(1) if approval else st.integers(1, 4)
    vote = st.dictionaries(st.integers(0, count - 1), points, max_size=count)
    votes = draw(st.lists(vote, min_size=1, max_size=most_voters))
    kind = BallotKind.APPROVAL if approval else BallotKind.CUMULATIVE
    return election(costs, budget, votes, kind)


def voters(held, utility):
    """Lists every voter as a dict of project to satisfaction."""
    ballots = held.ballots
    found = []
    for k, weight in enumerate(ballots.weights):
        low, high = ballots.starts[k], ballots.starts[k + 1]
        places, counted = ballots.projects[low:high], utility[low:high]
        vote = {int(p): int(u) for p, u in zip(places, counted, strict=True) if u > 0}
        found += [vote] * int(weight)
    return found


def plain_equal_shares(costs, budget, votes):
    """Section 3 of the paper, word for word."""
    money = [Fraction(budget, len(votes)) for _ in votes]
    bought = []
    while True:
        offers = []
        for p in range(len(costs)):
            backers = [v for v, vote in enumerate(votes) if p in vote]
            if p in bought or sum((money[v] for v in backers), Fraction(0)) < costs[p]:
                continue
            rho = plain_price(costs[p], [(money[v], votes[v][p]) for v in backers])
            offers.append((rho, p))
        if not offers:
            return bought
        rho, p = min(offers)
        for v, vote in enumerate(votes):
            if p in vote:
                money[v] -= min(money[v], rho * vote[p])
        bought.append(p)


def plain_price(cost, backers):
    """The least rho at which the backers pay the cost, by trying who runs dry, poorest first."""
    ranked = sorted(backers, key=lambda backer: backer[0] / backer[1])
    paid = Fraction(0)
    for place, (money, utility) in enumerate(ranked):
        rho = (cost - paid) / sum(u for _, u in ranked[place:])
        if rho * utility <= money:
            return rho
        paid += money
    raise AssertionError("the backers can pay")


def plain_phragmen(costs, budget, votes):
    """Everybody earns one unit of money in one unit of time."""
    last = [Fraction(0)] * len(votes)
    bought, left = [], budget
    backers = {p: [v for v, vote in enumerate(votes) if p in vote] for p in range(len(costs))}
    waiting = [p for p, cost in enumerate(costs) if backers[p] and cost <= budget]
    while waiting:
        instants = {
            p: Fraction(costs[p] + sum(last[v] for v in backers[p]), len(backers[p]))
            for p in waiting
        }
        first = [p for p in waiting if instants[p] == min(instants.values())]
        if any(costs[p] > left for p in first):
            break
        for v in backers[first[0]]:
            last[v] = instants[first[0]]
        bought.append(first[0])
        left -= costs[first[0]]
        waiting.remove(first[0])
    return bought


def sets(count):
    """Lists every set of projects."""
    return [set(held) for size in range(count + 1) for held in combinations(range(count), size)]
