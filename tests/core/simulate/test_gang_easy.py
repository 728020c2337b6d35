"""Gangs on nodes under EASY equal the plain oracle, and no head is later than its first promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.refusals import Code, Refused
from apportion.core.simulate.cluster import Cluster, Group, Nodes
from apportion.core.simulate.gang_easy import run_gang_easy
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.replay import replay
from apportion.core.simulate.trace import TraceJob, lay_out
from tests.core.simulate.oracle import Job, gang_easy


def starts_of(jobs, nodes, gpus):
    names = ("submit", "duration", "procs", "estimate")
    columns = [np.array([getattr(job, name) for job in jobs], dtype=np.int64) for name in names]
    return run_gang_easy(*columns, nodes, gpus).tolist()


def jobs_of(rows):
    return [
        Job(place=n, submit=at, duration=ran, procs=procs, estimate=ran + more)
        for n, (at, ran, procs, more) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(1, 20),
            st.integers(1, 12),
            st.sampled_from([0, 0, 3, 30]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_gangs_equal_the_oracle_on_any_trace(rows):
    assert starts_of(jobs_of(rows), 3, 4) == gang_easy(jobs_of(rows), 3, 4)


@pytest.mark.parametrize("seed", range(3))
def test_gangs_equal_the_oracle_on_a_busy_month(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.choice([1, 1, 1, 2, 4, 8, 16, 20], 900)
    runs = rng.exponential(90_000, 900)
    rows = [
        (int(at), int(ran) + 1, int(procs), int(ran) * int(more))
        for at, ran, procs, more in zip(
            rng.integers(0, 30 * 86400, 900), runs, sizes, rng.integers(0, 3, 900), strict=True
        )
    ]
    assert starts_of(jobs_of(rows), 12, 8) == gang_easy(jobs_of(rows), 12, 8)


def test_a_later_gang_starts_early_only_where_it_leaves_the_head_its_nodes():
    """The head waits for both nodes at 10: a short job passes it, a long one does not."""
    rows = [(0, 10, 3, 0), (1, 5, 8, 0), (2, 100, 1, 0), (3, 7, 4, 0)]
    assert starts_of(jobs_of(rows), 2, 4) == [0, 10, 15, 3]


def test_a_cluster_of_nodes_is_replayed_under_easy_and_refused_where_jobs_would_be_stopped():
    jobs = [TraceJob(job=str(n), submit=n, duration=9, procs=5, group="a") for n in range(4)]
    trace = lay_out(jobs, file="rows")
    cluster = Cluster(groups=(Group(name="a", nodes=Nodes(count=2, gpus=4)),))
    assert replay(trace, cluster, Policy(order=Order.EASY)).starts.tolist() == [0, 9, 18, 27]
    for policy in (Policy(order=Order.FAIR_SHARE), Policy(reclaim=True), Policy(depth=3)):
        with pytest.raises(Refused) as refused:
            replay(trace, cluster, policy)
        assert refused.value.refusals[0].code is Code.OUT_OF_RANGE
