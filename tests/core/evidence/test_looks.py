"""Looks: boundaries of the textbooks, errors that stay where they were promised, early ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.evidence.looks import (
    conditional_power,
    confidence_sequence,
    design_at,
    even_looks,
    inflation,
    is_futile,
    look_at,
    obrien_fleming,
    outlook,
)

# O'Brien-Fleming, two-sided alpha 0.05: Jennison and Turnbull (2000), table 2.3
TEXTBOOK = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 10: 2.087}
# the same book, table 2.4: how many times the runs of one test, for power 0.8
INFLATION = {2: 1.008, 3: 1.017, 4: 1.024, 5: 1.028, 10: 1.040}


@pytest.mark.parametrize(("count", "last"), TEXTBOOK.items())
def test_the_last_boundary_is_the_textbooks(count, last):
    design = obrien_fleming(even_looks(count), 0.025)
    assert design.boundaries[-1] == pytest.approx(last, abs=0.0006)
    assert design.boundaries[0] == pytest.approx(last * count**0.5, abs=0.003)


@pytest.mark.parametrize(("count", "times"), INFLATION.items())
def test_what_looks_cost_is_the_textbooks(count, times):
    design = obrien_fleming(even_looks(count), 0.025)
    assert inflation(design, wanted=0.8) == pytest.approx(times, abs=0.0006)


@settings(max_examples=30)
@given(
    parts=st.lists(st.floats(0.05, 1), min_size=1, max_size=6),
    tail=st.sampled_from([0.005, 0.025, 0.05]),
)
def test_the_error_is_what_was_promised_for_any_spacing(parts, tail):
    total = sum(parts)
    fractions = (*(sum(parts[: n + 1]) / total for n in range(len(parts) - 1)), 1.0)
    design = obrien_fleming(fractions, tail)
    assert outlook(design, drift=0).power == pytest.approx(tail, abs=1e-7)


def test_simulated_experiments_err_and_end_as_often_as_was_worked_out():
    design = obrien_fleming(even_looks(3), 0.025)
    rng = np.random.default_rng(20261122)
    steps = rng.standard_normal((200_000, 3)) / np.sqrt(3)
    for drift in (0.0, 2.8):
        score = np.cumsum(steps + drift / 3, axis=1)
        z = score / np.sqrt(np.array(design.fractions))
        crossed = z >= np.array(design.boundaries)
        told = outlook(design, drift=drift)
        assert crossed.any(axis=1).mean() == pytest.approx(told.power, abs=0.004)
        first = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 2)
        spent = (np.array(design.fractions)[first]).mean()
        assert spent == pytest.approx(told.expected_fraction, abs=0.003)


def test_looks_that_do_not_rise_to_the_whole_are_refused():
    for fractions in ((), (0.5,), (0.5, 0.5, 1.0), (0.9, 0.4, 1.0), (0.0, 1.0)):
        with pytest.raises(ValueError, match="rise to 1"):
            obrien_fleming(fractions, 0.025)


def test_looks_come_after_whole_runs_that_rise():
    assert look_at(obrien_fleming(even_looks(3), 0.025), 28) == (10, 19, 28)
    assert look_at(obrien_fleming(even_looks(3), 0.025), 5) == (2, 4, 5)
    with pytest.raises(ValueError, match="too few"):
        look_at(obrien_fleming(even_looks(3), 0.025), 3)


def test_going_on_is_futile_once_the_declared_effect_would_hardly_be_found():
    design = design_at((10, 20, 30), 0.025)
    assert is_futile(design, look=1, z=-1.0, drift=2.8)
    assert not is_futile(design, look=1, z=1.0, drift=2.8)
    assert conditional_power(design, look=2, z=5.0, drift=0) == 1
    assert conditional_power(design, look=2, z=0.0, drift=9) == 0


def test_a_confidence_sequence_misses_rarely_however_often_one_looks():
    rng = np.random.default_rng(7)
    missed = 0
    for _ in range(400):
        values = rng.standard_normal(200)
        missed += any(
            not low <= 0 <= high
            for n in range(10, 201, 5)
            for low, high in [
                confidence_sequence(
                    difference=float(values[:n].mean()),
                    spread=float(values[:n].std(ddof=1)),
                    runs=n,
                    alpha=0.05,
                )
            ]
        )
    assert missed / 400 <= 0.05
