"""The Method of Equal Shares, against the paper in fractions and against what it promises."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from apportion.core.decide.rules import election as election_module
from apportion.core.decide.rules import equal_shares as rule
from apportion.core.decide.rules.ejr import audit_ejr_plus
from apportion.core.decide.rules.election import Satisfaction, electorate
from apportion.core.decide.rules.equal_shares import equal_shares
from apportion.core.decide.rules.greedy import fill

from .elections import (
    election,
    elections,
    plain_equal_shares,
    sets,
    voters,
)

WAYS = (Satisfaction.POINTS, Satisfaction.COST, Satisfaction.CARDINALITY)


@settings(max_examples=300)
@given(elections())
def test_it_buys_what_the_paper_buys_in_the_same_order(held):
    for satisfaction in WAYS:
        votes = electorate(held, satisfaction=satisfaction)
        plain = plain_equal_shares(held.costs, held.budget, voters(held, votes.utility))
        assert list(equal_shares(votes)) == plain


@settings(max_examples=60)
@given(elections(most_projects=5))
def test_it_buys_the_same_when_every_comparison_is_made_in_integers(held):
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    plain = equal_shares(votes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule, "WINDOW", 0.5)  # everything is near everything
        assert equal_shares(votes) == plain


@settings(max_examples=100, deadline=None)
@given(elections())
def test_it_buys_the_same_with_the_loops_of_large_elections(held):
    for satisfaction in WAYS:
        plain = equal_shares(electorate(held, satisfaction=satisfaction))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(election_module, "LARGE", 0)
            votes = electorate(held, satisfaction=satisfaction)
        assert votes.compiled
        assert equal_shares(votes) == plain


@settings(max_examples=80)
@given(elections(most_projects=5, most_voters=5))
def test_it_gives_extended_justified_representation_up_to_one_project(held):
    """Every group and every set of projects: the definition, by enumeration."""
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    bought = set(equal_shares(votes))
    people = voters(held, votes.utility)
    for size in range(1, len(people) + 1):
        for group in combinations(people, size):
            for wanted in sets(len(held.costs)):
                cost = sum(held.costs[p] for p in wanted)
                if not wanted or cost * len(people) > size * held.budget:
                    continue
                least = {p: min(person.get(p, 0) for person in group) for p in wanted}
                owed = sum(least.values())
                assert any(has_or_nearly(person, bought, wanted, owed) for person in group)


def has_or_nearly(person, bought, wanted, owed):
    has = sum(person.get(p, 0) for p in bought)
    more = max((person.get(p, 0) for p in wanted - bought), default=0)
    return has >= owed or has + more > owed


@settings(max_examples=150)
@given(elections())
def test_its_audit_finds_nobody_passed_over(held):
    for satisfaction in WAYS:
        votes = electorate(held, satisfaction=satisfaction)
        bought = equal_shares(votes)
        assert audit_ejr_plus(votes, bought) == ()
        assert audit_ejr_plus(votes, fill(votes, bought=bought)) == ()


@settings(max_examples=100)
@given(elections())
def test_it_never_spends_more_than_there_is_and_completion_leaves_nothing_that_fits(held):
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    bought = equal_shares(votes)
    full = fill(votes, bought=bought)
    left = held.budget - sum(held.costs[p] for p in full)
    assert full[: len(bought)] == bought
    assert left >= 0
    assert all(held.costs[p] > left for p in range(len(held.costs)) if p not in full)


def test_two_camps_share_the_budget_where_greedy_gives_it_all_to_the_larger():
    larger, smaller = [{0: 1, 1: 1, 2: 1}] * 6, [{3: 1}] * 3
    votes = electorate(
        election([2, 2, 2, 2], 6, larger + smaller), satisfaction=Satisfaction.POINTS
    )
    assert set(equal_shares(votes)) == {0, 1, 3}
    assert set(fill(votes, bought=())) == {0, 1, 2}


def test_a_tie_goes_to_the_first_id_though_floats_see_a_difference():
    """Three thirds are one: 0.1 + 0.2 and 0.3 must cost the same."""
    votes = [{0: 1, 1: 1}] * 3 + [{2: 3, 3: 3}]
    held = electorate(election([3, 3, 1, 1], 4, votes), satisfaction=Satisfaction.POINTS)
    assert equal_shares(held)[0] in {2, 3}
    assert list(equal_shares(held)) == plain_equal_shares((3, 3, 1, 1), 4, votes)


def test_backers_who_have_the_cost_to_the_last_unit_can_pay_it():
    votes = [{0: 1, 1: 2}, {0: 2, 1: 1}, {0: 3}]
    held = electorate(
        election([3], 3, [{0: v[0]} for v in votes]), satisfaction=Satisfaction.POINTS
    )
    assert equal_shares(held) == (0,)


def test_numbers_beyond_64_bits_are_counted_exactly():
    big = 10**12
    votes = [{0: 10**9 - 1, 1: 10**9}] * 40 + [{1: 1}] * 3
    held = election([big, big], 2 * big, votes)
    counted = electorate(held, satisfaction=Satisfaction.COST)
    assert counted.utility.dtype == np.int64
    huge = election([big, big], 2 * big, [{0: 10**18 - 1, 1: 10**18}] * 40)
    counted = electorate(huge, satisfaction=Satisfaction.POINTS)
    assert counted.utility.dtype == object
    assert equal_shares(counted) == (1, 0)


def test_a_large_election_is_decided_as_the_paper_decides_it():
    rng = np.random.default_rng(11)
    votes = [
        {int(p): int(rng.integers(1, 4)) for p in rng.choice(12, size=3, replace=False)}
        for _ in range(400)
    ]
    held = election(rng.integers(50, 900, 12).tolist(), 3000, votes)
    counted = electorate(held, satisfaction=Satisfaction.POINTS)
    plain = plain_equal_shares(held.costs, held.budget, voters(held, counted.utility))
    assert list(equal_shares(counted)) == plain


def test_nobody_votes_and_nothing_is_bought():
    votes = electorate(election([1, 2], 9, [{}]), satisfaction=Satisfaction.POINTS)
    assert equal_shares(votes) == ()
    none = electorate(election([1, 2], 9, []), satisfaction=Satisfaction.POINTS)
    assert equal_shares(none) == ()


def test_the_share_of_each_is_a_fraction_of_the_budget_that_need_not_be_whole():
    votes = [{0: 1}, {1: 1}, {2: 1}]
    held = electorate(election([3, 3, 4], 10, votes), satisfaction=Satisfaction.POINTS)
    assert equal_shares(held) == (0, 1)
    assert Fraction(10, 3) < 4
