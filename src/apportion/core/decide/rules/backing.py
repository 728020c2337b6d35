"""Who pays for what in a round by equal shares: its voters, and what each request counts for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from apportion.core.decide.overrides import is_pin
from apportion.core.decide.problem import Ask, Problem, worth_of
from apportion.core.ids import AreaId
from apportion.core.policy import Counting, Policy, Voters

Counted = int | Fraction
Backers = tuple[tuple[int, Counted], ...]  # voters, as places; what the full ask counts for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """The voters of a round. Shape: `backers[i]` are those who are for request i.

    Units: money in pools: everything that the round may award of one resource is worth 1, so all
    voters together hold `pools`. `prices[i]` is what one step of request i costs.
    """

    voters: tuple[str, ...]
    backers: tuple[Backers, ...]
    pools: int
    prices: tuple[Fraction, ...]

    @property
    def share(self) -> Fraction:
        """What each voter has to begin with."""
        return Fraction(self.pools, max(1, len(self.voters)))


def backing_of(problem: Problem) -> Backing:
    """Says who is for what, by the policy: areas for their own requests, or reviewers by opinion.

    What a request counts is what it is worth to the voter (an area: its worth; a reviewer: its
    worth at that reviewer's score), or, where opinions are approvals, what it costs, for each whose
    score reaches the threshold. A voter for whom nothing counts anything has no share.
    """
    pooled = {
        limit.resource: limit.bound
        for limit in problem.limits
        if limit.kind == "pool" and limit.members and limit.bound
    }
    prices = tuple(
        sum((Fraction(n, pooled[r]) for r, n in ask.ask.items() if r in pooled), Fraction(0))
        for ask in problem.asks
    )
    counted = [dict(_counts(problem, i, prices[i])) for i in range(len(problem.asks))]
    voters = tuple(sorted({name for each in counted for name, count in each.items() if count}))
    place = {name: at for at, name in enumerate(voters)}
    return Backing(
        voters=voters,
        backers=tuple(
            tuple(sorted((place[name], count) for name, count in each.items() if count))
            for each in counted
        ),
        pools=len(pooled),
        prices=tuple(price / steps for price, steps in zip(prices, problem.steps, strict=True)),
    )


def _counts(problem: Problem, i: int, price: Fraction) -> Iterable[tuple[str, Counted]]:
    """What the full ask counts for each voter who has an opinion of it."""
    ask, policy = problem.asks[i], problem.policy
    rule = policy.equal_shares
    scores: Sequence[tuple[str, Fraction]] = [(_home(policy, ask.area), ask.score)]
    if rule.voters is Voters.REVIEWERS:
        scores = ask.opinions
    for voter, score in scores:
        if rule.count is Counting.APPROVAL:
            yield voter, price if score >= policy.cut_line.threshold else 0
        elif rule.voters is Voters.AREAS:
            yield voter, problem.worth[i]
        else:
            yield voter, _worth_at(problem, ask, score)


def _worth_at(problem: Problem, ask: Ask, score: Fraction) -> int:
    return worth_of(problem.policy, replace(ask, score=score, value=None))


def _home(policy: Policy, area: AreaId) -> AreaId:
    """The area that votes: one that an override made for a single request belongs to its parent."""
    parents = {held.id: held.parent for held in policy.areas if is_pin(held.id)}
    while parent := parents.get(area):
        area = parent
    return area
