"""One pool of processors: strict order, and EASY backfill that protects the head's reservation.

Source: Lifka (1995) for EASY. The order at one instant is completions, arrivals, one pass; only
estimates are known of what runs, never the true duration.
"""

import numpy as np

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.trace import Whole

FAR = np.int64(2**62)


@compiled
def _sift_up(ends: Whole, sizes: Whole, at: int) -> None:
    end, size = ends[at], sizes[at]
    while at > 0:
        above = (at - 1) >> 1
        if ends[above] <= end:
            break
        ends[at], sizes[at] = ends[above], sizes[above]
        at = above
    ends[at], sizes[at] = end, size


@compiled
def _sift_down(ends: Whole, sizes: Whole, count: int) -> None:
    """Fills the gap at the root with the last of `count` entries."""
    end, size = ends[count], sizes[count]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= count:
            break
        if below + 1 < count and ends[below + 1] < ends[below]:
            below += 1
        if ends[below] >= end:
            break
        ends[at], sizes[at] = ends[below], sizes[below]
        at = below
    ends[at], sizes[at] = end, size


@compiled
def run_fcfs(submit: Whole, duration: Whole, procs: Whole, capacity: int) -> Whole:
    """Starts every job in strict order as soon as it fits.

    Shape: jobs in the order (submit, id); every job fits the capacity.
    """
    count = len(submit)
    starts = np.empty(count, np.int64)
    ends, sizes = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    running, free, now = 0, capacity, np.int64(0)
    for job in range(count):
        now = max(now, submit[job])
        while running and (ends[0] <= now or free < procs[job]):
            now = max(now, ends[0])
            free += sizes[0]
            running -= 1
            _sift_down(ends, sizes, running)
        starts[job] = now
        free -= procs[job]
        ends[running], sizes[running] = now + duration[job], procs[job]
        _sift_up(ends, sizes, running)
        running += 1
    return starts


@compiled
def _insert(ends: Whole, sizes: Whole, count: int, end: int, size: int) -> None:
    """Puts an estimated end in its place among `count` that rise."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if ends[middle] <= end:
            low = middle + 1
        else:
            high = middle
    for at in range(count, low, -1):
        ends[at], sizes[at] = ends[at - 1], sizes[at - 1]
    ends[low], sizes[low] = end, size


@compiled
def _remove(ends: Whole, sizes: Whole, count: int, end: int, size: int) -> None:
    """Takes one entry with this end and size out of `count` that rise."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if ends[middle] < end:
            low = middle + 1
        else:
            high = middle
    while sizes[low] != size:
        low += 1
    for at in range(low, count - 1):
        ends[at], sizes[at] = ends[at + 1], sizes[at + 1]


@compiled
def run_easy(
    submit: Whole, duration: Whole, procs: Whole, estimate: Whole, capacity: int
) -> Whole:
    """Starts jobs in order, and those that fit beside the head's reservation before it.

    Shape: as for strict order. The queue is a linked list in order; while the head stays blocked
    and nothing ends, only new arrivals can have become startable, so only they are looked at.
    """
    count = len(submit)
    starts = np.full(count, -1, np.int64)
    heap_ends, heap_jobs = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    est_ends, est_sizes = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    after = np.full(count + 1, -1, np.int64)  # the queue: who comes next
    head, tail, arrived, running, free = -1, -1, 0, 0, capacity
    shadow, extra = FAR, np.int64(0)
    while arrived < count or head >= 0:
        now = submit[arrived] if arrived < count else FAR
        if running and heap_ends[0] < now:
            now = heap_ends[0]
        ended = False
        while running and heap_ends[0] <= now:
            done = heap_jobs[0]
            free += procs[done]
            running -= 1
            _sift_down(heap_ends, heap_jobs, running)
            _remove(est_ends, est_sizes, running + 1, starts[done] + estimate[done], procs[done])
            ended = True
        first_new = -1
        while arrived < count and submit[arrived] <= now:
            if head < 0:
                head = arrived
                ended = True  # a new head has no reservation yet
            else:
                after[tail] = arrived
            tail = arrived
            if first_new < 0:
                first_new = arrived
            arrived += 1
        before, job = -1, first_new
        if ended:
            while head >= 0 and procs[head] <= free:
                starts[head] = now
                free -= procs[head]
                heap_ends[running], heap_jobs[running] = now + duration[head], head
                _sift_up(heap_ends, heap_jobs, running)
                _insert(est_ends, est_sizes, running, now + estimate[head], procs[head])
                running += 1
                head = after[head]
            if head < 0:
                tail = -1
                continue
            there = free
            at = 0
            while there < procs[head]:
                there += est_sizes[at]
                at += 1
            shadow = est_ends[at - 1]
            while at < running and est_ends[at] == shadow:
                there += est_sizes[at]
                at += 1
            extra = there - procs[head]
            before, job = head, after[head]
        elif first_new >= 0:
            before = first_new - 1  # the newest of those that waited before, as places rise
            while starts[before] >= 0:
                before -= 1
        while job >= 0 and free > 0:
            following = after[job]
            inside = now + estimate[job] <= shadow
            if procs[job] <= free and (inside or procs[job] <= extra):
                starts[job] = now
                free -= procs[job]
                if not inside:
                    extra -= procs[job]
                heap_ends[running], heap_jobs[running] = now + duration[job], job
                _sift_up(heap_ends, heap_jobs, running)
                _insert(est_ends, est_sizes, running, now + estimate[job], procs[job])
                running += 1
                after[before] = following
                if following < 0:
                    tail = before
            else:
                before = job
            job = following
    return starts
