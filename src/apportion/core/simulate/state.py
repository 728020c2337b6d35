"""What the shared scheduler knows at an instant: jobs, the tree of groups, queues, loans.

Everything is held in a few arrays of records, each a table with named columns: the compiler takes
a fraction of the time that it takes over dozens of arrays.
"""

from typing import Any, NamedTuple

import numpy as np

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.running import Running, nothing_runs
from apportion.core.simulate.trace import Whole

NONE = -1
Table = Any  # an array of records


def _columns(whole: str, real: str = "") -> np.dtype[Any]:
    """Names the columns of a table. Shape: eight bytes each."""
    return np.dtype(
        [(name, np.int64) for name in whole.split()] + [(name, np.float64) for name in real.split()]
    )


# Units: seconds, processors. `left` and `guess` are what is still to run, truly and by the
# estimate; `first` and `started` the first and the last start; `after` the next in the queue.
JOB = _columns("submit procs leaf left guess started first ended stopped after")
# A group; a parent comes before its children. Units: quota, limit (-1: none) and `used` in
# processors, `usage` in decayed processor-seconds, `lent` in processor-seconds owed to it.
NODE = _columns(
    "parent quota limit goes_first exempt used waiting head cursor lent", real="share usage"
)
CLOCK = _columns("now free arrived owed lost preemptions held_back shadow extra tried queued")
RULES = _columns("capacity period checkpoint restart backfill depth reclaim", real="decay")
# The emergency; its node is -1 where there is none.
WINDOW = _columns("node start until amount preempt payback_part payback_whole")


class State(NamedTuple):
    """Everything that one replay reads and changes; `clock`, `rules` and `window` have one row."""

    jobs: Table
    nodes: Table
    leaves: Whole
    order: Whole  # leaves in the order of this pass
    clock: Table
    rules: Table
    window: Table
    running: Running


def begin(*, jobs: Table, nodes: Table, rules: Table, window: Table) -> State:
    """Sets the scene before the first job.

    Shape: tables of JOB (in the order (submit, id)), NODE, RULES and WINDOW, as the caller knows
    them; what changes during the replay is set here.
    """
    for name in ("started", "first", "ended", "stopped", "after"):
        jobs[name] = NONE
    for name in ("used", "waiting", "lent", "usage"):
        nodes[name] = 0
    nodes["head"] = nodes["cursor"] = NONE
    clock = np.zeros(1, CLOCK)
    clock["free"] = rules["capacity"]
    parents = set(nodes["parent"].tolist())
    leaves = np.array([n for n in range(len(nodes)) if n not in parents], np.int64)
    running = nothing_runs(min(len(jobs), int(rules["capacity"][0])))
    return State(jobs, nodes, leaves, leaves.copy(), clock, rules, window, running)


@compiled
def in_window(state: State) -> bool:
    """Whether the emergency is in force."""
    return bool(
        state.window[0].node >= 0
        and state.window[0].start <= state.clock[0].now < state.window[0].until
    )


@compiled
def enqueue(state: State, job: int) -> None:
    """Puts a job into the queue of its leaf, in its place."""
    leaf = state.jobs[job].leaf
    state.nodes[leaf].waiting += 1
    state.clock[0].queued += 1
    at = state.nodes[leaf].head
    if at < 0 or at > job:
        state.jobs[job].after = at
        state.nodes[leaf].head = job
        return
    while state.jobs[at].after >= 0 and state.jobs[at].after < job:
        at = state.jobs[at].after
    state.jobs[job].after = state.jobs[at].after
    state.jobs[at].after = job


@compiled
def occupy(state: State, job: int, sign: int) -> None:
    """Counts a job's processors in, or with -1 out, in every node above it."""
    procs = sign * state.jobs[job].procs
    state.clock[0].free -= procs
    node = state.jobs[job].leaf
    while node >= 0:
        state.nodes[node].used += procs
        node = state.nodes[node].parent
