"""Nodes with GPUs, jobs placed as gangs: strict order, and nobody passes the head.

At most a node's GPUs go on one node, the one with the fewest free that fit, lowest index; more
take whole empty nodes, lowest index first, and one node for the rest.
"""

from typing import NamedTuple

import numpy as np

from apportion.core.simulate.compiled import compiled, lean
from apportion.core.simulate.running import COUNT, Running, nothing_runs, pop, push
from apportion.core.simulate.trace import Whole


class Rack(NamedTuple):
    """Nodes of one kind. `placed[first[job]:]` are the nodes of a job, the last may be shared."""

    free: Whole
    gpus: int
    first: Whole
    placed: Whole
    running: Running


@compiled
def run_gang(submit: Whole, duration: Whole, procs: Whole, nodes: int, gpus: int) -> Whole:
    """Starts every job in strict order as soon as its gang finds its place.

    Shape: jobs in the order (submit, id); every job fits the empty nodes.
    """
    count = len(submit)
    first = np.zeros(count + 1, np.int64)
    for job in range(count):
        first[job + 1] = first[job] + -(-procs[job] // gpus)
    rack = Rack(
        np.full(nodes, gpus, np.int64),
        gpus,
        first,
        np.empty(first[count], np.int64),
        nothing_runs(min(count, nodes * gpus)),
    )
    starts, now = np.empty(count, np.int64), 0
    for job in range(count):
        now = max(now, submit[job])
        while rack.running.counts[COUNT] and rack.running.ends[0] <= now:
            leave(rack, procs)
        while not place(rack, rack.free, job, procs[job]):
            now = rack.running.ends[0]
            while rack.running.counts[COUNT] and rack.running.ends[0] <= now:
                leave(rack, procs)
        starts[job] = now
        push(rack.running, now + duration[job], job)
    return starts


@lean
def leave(rack: Rack, procs: Whole) -> int:
    """Takes the gang off that ends first."""
    job = pop(rack.running)
    left = procs[job]
    for at in range(rack.first[job], rack.first[job + 1]):
        part = min(left, rack.gpus)
        rack.free[rack.placed[at]] += part
        left -= part
    return job


@lean
def place(rack: Rack, free: Whole, job: int, wanted: int) -> bool:
    """Finds the gang its nodes and takes them; false, and nothing taken, where it cannot."""
    at, whole, rest = rack.first[job], wanted // rack.gpus, wanted % rack.gpus
    for node in range(len(free)):
        if whole == 0:
            break
        if free[node] == rack.gpus:
            rack.placed[at] = node
            free[node] = 0
            at += 1
            whole -= 1
    best = -1
    if whole == 0 and rest:
        best = _tightest(free, rest)
    if whole or (rest and best < 0):
        for back in range(rack.first[job], at):
            free[rack.placed[back]] = rack.gpus
        return False
    if rest:
        rack.placed[at] = best
        free[best] -= rest
    return True


@lean
def _tightest(free: Whole, wanted: int) -> int:
    """The node with the fewest free GPUs that fit, lowest index; -1 where there is none."""
    best = -1
    for node in range(len(free)):
        if free[node] >= wanted and (best < 0 or free[node] < free[best]):
            best = node
    return best
