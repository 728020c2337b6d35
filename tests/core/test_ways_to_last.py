"""Ways to last: computed from the project's own jobs, and none where nothing is wrong."""

from datetime import date, timedelta

import pytest

from apportion.core.forecast import forecast
from apportion.core.ways_to_last import Ended, Lever, family_of, wasted, ways_to_last

TODAY = date(2026, 3, 1)
END = TODAY + timedelta(days=60)
EVEN = {TODAY - timedelta(days=day): 10 for day in range(1, 29)}


def ways(balance=200, ended=(), by_name=None):
    told = forecast(EVEN, balance=balance, today=TODAY, ends_on=END)
    return ways_to_last(
        balance=balance,
        foretold=told,
        today=TODAY,
        ends_on=END,
        ended=ended,
        by_name=by_name or {},
    )


def test_slower_and_more_are_always_ways():
    slow, more = ways()
    assert (slow.lever, slow.amount, slow.lasts) == (Lever.SLOW_DOWN, 3, True)
    assert (more.lever, more.amount) == (Lever.SUPPLEMENT, 400)
    assert slow.days_gained == more.days_gained == 41


def test_a_project_that_lasts_needs_no_way():
    assert ways(balance=601) == ()


def test_the_largest_family_of_jobs_can_be_paused():
    ended = [Ended(state="COMPLETED", jobs=9, used=280)]
    *_, pause = ways(ended=ended, by_name={"sweep-s1": 80, "sweep-s2": 60, "main": 140 - 1})
    assert (pause.lever, pause.what, pause.percent) == (Lever.PAUSE, "sweep", 50)
    assert (pause.days_gained, pause.lasts) == (19, False)


def test_failures_that_cost_more_than_any_family_come_first():
    ended = [Ended(state="COMPLETED", jobs=9, used=100), Ended(state="FAILED", jobs=3, used=200)]
    *_, way = ways(ended=ended, by_name={"a": 150, "b": 150})
    assert (way.lever, way.percent) == (Lever.FEWER_FAILURES, 66)
    assert way.days_gained == 38


def test_pausing_everything_is_no_way():
    assert len(ways(ended=[Ended(state="COMPLETED", jobs=1, used=280)], by_name={"a": 280})) == 2


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("rec-1.4b-s2", "rec-1.4b"),
        ("sweep_seed12", "sweep"),
        ("train", "train"),
        ("1234", "1234"),
        ("eval.3", "eval"),
        ("", ""),
    ],
)
def test_jobs_that_differ_in_their_number_are_one_family(name, family):
    assert family_of(name) == family


def test_what_bought_nothing_is_told_by_end_state():
    ended = [
        Ended(state="CANCELLED by 1000", jobs=1, used=5),
        Ended(state="COMPLETED", jobs=7, used=90),
        Ended(state="TIMEOUT", jobs=2, used=15),
    ]
    lost, used, whole = wasted(ended)
    assert ([row.state for row in lost], used, whole) == (["TIMEOUT", "CANCELLED by 1000"], 20, 110)
