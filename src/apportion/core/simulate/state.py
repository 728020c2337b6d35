"""What the shared scheduler knows at an instant: jobs, the tree of groups, queues, loans.

Everything is held in a few arrays of records, each a table with named columns: the compiler takes
a fraction of the time that it takes over dozens of arrays.
"""

from typing import NamedTuple

import numpy as np

from apportion.core.simulate.compiled import lean
from apportion.core.simulate.running import Running, nothing_runs
from apportion.core.simulate.tables import CLOCK, NONE, PLACE, Table
from apportion.core.simulate.trace import Whole


class State(NamedTuple):
    """Everything that one replay reads and changes; `clock`, `rules` and `window` have one row."""

    jobs: Table
    queue: Table  # PLACE; each leaf has a stretch of its own
    nodes: Table
    leaves: Whole
    order: Whole  # leaves, those that have a queue first and in the order of this pass
    idle: Whole  # room to put the others aside
    stopped: Whole  # jobs that this pass has stopped; they wait for the next one
    clock: Table
    rules: Table
    window: Table
    running: Running


def begin(*, jobs: Table, nodes: Table, rules: Table, window: Table) -> State:
    """Sets the scene before the first job.

    Shape: tables of JOB (in the order (submit, id)), NODE, RULES and WINDOW, as the caller knows
    them; what changes during the replay is set here.
    """
    for name in ("started", "first", "ended", "older", "younger"):
        jobs[name] = NONE
    jobs["lost"] = 0
    for name in ("used", "waiting", "lent", "lent_most", "served", "usage"):
        nodes[name] = 0
    for node in nodes:
        node["depth"] = nodes[node["parent"]]["depth"] + 1 if node["parent"] >= 0 else 0
    counts = np.bincount(jobs["leaf"], minlength=len(nodes))
    nodes["base"] = nodes["low"] = nodes["high"] = np.cumsum(counts) - counts
    clock = np.zeros(1, CLOCK)
    clock["free"], clock["youngest"], clock["repaid"] = rules["capacity"], NONE, NONE
    parents = set(nodes["parent"].tolist())
    leaves = np.array([n for n in range(len(nodes)) if n not in parents], np.int64)
    running = nothing_runs(min(len(jobs), int(rules["capacity"][0])))
    queue, stopped = np.zeros(len(jobs), PLACE), np.zeros(len(jobs), np.int64)
    order, idle = leaves.copy(), leaves.copy()
    return State(jobs, queue, nodes, leaves, order, idle, stopped, clock, rules, window, running)


@lean
def in_window(state: State) -> bool:
    """Whether the emergency is in force."""
    return bool(
        state.window[0].node >= 0
        and state.window[0].start <= state.clock[0].now < state.window[0].until
    )


@lean
def enqueue(state: State, job: int) -> None:
    """Puts a job into the queue of its leaf, in its place; most come last."""
    leaf = state.jobs[job].leaf
    node = state.nodes[leaf]
    end = state.nodes[leaf + 1].base if leaf + 1 < len(state.nodes) else len(state.queue)
    if node.high == end:
        _close_up(state, leaf)
    at = node.high
    while at > node.low and (state.queue[at - 1].job > job or state.queue[at - 1].job == NONE):
        state.queue[at].job = state.queue[at - 1].job
        state.queue[at].procs = state.queue[at - 1].procs
        state.queue[at].guess = state.queue[at - 1].guess
        at -= 1
    state.queue[at].job = job
    state.queue[at].procs = state.jobs[job].procs
    state.queue[at].guess = state.jobs[job].guess
    node.high += 1
    node.waiting += 1
    state.clock[0].queued += 1


@lean
def dequeue(state: State, at: int) -> None:
    """Takes the job of a place out of its queue; the place stays, empty, until the next close-up."""
    node = state.nodes[state.jobs[state.queue[at].job].leaf]
    state.queue[at].job = NONE
    node.waiting -= 1
    state.clock[0].queued -= 1
    if node.waiting == 0:
        node.low = node.high = node.base
        return
    while state.queue[node.low].job == NONE:
        node.low += 1
    while state.queue[node.high - 1].job == NONE:  # else whoever comes would walk over them
        node.high -= 1


@lean
def close_up_sparse(state: State, leaf: int) -> None:
    """Closes a queue up where more of its places are empty than taken."""
    node = state.nodes[leaf]
    if node.high - node.low > 2 * node.waiting + 8:
        _close_up(state, leaf)


@lean
def close_front(state: State, leaf: int) -> None:
    """Moves the front of a queue together where the last look at it met many empty places.

    Jobs leave a queue from anywhere near its front; without this each pass would walk over the
    places of all who have left.
    """
    node = state.nodes[leaf]
    end = min(state.clock[0].looked, node.high)
    if node.waiting == 0 or state.clock[0].gaps < 64 or 4 * state.clock[0].gaps < end - node.low:
        return
    to = end
    for at in range(end - 1, node.low - 1, -1):
        if state.queue[at].job != NONE:
            to -= 1
            state.queue[to].job = state.queue[at].job
            state.queue[to].procs = state.queue[at].procs
            state.queue[to].guess = state.queue[at].guess
    node.low = to


@lean
def _close_up(state: State, leaf: int) -> None:
    """Moves the jobs of a queue together at its base."""
    node = state.nodes[leaf]
    to = node.base
    for at in range(node.low, node.high):
        if state.queue[at].job != NONE:
            state.queue[to].job = state.queue[at].job
            state.queue[to].procs = state.queue[at].procs
            state.queue[to].guess = state.queue[at].guess
            to += 1
    node.low, node.high = node.base, to


@lean
def occupy(state: State, job: int, sign: int) -> None:
    """Counts a job's processors in, or with -1 out, in every node above it."""
    procs = sign * state.jobs[job].procs
    state.clock[0].free -= procs
    node = state.jobs[job].leaf
    while node >= 0:
        state.nodes[node].used += procs
        node = state.nodes[node].parent


@lean
def chain(state: State, job: int) -> None:
    """Hangs a job that starts now into the chain of what runs, in its place."""
    older, younger = state.clock[0].youngest, NONE
    while older > job and state.jobs[older].started == state.jobs[job].started:
        older, younger = state.jobs[older].older, older
    state.jobs[job].older, state.jobs[job].younger = older, younger
    if older != NONE:
        state.jobs[older].younger = job
    if younger != NONE:
        state.jobs[younger].older = job
    else:
        state.clock[0].youngest = job


@lean
def unchain(state: State, job: int) -> None:
    """Takes a job out of the chain of what runs."""
    older, younger = state.jobs[job].older, state.jobs[job].younger
    if older != NONE:
        state.jobs[older].younger = younger
    if younger != NONE:
        state.jobs[younger].older = older
    else:
        state.clock[0].youngest = older
