"""Decides an election by the rule that is named."""

from dataclasses import dataclass
from enum import StrEnum

from apportion.core.decide.rules.election import (
    SATISFACTIONS,
    BallotKind,
    Election,
    Satisfaction,
    electorate,
)
from apportion.core.decide.rules.equal_shares import equal_shares
from apportion.core.decide.rules.greedy import fill, greedy_welfare
from apportion.core.decide.rules.max_welfare import max_welfare
from apportion.core.decide.rules.phragmen import phragmen
from apportion.core.refusals import Code, Refusal, Refused


class Rule(StrEnum):
    """How an election is decided."""

    GREEDY = "greedy"
    EQUAL_SHARES = "equal-shares"
    PHRAGMEN = "phragmen"
    MAX_WELFARE = "max-welfare"


RULES = {
    Rule.GREEDY: greedy_welfare,
    Rule.EQUAL_SHARES: equal_shares,
    Rule.PHRAGMEN: phragmen,
    Rule.MAX_WELFARE: max_welfare,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Elected:
    """What an election buys. Units: cost and budget in `1 / scale` of the election's own money."""

    selected: tuple[str, ...]  # in the order of ids
    cost: int
    budget: int
    scale: int


def elect(
    election: Election,
    *,
    rule: Rule,
    satisfaction: Satisfaction | None = None,
    complete: bool = False,
) -> Elected:
    """Decides an election; `complete` spends what is left over greedily.

    Raises: Refused, where the rule or the satisfaction does not apply to such ballots.
    """
    counted = satisfaction or election.satisfaction
    if counted not in SATISFACTIONS[election.kind]:
        known = ", ".join(SATISFACTIONS[election.kind])
        _refuse(str(counted), f"{election.kind} ballots can be counted by {known}.")
    if rule is Rule.PHRAGMEN and election.kind is not BallotKind.APPROVAL:
        _refuse(rule, f"Phragmén's rule is made for approval ballots, not {election.kind} ones.")
    votes = electorate(election, satisfaction=counted)
    bought = RULES[rule](votes)
    if complete:
        bought = fill(votes, bought=bought)
    return Elected(
        selected=tuple(election.projects[p] for p in sorted(bought)),
        cost=sum(election.costs[p] for p in bought),
        budget=election.budget,
        scale=election.scale,
    )


def _refuse(subject: str, remedy: str) -> None:
    raise Refused([Refusal(code=Code.OUT_OF_RANGE, subject=subject, remedy=remedy)])
