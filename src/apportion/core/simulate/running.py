"""What runs: a heap of true ends, which time follows, and the estimated ends, which policy may see."""

from typing import NamedTuple

import numpy as np

from apportion.core.simulate.compiled import compiled, lean
from apportion.core.simulate.trace import Whole

FAR = np.int64(2**62)
COUNT, EXPECTED = 0, 1  # where `counts` keeps the sizes of heap and list


class Running(NamedTuple):
    """Room for all that can run at once.

    Shape: `ends` and `jobs` are a heap by end; `guesses` rise, with the `sizes` that they free.
    """

    ends: Whole
    jobs: Whole
    guesses: Whole
    sizes: Whole
    counts: Whole


@compiled
def nothing_runs(most: int) -> Running:
    """Makes room for so many jobs."""
    return Running(
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.zeros(2, np.int64),
    )


@lean
def push(heap: Running, end: int, job: int) -> None:
    """Adds an end."""
    at = heap.counts[COUNT]
    heap.counts[COUNT] += 1
    while at > 0:
        above = (at - 1) >> 1
        if heap.ends[above] <= end:
            break
        heap.ends[at], heap.jobs[at] = heap.ends[above], heap.jobs[above]
        at = above
    heap.ends[at], heap.jobs[at] = end, job


@lean
def pop(heap: Running) -> int:
    """Takes the job that ends first."""
    first = heap.jobs[0]
    heap.counts[COUNT] -= 1
    count = heap.counts[COUNT]
    end, job = heap.ends[count], heap.jobs[count]
    at, below = 0, 1
    while below < count:
        if below + 1 < count and heap.ends[below + 1] < heap.ends[below]:
            below += 1
        if heap.ends[below] >= end:
            break
        heap.ends[at], heap.jobs[at] = heap.ends[below], heap.jobs[below]
        at, below = below, 2 * below + 1
    heap.ends[at], heap.jobs[at] = end, job
    return int(first)


@lean
def drop(heap: Running, job: int) -> None:
    """Takes a job out before its end."""
    at = 0
    while heap.jobs[at] != job:
        at += 1
    heap.counts[COUNT] -= 1
    count = heap.counts[COUNT]
    end, last = heap.ends[count], heap.jobs[count]
    while at > 0 and heap.ends[(at - 1) >> 1] > end:
        heap.ends[at], heap.jobs[at] = heap.ends[(at - 1) >> 1], heap.jobs[(at - 1) >> 1]
        at = (at - 1) >> 1
    below = 2 * at + 1
    while below < count:
        if below + 1 < count and heap.ends[below + 1] < heap.ends[below]:
            below += 1
        if heap.ends[below] >= end:
            break
        heap.ends[at], heap.jobs[at] = heap.ends[below], heap.jobs[below]
        at, below = below, 2 * below + 1
    heap.ends[at], heap.jobs[at] = end, last


@lean
def next_end(heap: Running) -> int:
    """Tells when something ends next; far away where nothing runs."""
    return int(heap.ends[0]) if heap.counts[COUNT] else int(FAR)


@lean
def expect(heap: Running, guess: int, size: int) -> None:
    """Notes an estimated end, in its place."""
    low, high = 0, heap.counts[EXPECTED]
    while low < high:
        middle = (low + high) >> 1
        if heap.guesses[middle] <= guess:
            low = middle + 1
        else:
            high = middle
    for at in range(heap.counts[EXPECTED], low, -1):
        heap.guesses[at], heap.sizes[at] = heap.guesses[at - 1], heap.sizes[at - 1]
    heap.guesses[low], heap.sizes[low] = guess, size
    heap.counts[EXPECTED] += 1


@lean
def forget(heap: Running, guess: int, size: int) -> None:
    """Takes one estimated end with this size out."""
    low, high = 0, heap.counts[EXPECTED]
    while low < high:
        middle = (low + high) >> 1
        if heap.guesses[middle] < guess:
            low = middle + 1
        else:
            high = middle
    while heap.sizes[low] != size:
        low += 1
    heap.counts[EXPECTED] -= 1
    for at in range(low, heap.counts[EXPECTED]):
        heap.guesses[at], heap.sizes[at] = heap.guesses[at + 1], heap.sizes[at + 1]


@lean
def reserve(heap: Running, free: int, wanted: int) -> tuple[int, int]:
    """Gives the earliest instant at which the estimates free enough, and what is free beside it."""
    there, at = free, 0
    while there < wanted:
        there += heap.sizes[at]
        at += 1
    shadow = heap.guesses[at - 1]
    while at < heap.counts[EXPECTED] and heap.guesses[at] == shadow:
        there += heap.sizes[at]
        at += 1
    return int(shadow), int(there - wanted)
