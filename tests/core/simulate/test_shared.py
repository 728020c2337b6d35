"""Fair share, quotas, preemption and the emergency: the kernel equals the plain oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.simulate.shared import advance
from apportion.core.simulate.state import begin
from apportion.core.simulate.tables import JOB, NODE, RULES, WINDOW
from tests.core.simulate.oracle import Job
from tests.core.simulate.shared_oracle import Node, SharedOracle, Told, Window, World

CAPACITY = 8


def kernel(jobs, world):
    """Plays the same world on the kernel and tells it as the oracle does."""
    nodes, window = world.nodes, world.window
    table = np.zeros(len(jobs), JOB)
    for name, source in (
        ("submit", "submit"),
        ("procs", "procs"),
        ("leaf", "group"),
        ("left", "duration"),
        ("guess", "estimate"),
    ):
        table[name] = [getattr(job, source) for job in jobs]
    tree = np.zeros(len(nodes), NODE)
    for n, node in enumerate(nodes):
        first = window is not None and (
            n == window.node or (node.parent >= 0 and tree[node.parent]["goes_first"])
        )
        limit = -1 if node.limit is None else node.limit
        exempt = window is not None and n in window.exempt
        for name, value in (
            ("parent", node.parent),
            ("quota", node.quota),
            ("limit", limit),
            ("priority", node.priority),
            ("goes_first", first),
            ("exempt", exempt),
            ("share", node.share),
        ):
            tree[n][name] = value
    rules = np.zeros(1, RULES)
    for name in (
        *("capacity", "period", "checkpoint", "restart", "backfill", "depth", "reclaim"),
        *("by_class", "by_usage", "stop_lower"),
    ):
        rules[name] = getattr(world, name)
    rules["decay"] = 0.5 ** (world.period / world.half_life) if world.half_life else 1.0
    emergency = (-1, 0, 0, 0, 0, 0, 1)
    if window:
        part = Fraction(window.payback)
        emergency = (
            window.node,
            window.start,
            window.until,
            window.amount,
            window.preempt,
            part.numerator,
            part.denominator,
        )
    state = begin(jobs=table, nodes=tree, rules=rules, window=np.array([emergency], WINDOW))
    while not advance(state, 7):
        pass
    return Told(
        starts=table["first"].tolist(),
        ends=table["ended"].tolist(),
        lost=int(state.clock["lost"][0]),
        preemptions=int(state.clock["preemptions"][0]),
        lent=tree["lent"].tolist(),
        owed=int(state.clock["owed"][0]),
    )


FLAT = [Node(share=1, quota=2), Node(share=2, quota=4, priority=1), Node(share=1, quota=2)]
DEEP = [
    Node(share=1, quota=8),
    Node(share=3, quota=4, limit=6),
    Node(parent=0, share=1, quota=4),
    Node(parent=0, share=2, quota=4, limit=5),
    Node(parent=1, share=1, quota=2, priority=2),
    Node(parent=1, share=1, quota=2, priority=1),
]


@st.composite
def worlds(draw):
    nodes = draw(st.sampled_from([FLAT, DEEP]))
    window = None
    leaves = [0, 1, 2] if nodes is FLAT else [2, 3, 4, 5]
    if draw(st.booleans()):
        start = draw(st.integers(1, 60))
        window = Window(
            node=draw(st.sampled_from([1, 0, 2] if nodes is FLAT else [1, 2])),
            start=start,
            until=start + draw(st.integers(1, 80)),
            amount=draw(st.integers(5, 8)),
            preempt=draw(st.booleans()),
            payback=draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])),
            exempt=frozenset(draw(st.sets(st.sampled_from(leaves), max_size=1))),
        )
    world = World(
        capacity=CAPACITY,
        nodes=nodes,
        half_life=draw(st.sampled_from([0, 40, 400])),
        period=draw(st.sampled_from([5, 30])),
        checkpoint=draw(st.sampled_from([1, 7, 1000])),
        restart=draw(st.integers(0, 5)),
        backfill=draw(st.booleans()),
        depth=draw(st.sampled_from([0, 0, 2])),
        reclaim=draw(st.booleans()),
        by_class=draw(st.booleans()),
        by_usage=draw(st.booleans()),
        stop_lower=draw(st.booleans()),
        window=window,
    )
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 80),
                st.integers(1, 40),
                st.integers(1, 5),
                st.integers(0, 20),
                st.sampled_from(leaves),
            ),
            min_size=1,
            max_size=30,
        )
    )
    jobs = [
        Job(place=n, submit=at, duration=ran, procs=procs, estimate=ran + over, group=leaf)
        for n, (at, ran, procs, over, leaf) in enumerate(sorted(rows, key=lambda row: row[0]))
    ]
    return jobs, world


@settings(max_examples=200, deadline=None)
@given(given_world=worlds())
def test_the_shared_scheduler_equals_the_oracle_in_any_world(given_world):
    jobs, world = given_world
    told = kernel(jobs, world)
    assert told == SharedOracle(jobs, world).run()
    work = sum(job.duration * job.procs for job in jobs)
    assert told.lost >= 0
    assert told.owed == sum(told.lent)
    assert all(start >= job.submit for start, job in zip(told.starts, jobs, strict=True))
    if told.preemptions == 0:
        delivered = sum(
            (end - start) * job.procs
            for start, end, job in zip(told.starts, told.ends, jobs, strict=True)
        )
        assert delivered == work


@pytest.mark.parametrize("seed", range(2))
def test_a_busy_week_with_an_emergency_equals_the_oracle(seed):
    rng = np.random.default_rng(seed)
    count = 1200
    submits = np.sort(rng.integers(0, 7 * 86400, count))
    ran = rng.exponential(6_000, count).astype(int) + 1
    jobs = [
        Job(
            place=n,
            submit=int(submits[n]),
            duration=int(ran[n]),
            procs=int(rng.choice([1, 1, 2, 4, 8])),
            estimate=int(ran[n] * rng.uniform(1, 4)),
            group=int(rng.integers(3)),
        )
        for n in range(count)
    ]
    world = World(
        capacity=24,
        half_life=86400,
        nodes=[Node(share=1, quota=8), Node(share=1, quota=8), Node(share=1, quota=8)],
        window=Window(
            node=1,
            start=2 * 86400,
            until=4 * 86400,
            amount=18,
            preempt=True,
            payback=Fraction(1, 2),
        ),
    )
    told = kernel(jobs, world)
    assert told == SharedOracle(jobs, world).run()
    assert told.preemptions > 0
