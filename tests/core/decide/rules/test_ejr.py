"""The audit: who was owed a project and did not get it."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings

from apportion.core.decide.rules.ejr import audit_ejr_plus
from apportion.core.decide.rules.election import BallotKind, Satisfaction, electorate
from apportion.core.decide.rules.greedy import greedy_welfare

from .elections import election, elections, voters


def test_a_camp_that_greedy_passes_over_is_named_with_its_size():
    larger, smaller = [{0: 1, 1: 1, 2: 1}] * 6, [{3: 1}] * 3
    held = electorate(election([2, 2, 2, 2], 6, larger + smaller), satisfaction=Satisfaction.POINTS)
    (passed,) = audit_ejr_plus(held, greedy_welfare(held))
    assert (passed.project, passed.voters, passed.owed) == (3, 3, Fraction(1))
    assert audit_ejr_plus(held, (0, 1, 3)) == ()


@settings(max_examples=120)
@given(elections(most_projects=4, most_voters=6))
def test_the_worst_group_is_the_worst_of_all_groups(held):
    """The audit sorts voters; here each group of each size is looked at."""
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    bought = set(greedy_welfare(votes)[:1])
    people = voters(held, votes.utility)
    found = {passed.project: passed for passed in audit_ejr_plus(votes, bought)}
    for p, cost in enumerate(held.costs):
        if p in bought or cost > held.budget:
            assert p not in found
            continue
        owed = max(
            (
                owed_to(group, p, bought, Fraction(held.budget, len(people) * cost))
                for size in range(1, len(people) + 1)
                for group in combinations([one for one in people if p in one], size)
            ),
            default=Fraction(0),
        )
        assert (p in found) == (owed >= 1)
        assert p not in found or found[p].owed == owed


def owed_to(group, p, bought, rate):
    best = max(sum(person.get(q, 0) for q in {*bought, p}) for person in group)
    return rate * sum(person[p] for person in group) / best


@settings(max_examples=80)
@given(elections(most_projects=5, most_voters=6, approval=True))
def test_with_one_cost_and_approvals_it_is_the_ejr_plus_of_the_paper(held):
    """No project outside, and no l, for which l / k of all approve it and each has fewer than l."""
    seats = min(3, len(held.costs))
    same = election([1] * len(held.costs), seats, people_of(held), BallotKind.APPROVAL)
    votes = electorate(same, satisfaction=Satisfaction.CARDINALITY)
    people = voters(same, votes.utility)
    committee = set(range(len(held.costs)))
    committee = set(sorted(committee)[-seats:])
    broken = {
        p
        for p in range(len(held.costs))
        for level in range(1, seats + 1)
        if p not in committee
        and level * len(people)
        <= seats * sum(p in one and len(committee & set(one)) < level for one in people)
    }
    assert {passed.project for passed in audit_ejr_plus(votes, committee)} == broken


def people_of(held):
    ballots = held.ballots
    return [
        dict.fromkeys(ballots.projects[ballots.starts[k] : ballots.starts[k + 1]].tolist(), 1)
        for k, weight in enumerate(ballots.weights)
        for _ in range(weight)
    ]
