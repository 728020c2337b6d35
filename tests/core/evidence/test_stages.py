"""Staged grants: every step from every stage, parts that sum to the award, one bounded re-estimate."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.evidence.stages import (
    ENDS,
    NEXT,
    Stage,
    Step,
    check_growth,
    move_on,
    split_award,
)
from apportion.core.refusals import Code, Refusal


@pytest.mark.parametrize(("stage", "step"), list(product(Stage, Step)))
def test_every_step_leads_where_the_table_says_or_is_refused_with_what_is_possible(stage, step):
    found = move_on(stage, step)
    if (stage, step) in NEXT:
        assert found is NEXT[stage, step]
    else:
        assert isinstance(found, Refusal)
        assert found.code is Code.WRONG_STATE
        assert found.remedy


def test_every_stage_can_be_reached_and_only_ends_lead_nowhere():
    reached, fresh = {Stage.IDEA}, [Stage.IDEA]
    while fresh:
        at = fresh.pop()
        for (stage, _), after in NEXT.items():
            if stage is at and after not in reached:
                reached.add(after)
                fresh.append(after)
    assert reached == set(Stage)
    assert {stage for stage in Stage if not any(at is stage for at, _ in NEXT)} == set(ENDS)


@given(
    amount=st.integers(0, 2**62 - 1),
    steps=st.lists(st.integers(1, 1000), min_size=1, max_size=3),
)
def test_tranches_sum_to_the_award_and_none_is_negative(amount, steps):
    looks = tuple(sum(steps[: n + 1]) for n in range(len(steps)))
    parts = split_award(amount, looks)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount >= 0 for part in parts)
    assert [part.runs for part in parts] == list(looks)


def test_a_re_estimate_is_allowed_once_and_up_to_one_and_a_half_times():
    assert check_growth(100, 150, earlier=0) is None
    assert check_growth(100, 151, earlier=0).code is Code.OUT_OF_RANGE
    assert check_growth(100, 120, earlier=1).code is Code.ALREADY_DONE
