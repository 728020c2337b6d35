"""A promise that is missed names the fewest rows that it cannot hold with, and what stays owed."""

from fractions import Fraction

import pytest

from apportion.core.decide.solve import WaysIn, decide
from apportion.core.policy import Area, Group

from .rounds import ask, policy

LAB = Area(id="lab", name="Lab", floor={"gpu:h100": 8})
FIELD = Area(id="field", name="Field")


def floor_of(asks, **changes):
    decision = decide(policy=policy(**changes), asks=asks, ways_in=WaysIn.ESTIMATE)
    return next(floor for floor in decision.floors if floor.shortfall)


def test_a_cap_below_the_floor_is_the_whole_conflict():
    floor = floor_of([ask("a", 9, 1)], areas=(LAB,), groups=(), pool={"gpu:h100": 6})
    assert floor.conflict_rows == (("limit", "pool", "", "gpu:h100"),)
    assert floor.conflict == "it cannot hold with the pool of gpu:h100 (6 items)"


def test_two_promises_that_exclude_each_other_name_each_other_and_the_pool():
    areas = (LAB, Area(id="field", name="Field", floor={"gpu:h100": 8}))
    floor = floor_of([ask("a", 9, 1), ask("b", 9, 1, area="field")], areas=areas)
    other = "lab" if floor.area == "field" else "field"
    assert set(floor.conflict_rows) == {
        ("limit", "pool", "", "gpu:h100"),
        ("floor", other, "gpu:h100"),
    }


def test_a_group_cap_and_a_prerequisite_are_named_together():
    asks = [
        ask("r7", 8, requires=("r1",)),
        ask("r1", 6, area="field", groups=("flagship",), score=Fraction(1)),
    ]
    floor = floor_of(
        asks,
        areas=(LAB, FIELD),
        groups=(Group(id="flagship", cap={"gpu:h100": 5}),),
        pool={"gpu:h100": 20},
    )
    assert floor.conflict_rows == (
        ("limit", "group", "flagship", "gpu:h100"),
        ("requires", "r7", "r1"),
    )
    assert "r7 requiring r1" in floor.conflict


def test_minima_that_do_not_fit_side_by_side_are_named():
    floor = floor_of([ask("a", 6), ask("b", 7)], areas=(LAB,))
    assert set(floor.conflict_rows) == {
        ("limit", "pool", "", "gpu:h100"),
        ("minimum", "a"),
        ("minimum", "b"),
    }


def test_an_area_without_requests_is_told_that_it_asks_for_nothing():
    floor = floor_of([ask("b", 9, 1, area="field")], areas=(LAB, FIELD))
    assert floor.conflict == "the area's requests ask for 0 in all"
    assert floor.conflict_rows == ()


def carried(stated_carried, asks):
    areas = tuple(Area(id=name, name=name, floor={"gpu:h100": 6}) for name in ("lab", "field"))
    return decide(
        policy=policy(areas=areas, carried=stated_carried), asks=asks, ways_in=WaysIn.ESTIMATE
    )


def test_an_area_that_went_short_comes_first_in_the_next_round_and_then_they_take_turns():
    asks = [ask("a", 9, 1, score=Fraction(5)), ask("b", 9, 1, area="field", score=Fraction(1))]
    owed, turns = {}, []
    for _ in range(6):
        decision = carried(owed, asks)
        turns.append(max(decision.awards, key=lambda award: award.taken).request)
        owed = {o.area: {o.resource: o.after} for o in decision.carried if o.after}
    assert turns == ["a", "b", "a", "b", "a", "b"]


def test_nobody_is_owed_what_nobody_asked_for():
    decision = carried({"field": {"gpu:h100": 9}}, [ask("a", 9, 1), ask("b", 2, 1, area="field")])
    assert [(o.area, o.before, o.after) for o in decision.carried] == [("field", 9, 0)]


@pytest.mark.parametrize("owed", [1, 5])
def test_what_is_owed_is_promised_on_top_of_the_floor_and_said_to_be(owed):
    asks = [ask("a", 2, 1), ask("b", 9, 1, area="field", score=Fraction(1))]
    decision = carried({"field": {"gpu:h100": owed}}, asks)
    told = [(f.promised, f.owed) for f in decision.floors if f.area == "field"]
    assert told == [(6, 0), (6 + owed, owed)]
