"""Greedy welfare, Phragmén and max welfare, against the same rules written plainly."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.decide.rules import knapsack
from apportion.core.decide.rules.elect import Rule, elect
from apportion.core.decide.rules.election import BallotKind, Satisfaction, electorate
from apportion.core.decide.rules.greedy import greedy_welfare
from apportion.core.decide.rules.knapsack import Item, pack
from apportion.core.decide.rules.max_welfare import max_welfare
from apportion.core.decide.rules.phragmen import phragmen
from apportion.core.refusals import Refused

from .elections import (
    election,
    elections,
    plain_phragmen,
    sets,
    voters,
)


@settings(max_examples=300)
@given(elections(approval=True))
def test_phragmen_buys_what_earnings_buy_in_the_same_order(held):
    votes = electorate(held, satisfaction=Satisfaction.COST)
    plain = plain_phragmen(held.costs, held.budget, voters(held, votes.utility))
    assert list(phragmen(votes)) == plain


def test_phragmen_ends_where_the_next_purchase_would_overspend():
    votes = [{0: 1}] * 5 + [{1: 1}] * 4 + [{2: 1}] * 2
    held = electorate(
        election([5, 5, 3], 8, votes, BallotKind.APPROVAL), satisfaction=Satisfaction.COST
    )
    assert phragmen(held) == (0,)


def test_phragmen_breaks_ties_between_equal_fractions_by_id():
    votes = [{0: 1, 1: 1}] * 3 + [{2: 1}] * 7
    costs = [1, 1, 7]
    held = electorate(
        election(costs, 9, votes, BallotKind.APPROVAL), satisfaction=Satisfaction.COST
    )
    assert list(phragmen(held)) == plain_phragmen(costs, 9, votes) == [0, 1, 2]


@settings(max_examples=200)
@given(elections())
def test_max_welfare_is_the_best_set_that_fits_and_the_first_of_the_best(held):
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    wanted = [p for p in range(len(held.costs)) if votes.backers[p]]
    fitting = [
        chosen
        for chosen in sets(len(held.costs))
        if chosen <= set(wanted) and sum(held.costs[p] for p in chosen) <= held.budget
    ]
    count = len(held.costs)
    first = min(
        fitting,
        key=lambda chosen: (
            -sum(votes.welfare[p] for p in chosen),
            [p not in chosen for p in range(count)],
        ),
    )
    assert set(max_welfare(votes)) == first


@pytest.mark.parametrize("seed", range(4))
def test_a_knapsack_of_two_hundred_is_packed_as_dynamic_programming_packs_it(seed):
    rng = np.random.default_rng(seed)
    costs = rng.integers(1, 400, 200)
    values = costs + rng.integers(0, 30, 200) + 1  # nearly one price for all: the hard kind
    room = int(costs.sum() // 3)
    table = np.zeros(room + 1, dtype=np.int64)
    for cost, value in zip(costs, values, strict=True):
        table[cost:] = np.maximum(table[cost:], table[: room + 1 - cost] + value)
    items = [
        Item(name=i, cost=int(c), value=int(v))
        for i, (c, v) in enumerate(zip(costs, values, strict=True))
    ]
    packed = pack(items, room=room)
    assert packed.value == table[room]
    assert sum(items[i].value for i in packed.names) == packed.value
    assert sum(items[i].cost for i in packed.names) <= room


def test_a_knapsack_is_refused_when_its_numbers_do_not_fit_in_64_bits():
    with pytest.raises(Refused, match="64 bits"):
        pack([Item(name=0, cost=1, value=2**61)], room=5)


def test_a_knapsack_is_refused_when_it_would_take_too_much_memory(monkeypatch):
    monkeypatch.setattr(knapsack, "MOST_STATES", 3)
    rng = np.random.default_rng(1)
    items = [
        Item(name=i, cost=int(c), value=int(c) + 1) for i, c in enumerate(rng.integers(90, 99, 60))
    ]
    with pytest.raises(Refused, match="states"):
        pack(items, room=1234)


@settings(max_examples=150)
@given(elections())
def test_greedy_goes_down_from_the_most_satisfaction_per_cost(held):
    votes = electorate(held, satisfaction=Satisfaction.POINTS)
    order = sorted(range(len(held.costs)), key=lambda p: (-votes.welfare[p] / held.costs[p], p))
    bought, left = [], held.budget
    for p in order:
        if held.costs[p] <= left:
            bought.append(p)
            left -= held.costs[p]
    assert list(greedy_welfare(votes)) == bought


@settings(max_examples=40)
@given(elections(most_projects=4, most_voters=5), st.randoms(use_true_random=False))
def test_no_rule_cares_in_which_order_the_voters_stand(held, shuffler):
    ballots = held.ballots
    people = [
        {
            int(p): int(n)
            for p, n in zip(
                ballots.projects[ballots.starts[k] : ballots.starts[k + 1]],
                ballots.points[ballots.starts[k] : ballots.starts[k + 1]],
                strict=True,
            )
        }
        for k, weight in enumerate(ballots.weights)
        for _ in range(weight)
    ]
    shuffler.shuffle(people)
    again = election(held.costs, held.budget, people)
    for rule in (Rule.GREEDY, Rule.EQUAL_SHARES, Rule.MAX_WELFARE):
        assert elect(again, rule=rule) == elect(held, rule=rule)


def test_what_costs_nothing_is_bought_by_every_rule_where_somebody_wants_it():
    votes = [{0: 1, 1: 1}, {1: 1}]
    held = election([0, 3, 2], 3, votes, BallotKind.APPROVAL)
    for rule in Rule:
        assert elect(held, rule=rule).selected[:2] == ("p00", "p01")


def test_a_rule_is_refused_when_it_is_not_made_for_such_ballots():
    held = election([1], 1, [{0: 2}])
    with pytest.raises(Refused, match="approval ballots"):
        elect(held, rule=Rule.PHRAGMEN)
    with pytest.raises(Refused, match="counted by points, cost, cardinality"):
        elect(held, rule=Rule.GREEDY, satisfaction=Satisfaction.BORDA)


def test_every_order_of_projects_alike_gives_the_first_ids():
    for costs in permutations([2, 2, 2]):
        held = election(costs, 4, [{0: 1, 1: 1, 2: 1}] * 2, BallotKind.APPROVAL)
        for rule in Rule:
            assert elect(held, rule=rule).selected == ("p00", "p01")


@pytest.mark.parametrize(
    ("rule", "votes"),
    [
        (Rule.GREEDY, [{0: 1, 1: 1}]),
        (Rule.EQUAL_SHARES, [{0: 1, 1: 1}]),
        (Rule.PHRAGMEN, [{0: 1}, {0: 1, 1: 1}]),
        (Rule.MAX_WELFARE, [{0: 1, 1: 1}]),
    ],
)
def test_a_larger_budget_may_drop_a_project_as_the_documentation_admits(rule, votes):
    smaller, larger = (election([2, 1], n, votes, BallotKind.APPROVAL) for n in (1, 2))
    assert elect(smaller, rule=rule).selected == ("p01",)
    assert elect(larger, rule=rule).selected == ("p00",)
