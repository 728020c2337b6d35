"""Gangs on nodes equal the plain oracle, job for job."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.simulate.gang import run_gang
from tests.core.simulate.oracle import Job, gang


def starts_of(jobs, nodes, gpus):
    def column(name):
        return np.array([getattr(job, name) for job in jobs], dtype=np.int64)

    return run_gang(column("submit"), column("duration"), column("procs"), nodes, gpus).tolist()


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(1, 12)),
        min_size=1,
        max_size=40,
    )
)
def test_gangs_equal_the_oracle_on_any_trace(rows):
    jobs = [
        Job(place=n, submit=submit, duration=ran, procs=procs, estimate=ran)
        for n, (submit, ran, procs) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]
    assert starts_of(jobs, 3, 4) == gang(jobs, 3, 4)


def test_a_gang_waits_for_whole_nodes_though_as_many_gpus_are_free_in_pieces():
    sizes = [(0, 9, 3), (0, 5, 3), (1, 5, 4), (2, 1, 1)]
    jobs = [
        Job(place=n, submit=at, duration=ran, procs=procs, estimate=ran)
        for n, (at, ran, procs) in enumerate(sizes)
    ]
    assert starts_of(jobs, 2, 4) == [0, 0, 5, 5]
    assert gang(jobs, 2, 4) == [0, 0, 5, 5]


@pytest.mark.parametrize("seed", range(3))
def test_gangs_equal_the_oracle_on_a_busy_month(seed):
    rng = np.random.default_rng(seed)
    submits = np.sort(rng.integers(0, 30 * 86400, 2000))
    jobs = [
        Job(place=n, submit=int(at), duration=int(ran) + 1, procs=int(procs), estimate=0)
        for n, (at, ran, procs) in enumerate(
            zip(
                submits,
                rng.exponential(30_000, 2000),
                rng.choice([1, 1, 1, 2, 4, 8, 16, 20], 2000),
                strict=True,
            )
        )
    ]
    assert starts_of(jobs, 12, 8) == gang(jobs, 12, 8)
