"""One pool of processors: strict order, and EASY backfill that protects the head's reservation.

Source: Lifka (1995) for EASY. The order at one instant is completions, arrivals, one pass; only
estimates are known of what runs, never the true duration.
"""

from typing import NamedTuple

import numpy as np

from apportion.core.simulate.compiled import compiled, lean
from apportion.core.simulate.running import (
    COUNT,
    FAR,
    Running,
    expect,
    forget,
    next_end,
    nothing_runs,
    pop,
    push,
    reserve,
)
from apportion.core.simulate.trace import Whole

FREE, HEAD, TAIL, ARRIVED, SHADOW, EXTRA = range(6)


class Pool(NamedTuple):
    """Jobs, what runs, and the queue as a list in order (`after`), with its numbers in `now`."""

    submit: Whole
    duration: Whole
    procs: Whole
    estimate: Whole
    starts: Whole
    after: Whole
    running: Running
    now: Whole


@compiled
def run_fcfs(submit: Whole, duration: Whole, procs: Whole, capacity: int) -> Whole:
    """Starts every job in strict order as soon as it fits.

    Shape: jobs in the order (submit, id); every job fits the capacity.
    """
    starts = np.empty(len(submit), np.int64)
    heap = nothing_runs(min(len(submit), capacity))
    free, now = capacity, 0
    for job in range(len(submit)):
        now = max(now, submit[job])
        while heap.counts[COUNT] and (heap.ends[0] <= now or free < procs[job]):
            now = max(now, heap.ends[0])
            free += procs[pop(heap)]
        starts[job] = now
        free -= procs[job]
        push(heap, now + duration[job], job)
    return starts


@compiled
def run_easy(submit: Whole, duration: Whole, procs: Whole, estimate: Whole, capacity: int) -> Whole:
    """Starts jobs in order, and those that fit beside the head's reservation before it.

    While the head stays blocked and nothing ends, only new arrivals can have become startable, so
    only they are looked at.

    Shape: as for strict order.
    """
    count = len(submit)
    pool = Pool(
        submit,
        duration,
        procs,
        estimate,
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        nothing_runs(min(count, capacity)),
        np.array([capacity, -1, -1, 0, FAR, 0]),
    )
    while pool.now[ARRIVED] < count or pool.now[HEAD] >= 0:
        now = next_end(pool.running)
        if pool.now[ARRIVED] < count:
            now = min(now, submit[pool.now[ARRIVED]])
        changed = _complete(pool, now)
        waited = pool.now[TAIL]
        changed = _arrive(pool, now) or changed
        if changed:
            _start_heads(pool, now)
            if pool.now[HEAD] < 0:
                continue
            shadow, extra = reserve(pool.running, pool.now[FREE], procs[pool.now[HEAD]])
            pool.now[SHADOW], pool.now[EXTRA] = shadow, extra
            waited = pool.now[HEAD]
        _backfill(pool, now, waited)
    return pool.starts


@lean
def _complete(pool: Pool, now: int) -> bool:
    ended = False
    while next_end(pool.running) <= now:
        done = pop(pool.running)
        pool.now[FREE] += pool.procs[done]
        forget(pool.running, pool.starts[done] + pool.estimate[done], pool.procs[done])
        ended = True
    return ended


@lean
def _arrive(pool: Pool, now: int) -> bool:
    """Queues who has come; true where that makes a new head."""
    new_head = False
    while pool.now[ARRIVED] < len(pool.submit) and pool.submit[pool.now[ARRIVED]] <= now:
        job = pool.now[ARRIVED]
        if pool.now[HEAD] < 0:
            pool.now[HEAD] = job
            new_head = True
        else:
            pool.after[pool.now[TAIL]] = job
        pool.now[TAIL] = job
        pool.now[ARRIVED] += 1
    return new_head


@lean
def _start(pool: Pool, now: int, job: int) -> None:
    pool.starts[job] = now
    pool.now[FREE] -= pool.procs[job]
    push(pool.running, now + pool.duration[job], job)
    expect(pool.running, now + pool.estimate[job], pool.procs[job])


@lean
def _start_heads(pool: Pool, now: int) -> None:
    while pool.now[HEAD] >= 0 and pool.procs[pool.now[HEAD]] <= pool.now[FREE]:
        job = pool.now[HEAD]
        _start(pool, now, job)
        pool.now[HEAD] = pool.after[job]
    if pool.now[HEAD] < 0:
        pool.now[TAIL] = -1


@lean
def _backfill(pool: Pool, now: int, before: int) -> None:
    """Starts who fits behind `before` without pushing the head's reservation back."""
    job = pool.after[before]
    while job >= 0 and pool.now[FREE] > 0:
        following = pool.after[job]
        inside = now + pool.estimate[job] <= pool.now[SHADOW]
        if pool.procs[job] <= pool.now[FREE] and (inside or pool.procs[job] <= pool.now[EXTRA]):
            _start(pool, now, job)
            if not inside:
                pool.now[EXTRA] -= pool.procs[job]
            pool.after[before] = following
            if following < 0:
                pool.now[TAIL] = before
        else:
            before = job
        job = following
