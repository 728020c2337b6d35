"""Fair share, quotas, preemption and the emergency: the kernel equals the plain oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.simulate.shared import replay
from apportion.core.simulate.state import (
    LOST,
    OWED,
    PREEMPTIONS,
    Jobs,
    Tree,
    begin,
)
from tests.core.simulate.oracle import Job, Node, SharedOracle, Told, Window, World

CAPACITY = 8


def kernel(jobs, world):
    """Plays the same world on the kernel and tells it as the oracle does."""

    def column(name):
        return np.array([getattr(job, name) for job in jobs], dtype=np.int64)

    nodes, window = world.nodes, world.window
    parents = {node.parent for node in nodes}
    leaves = [n for n in range(len(nodes)) if n not in parents]
    under = [0] * len(nodes)
    for n, node in enumerate(nodes):
        first = window is not None and (
            n == window.node or (node.parent >= 0 and under[node.parent])
        )
        under[n] = int(first)
    tree = Tree(
        np.array([node.parent for node in nodes]),
        np.array([float(node.share) for node in nodes]),
        np.array([node.quota for node in nodes]),
        np.array([-1 if node.limit is None else node.limit for node in nodes]),
        np.array(leaves),
        np.array(under),
        np.array([int(window is not None and n in window.exempt) for n in range(len(nodes))]),
    )
    rules = [
        world.capacity,
        world.period,
        world.checkpoint,
        world.restart,
        world.backfill,
        world.depth,
        world.reclaim,
    ]
    emergency = [-1, 0, 0, 0, 0, 0, 1]
    if window:
        part = Fraction(window.payback)
        emergency = [
            window.node,
            window.start,
            window.until,
            window.amount,
            window.preempt,
            part.numerator,
            part.denominator,
        ]
    count = len(jobs)
    columns = Jobs(
        column("submit"),
        column("procs"),
        column("group"),
        column("duration"),
        column("estimate"),
        *(np.full(count, -1, np.int64) for _ in range(5)),
    )
    decay = 0.5 ** (world.period / world.half_life) if world.half_life else 1.0
    state = begin(columns, tree, np.array(rules, np.int64), np.array(emergency, np.int64), decay)
    replay(state)
    return Told(
        starts=columns.first.tolist(),
        ends=columns.ended.tolist(),
        lost=int(state.numbers[LOST]),
        preemptions=int(state.numbers[PREEMPTIONS]),
        lent=state.lent.tolist(),
        owed=int(state.numbers[OWED]),
    )


FLAT = [Node(share=1, quota=2), Node(share=2, quota=4), Node(share=1, quota=2)]
DEEP = [
    Node(share=1, quota=8),
    Node(share=3, quota=4, limit=6),
    Node(parent=0, share=1, quota=4),
    Node(parent=0, share=2, quota=4, limit=5),
    Node(parent=1, share=1, quota=2),
    Node(parent=1, share=1, quota=2),
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
