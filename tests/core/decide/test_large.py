"""The scale path tells the truth on rounds small enough to try every slate, and on large ones."""

import numpy as np
from hypothesis import given, settings

from apportion.core.decide.columns import columns_of
from apportion.core.decide.large import settle_large
from apportion.core.decide.problem import pose
from apportion.core.decide.room import missed_share, total_points

from .rounds import HOURS, best_by_hand, is_possible, rounds

EXAMPLES = settings(max_examples=60, deadline=None)


@EXAMPLES
@given(rounds())
def test_the_bound_of_the_scale_path_holds_for_the_best_of_all_slates(drawn):
    problem = pose(*drawn)
    settled = settle_large(problem)
    phases = {phase.name: phase for phase in settled.phases}
    missed, points = best_by_hand(problem)
    assert is_possible(problem, settled.taken)
    assert all(
        not steps or least <= steps <= whole
        for steps, least, whole in zip(settled.taken, problem.least, problem.steps, strict=True)
    )
    assert settled.missed == missed_share(problem, settled.taken)
    assert phases["value"].value == total_points(problem, settled.taken)
    if settled.missed == missed:
        assert phases["value"].value <= points <= phases["value"].bound
    else:
        assert settled.missed > missed
        assert phases["floors"].bound >= -missed * 10**12


@EXAMPLES
@given(rounds(most=40_000, resources=HOURS, count=12))
def test_columns_have_the_limits_and_floors_of_their_problem(drawn):
    problem = pose(*drawn)
    columns = columns_of(problem)
    stated = [(x.bound, x.members) for x in problem.limits]
    stated += [(x.promised, x.members) for x in problem.floors]
    for bound, (amount, members) in zip(columns.bounds, stated, strict=True):
        held = bound.families[columns.family] & (columns.demand[bound.resource] > 0)
        assert bound.amount == amount
        assert tuple(np.flatnonzero(held).tolist()) == members
