"""What every replay promises, whatever the trace and the policy."""

from dataclasses import replace as changed
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.refusals import Code, Refused
from apportion.core.simulate.cluster import Cluster, Group, Nodes
from apportion.core.simulate.policy import Emergency, Order, Policy
from apportion.core.simulate.replay import replay
from apportion.core.simulate.trace import TraceJob, lay_out
from apportion.core.simulate.workload import Lab, make_workload

ORDERS = st.sampled_from(list(Order))
CLUSTER = Cluster(
    procs=8,
    groups=(
        Group(name="a", share=2, quota=4, limit=7, priority=1),
        Group(name="b", quota=2),
        Group(name="c"),
    ),
)


def traced(rows):
    return lay_out(
        [
            TraceJob(
                job=str(n), submit=at, duration=ran, procs=size, estimate=ran + over, group=who
            )
            for n, (at, ran, size, over, who) in enumerate(rows)
        ],
        file="rows",
    )


rows = st.lists(
    st.tuples(
        st.integers(0, 80),
        st.integers(1, 40),
        st.integers(1, 7),
        st.integers(0, 20),
        st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=40,
)
policies = st.builds(
    Policy,
    order=ORDERS,
    half_life=st.sampled_from([0, 50]),
    period=st.just(10),
    depth=st.sampled_from([0, 3]),
    checkpoint=st.sampled_from([1, 5, 100]),
    restart=st.integers(0, 4),
    reclaim=st.booleans(),
    stop_lower=st.booleans(),
)


def most_used(told):
    """The most processors in use at once, where every job ran in one piece."""
    changes = sorted(
        [(int(at), -int(n)) for at, n in zip(told.ends, told.trace.procs, strict=True)]
        + [(int(at), int(n)) for at, n in zip(told.starts, told.trace.procs, strict=True)]
    )
    used = most = 0
    for _, change in changes:
        used += change
        most = max(most, used)
    return most


@settings(max_examples=150, deadline=None)
@given(rows=rows, policy=policies)
def test_a_replay_never_uses_more_than_there_is_and_does_all_the_work(rows, policy):
    told = replay(traced(rows), CLUSTER, policy)
    trace = told.trace
    assert len(trace) == len(rows)
    assert (told.starts >= trace.submit).all()
    assert (told.lost >= 0).all()
    stayed = (told.ends - told.starts) * trace.procs
    assert (stayed >= trace.duration * trace.procs + told.lost).all()
    if not told.preemptions:
        assert most_used(told) <= CLUSTER.capacity
        assert int(stayed.sum()) == trace.work + int(told.lost.sum())


@settings(max_examples=100, deadline=None)
@given(rows=rows, policy=policies, shift=st.integers(1, 10**9))
def test_a_later_calendar_changes_nothing_but_the_clock(rows, policy, shift):
    told = replay(traced(rows), CLUSTER, policy)
    later = replay(traced([(at + shift, *rest) for at, *rest in rows]), CLUSTER, policy)
    assert (later.starts - shift == told.starts).all()
    assert (later.ends - shift == told.ends).all()


@settings(max_examples=60, deadline=None)
@given(rows=rows, policy=policies, factor=st.integers(2, 5))
def test_a_slower_clock_changes_nothing_but_the_clock(rows, policy, factor):
    names = ("half_life", "period", "checkpoint", "restart")
    slow = changed(policy, **{name: getattr(policy, name) * factor for name in names})
    slower = [(at * factor, ran * factor, n, over * factor, g) for at, ran, n, over, g in rows]
    told, later = replay(traced(rows), CLUSTER, policy), replay(traced(slower), CLUSTER, slow)
    assert (later.starts == told.starts * factor).all()


@settings(max_examples=100, deadline=None)
@given(rows=rows, policy=policies, names=st.permutations(["x", "7", "6214e9"]))
def test_other_names_for_the_groups_change_nothing_but_the_names(rows, policy, names):
    new = dict(zip("abc", names, strict=True))
    groups = tuple(changed(group, name=new[group.name]) for group in CLUSTER.groups)
    told = replay(traced(rows), CLUSTER, policy)
    renamed = [(at, ran, size, over, new[who]) for at, ran, size, over, who in rows]
    other = replay(traced(renamed), changed(CLUSTER, groups=groups), policy)
    assert (other.starts == told.starts).all()
    assert (other.ends == told.ends).all()


@settings(max_examples=100, deadline=None)
@given(rows=rows, policy=policies)
def test_an_emergency_that_gives_nothing_new_equals_the_replay_without_it(rows, policy):
    trace = traced(rows)
    told = replay(trace, CLUSTER, policy)
    over = Emergency(group=trace.groups[0], starts_at=10**6, ends_at=10**6 + 1, amount=8)
    same = replay(trace, CLUSTER, policy, emergency=over)
    assert (same.starts == told.starts).all()
    assert (same.ends == told.ends).all()
    assert same.loans == ()


@settings(max_examples=100, deadline=None)
@given(rows=rows, policy=policies, at=st.integers(0, 90), data=st.data())
def test_no_start_so_far_depends_on_how_long_running_jobs_will_run(rows, policy, at, data):
    """Only estimates reach the policy: what has not ended at an instant may end otherwise."""
    told = replay(traced(rows), CLUSTER, policy)
    order = [int(job) for job in told.trace.ids]
    ended = dict(zip(order, told.ends.tolist(), strict=True))
    fate = [
        row
        if ended[n] <= at
        # stays beyond the instant, within the same estimate
        else (row[0], data.draw(st.integers(row[1], row[1] + row[3])), *row[2:3], 0, row[4])
        for n, row in enumerate(rows)
    ]
    fate = [
        (a, ran, size, rows[n][1] + rows[n][3] - ran, who)
        for n, (a, ran, size, _, who) in enumerate(fate)
    ]
    other = replay(traced(fate), CLUSTER, policy)
    before = told.starts <= at
    assert (other.starts[before] == told.starts[before]).all()
    assert (other.starts[~before] > at).all()


@settings(max_examples=100, deadline=None)
@given(rows=rows)
def test_backfill_never_delays_the_head_beyond_its_first_reservation(rows):
    """A job that is first in the queue starts no later than if nobody behind it existed."""
    trace = traced(rows)
    told = replay(trace, Cluster(procs=8), Policy(order=Order.EASY))
    for at in range(len(trace)):
        before = np.arange(len(trace)) <= at
        if (told.starts[:at] > trace.submit[at]).any():
            continue  # it was not the head when it came
        running = trace.keep(before)
        guessed = changed(running, duration=np.where(before[: at + 1], running.estimate, 0))
        bound = _earliest(told, guessed, at)
        assert told.starts[at] <= bound


def _earliest(told, guessed, at):
    """When the estimates of what runs at its arrival leave enough for a job."""
    came = int(guessed.submit[at])
    ends = [
        (int(told.starts[n] + guessed.duration[n]), int(guessed.procs[n]))
        for n in range(at)
        if told.ends[n] > came
    ]
    free = 8 - sum(size for _, size in ends)
    for end, size in sorted(ends):
        if free >= guessed.procs[at]:
            break
        free, came = free + size, end
    return came


def test_gangs_keep_to_the_nodes_of_their_group_and_who_has_none_is_told():
    trace = traced([(0, 9, 4, 0, "a"), (0, 9, 4, 0, "b"), (1, 9, 2, 0, "a"), (1, 9, 9, 0, "b")])
    trace = changed(trace, groups=("a", "6214e9"))
    cluster = Cluster(groups=(Group(name="a", nodes=Nodes(count=1, gpus=4)),))
    told = replay(trace, cluster, Policy(order=Order.FCFS))
    assert told.starts.tolist() == [0, 9]
    assert [fault.what for fault in told.trace.rejects] == ["group 6214e9 has no nodes"] * 2


def test_a_job_larger_than_the_cluster_is_left_out_and_told():
    told = replay(traced([(0, 9, 9, 0, "a"), (0, 9, 3, 0, "a")]), Cluster(procs=8), Policy())
    assert told.trace.ids == ("1",)
    assert "larger than the 8" in told.trace.rejects[0].what


@pytest.mark.parametrize(
    ("rows", "cluster", "code"),
    [
        ([(0, 1, 1, 0, "a")], Cluster(procs=0), Code.OUT_OF_RANGE),
        ([], Cluster(procs=8), Code.INCOMPLETE),
        ([(0, 1, 9, 0, "a")], Cluster(procs=8), Code.INCOMPLETE),
    ],
)
def test_a_replay_is_refused_when_there_is_nothing_to_replay_or_to_run_it_on(rows, cluster, code):
    with pytest.raises(Refused) as refused:
        replay(traced(rows), cluster, Policy())
    assert refused.value.refusals[0].code is code


def test_a_replay_is_refused_when_the_emergency_is_for_nobody_or_nodes_cannot_serve_it():
    trace = traced([(0, 9, 3, 0, "a")])
    nobody = Emergency(group="z", starts_at=0, ends_at=9, amount=4)
    with pytest.raises(Refused):
        replay(trace, Cluster(procs=8), Policy(), emergency=nobody)
    with pytest.raises(Refused):
        replay(trace, Cluster(nodes=Nodes(count=1, gpus=8)), Policy(order=Order.FAIR_SHARE))


def test_years_of_silence_pass_in_an_instant():
    trace = traced([(0, 9, 3, 0, "a"), (2**39, 9, 8, 0, "b"), (2**39, 9, 8, 0, "a")])
    told = replay(trace, Cluster(procs=8), Policy(order=Order.FAIR_SHARE))
    assert told.starts.tolist() == [0, 2**39, 2**39 + 9]


def test_the_same_lab_and_seed_give_the_same_jobs_and_the_load_that_was_asked():
    lab = Lab(gpus=512, weeks=4, jobs=5000, groups=(("vision", 2), ("flagship", 1)))
    one, same, other = (make_workload(lab, seed=seed) for seed in (1, 1, 2))
    assert (one.submit == same.submit).all()
    assert (one.duration == same.duration).all()
    assert not (one.submit == other.submit).all()
    assert 0.8 <= one.work / (512 * 4 * 7 * 86400) <= 0.95
    told = replay(one, Cluster(procs=512), Policy(order=Order.FAIR_SHARE))
    assert most_used(told) <= 512


def test_a_job_that_is_stopped_keeps_its_checkpoint_and_pays_for_its_restart():
    trace = traced([(0, 100, 8, 0, "b"), (25, 10, 8, 0, "a")])
    cluster = Cluster(procs=8, groups=(Group(name="a", priority=1), Group(name="b")))
    policy = Policy(order=Order.PRIORITY, stop_lower=True, checkpoint=10, restart=3)
    told = replay(trace, cluster, policy)
    assert told.starts.tolist() == [0, 25]
    assert told.ends.tolist() == [35 + 3 + 80, 35]
    assert told.lost.tolist() == [(5 + 3) * 8, 0]


def test_an_emergency_borrows_and_pays_back_to_zero():
    rows = [(at, 80, 2, 0, who) for at in range(0, 2000, 25) for who in "ab"]
    cluster = Cluster(procs=8, groups=(Group(name="a", quota=4), Group(name="b", quota=4)))
    window = Emergency(
        group="a", starts_at=100, ends_at=600, amount=8, preempt=True, payback=Fraction(1, 2)
    )
    told = replay(traced(rows), cluster, Policy(order=Order.FAIR_SHARE), emergency=window)
    assert [loan.group for loan in told.loans] == ["b"]
    assert told.loans[0].lent > 0
    assert told.loans[0].owed == 0
    assert told.repaid_at > 600
