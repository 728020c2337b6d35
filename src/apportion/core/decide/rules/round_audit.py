"""Whether a slate passed a group of voters over: EJR+ up to one request, for any objective.

The voters are those that equal shares would have: areas with requests, or reviewers with opinions,
as the policy says. What they are owed is reckoned on minimums, in parts of the pools: a group that
could have paid for the minimum of a request that got nothing has somebody who would, with it, have
more than the group's shares buy at that price. What the limits or links rule out in any slate, or
beside what is funded, is nobody's to be owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room
from apportion.core.decide.rules.backing import backing_of
from apportion.core.decide.rules.ejr import Gain, most_owed
from apportion.core.ids import RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A request that got nothing although a group of voters was owed it.

    `owed` is what their shares would buy each of them, in parts of what the best off among them
    would have with its minimum: 1 or more breaks EJR+ up to one.
    """

    request: RequestId
    voters: int
    owed: Fraction


def audit_round(problem: Problem, taken: Sequence[int]) -> tuple[PassedOver, ...]:
    """Lists the requests that a group of voters was owed and that got nothing, the worst first."""
    backing = backing_of(problem)
    has = [Fraction(0)] * len(backing.voters)
    for i, steps in enumerate(taken):
        for v, count in backing.backers[i] if steps else ():
            has[v] += Fraction(count * steps) / problem.steps[i]
    room, empty, found = Room.of(problem, taken), Room(problem), []
    for i, steps in enumerate(taken):
        least = problem.least[i]
        if steps or not room.linked(i) or empty.most(i) < least:
            continue
        gains = [
            Gain(has=has[v], would_gain=Fraction(count * least) / problem.steps[i])
            for v, count in backing.backers[i]
        ]
        worst = most_owed(gains, cost=backing.prices[i] * least, share=backing.share)
        if worst and worst[0] >= 1:
            name = problem.asks[i].id
            found.append(PassedOver(request=name, owed=worst[0], voters=worst[1]))
    return tuple(sorted(found, key=lambda passed: (-passed.owed, passed.request)))
