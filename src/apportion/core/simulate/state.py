"""What the shared scheduler knows at an instant: jobs, the tree of groups, queues, loans."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.running import Running, nothing_runs
from apportion.core.simulate.trace import Whole

Shares = NDArray[np.float64]
NONE = -1
# where `numbers` keeps what changes
NOW, FREE, ARRIVED, OWED, LOST, PREEMPTIONS, HELD_BACK, SHADOW, EXTRA, TRIED = range(10)
# where `rules` keeps what does not
CAPACITY, PERIOD, CHECKPOINT, RESTART, BACKFILL, DEPTH, RECLAIM = range(7)
# where `window` keeps the emergency; its node is NONE where there is none
NODE, START, UNTIL, AMOUNT, PREEMPT, PAYBACK_PART, PAYBACK_WHOLE = range(7)


class Jobs(NamedTuple):
    """Columns of the trace, and what has become of each job. Units: seconds, processors."""

    submit: Whole
    procs: Whole
    leaf: Whole  # node of the tree
    left: Whole  # seconds still to run
    guess: Whole  # the same by the estimate
    started: Whole  # the last start
    first: Whole  # the first start; -1 before it
    ended: Whole
    stopped: Whole  # the last time it was stopped; -1 where it never was
    after: Whole  # next in the queue of its leaf


class Tree(NamedTuple):
    """Groups; a parent comes before its children. Units: quota and limit in processors."""

    parent: Whole
    share: Shares
    quota: Whole
    limit: Whole  # -1: none
    leaves: Whole
    goes_first: Whole  # 1 for leaves at or under the window's node
    exempt: Whole  # 1 for leaves that neither lend nor are stopped


class State(NamedTuple):
    """Everything that one replay changes."""

    jobs: Jobs
    tree: Tree
    running: Running
    used: Whole  # processors of each node, its children's included
    waiting: Whole  # jobs in the queue of each leaf
    head: Whole  # first of the queue of each leaf
    usage: Shares  # decayed processor-seconds of each node
    lent: Whole  # processor-seconds owed to each leaf
    order: Whole  # leaves in the order of this pass
    cursor: Whole  # where this pass stands in the queue of each leaf
    numbers: Whole
    rules: Whole
    window: Whole
    decay: float


@compiled
def begin(jobs: Jobs, tree: Tree, rules: Whole, window: Whole, decay: float) -> State:
    """Sets the scene before the first job."""
    nodes = len(tree.parent)
    numbers = np.zeros(10, np.int64)
    numbers[FREE] = rules[CAPACITY]
    return State(
        jobs,
        tree,
        nothing_runs(min(len(jobs.submit), rules[CAPACITY])),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.full(nodes, NONE, np.int64),
        np.zeros(nodes, np.float64),
        np.zeros(nodes, np.int64),
        np.zeros(len(tree.leaves), np.int64),
        np.zeros(nodes, np.int64),
        numbers,
        rules,
        window,
        decay,
    )


@compiled
def in_window(state: State) -> bool:
    """Whether the emergency is in force."""
    return bool(
        state.window[NODE] >= 0 and state.window[START] <= state.numbers[NOW] < state.window[UNTIL]
    )


@compiled
def enqueue(state: State, job: int) -> None:
    """Puts a job into the queue of its leaf, in its place."""
    leaf = state.jobs.leaf[job]
    state.waiting[leaf] += 1
    at = state.head[leaf]
    if at < 0 or at > job:
        state.jobs.after[job] = at
        state.head[leaf] = job
        return
    while state.jobs.after[at] >= 0 and state.jobs.after[at] < job:
        at = state.jobs.after[at]
    state.jobs.after[job] = state.jobs.after[at]
    state.jobs.after[at] = job


@compiled
def occupy(state: State, job: int, sign: int) -> None:
    """Counts a job's processors in, or with -1 out, in every node above it."""
    procs = sign * state.jobs.procs[job]
    state.numbers[FREE] -= procs
    node = state.jobs.leaf[job]
    while node >= 0:
        state.used[node] += procs
        node = state.tree.parent[node]
