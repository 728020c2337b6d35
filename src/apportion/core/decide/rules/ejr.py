"""Whether anybody was passed over: an audit of any outcome for EJR+, in polynomial time.

A group whose members all gain from a project that was not bought could have paid for it out of
their equal shares. EJR+ up to one project says that somebody in the group has, with that project,
more satisfaction than the group's money buys at the project's price. For one approval and one cost
a project it is EJR+ as the paper has it; equal shares gives it for any satisfaction that adds up.
It implies EJR up to one project, and is checked without naming all groups: of those who gain from
a project, the worst group is always everybody below some level of satisfaction.
Source: Brill and Peters, Robust and Verifiable Proportionality Axioms for Multiwinner Voting
(EC 2023); the price argument of Peters, Pierczyński and Skowron (NeurIPS 2021), theorem 2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from apportion.core.decide.rules.election import Electorate, Numbers

Money = int | Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Voters alike in what they have and in what a project that was not bought would give each."""

    has: Money
    would_gain: Money
    voters: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A project that was not bought, and the group with most to say about that.

    `owed` is what the group's shares would buy each of them, in parts of what the best off among
    them has with the project: 1 or more breaks EJR+ up to one.
    """

    project: int
    voters: int
    owed: Fraction


def audit_ejr_plus(votes: Electorate, bought: Iterable[int]) -> tuple[Passed, ...]:
    """Lists every project that a group was owed and that was not bought, the worst first.

    Empty: the outcome gives EJR+ up to one project, and with it EJR up to one.
    """
    election, held = votes.election, frozenset(bought)
    has = _satisfaction(votes, held)
    found = []
    for p, side in enumerate(votes.support):
        cost = election.costs[p]
        if p in held or not cost or cost > election.budget or not votes.backers[p]:
            continue
        gains = [
            Gain(has=int(have), would_gain=int(gain), voters=int(count))
            for have, gain, count in zip(has[side.ballots], side.utility, side.weights, strict=True)
        ]
        worst = most_owed(gains, cost=cost, share=Fraction(election.budget, election.voters))
        if worst and worst[0] >= 1:
            found.append(Passed(project=p, owed=worst[0], voters=worst[1]))
    return tuple(sorted(found, key=lambda passed: (-passed.owed, passed.project)))


def most_owed(
    gains: Sequence[Gain], *, cost: Money, share: Fraction
) -> tuple[Fraction, int] | None:
    """The group that is owed most: by how much, and how many voters it has; None: nobody gains."""
    worst: tuple[Money, Money, int] | None = None  # what the group gains, has at most, its size
    together: Money = 0
    voters = 0
    for gain in sorted(gains, key=lambda gain: gain.has + gain.would_gain):
        if not gain.would_gain:
            continue
        together += gain.would_gain * gain.voters
        voters += gain.voters
        most = gain.has + gain.would_gain
        if worst is None or together * worst[1] > worst[0] * most:
            worst = together, most, voters
    if worst is None:
        return None
    return Fraction(worst[0]) / worst[1] * share / cost, worst[2]


def _satisfaction(votes: Electorate, bought: frozenset[int]) -> Numbers:
    """What each ballot has of what was bought."""
    has = np.zeros(len(votes.election.ballots.weights), dtype=object)
    for p in bought:
        side = votes.support[p]
        has[side.ballots] += side.utility.astype(object)
    return has
