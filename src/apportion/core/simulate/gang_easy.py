"""Nodes with GPUs under EASY: gangs in order, and those behind the head that leave it its nodes.

Gangs are placed as in strict order. When the head finds no place, the estimates say at what instant
it will, and on which nodes: its reservation. A later gang starts where the rule places it now, if
it ends by then or takes nothing of what the head is to have.
"""

from typing import NamedTuple

import numpy as np

from apportion.core.simulate.compiled import compiled, lean
from apportion.core.simulate.gang import Rack, leave, place
from apportion.core.simulate.running import FAR, next_end, nothing_runs, push
from apportion.core.simulate.trace import Whole

HEAD, ARRIVED, RUNNING, SHADOW, MOVED, EMPTY, MOST, LOOK = range(8)


class Queue(NamedTuple):
    """Jobs, who waits, and what runs by its estimated end.

    Shape: `guesses` rise, with their `jobs`; `spare` is what the head leaves free when it starts.
        By size, `lacking` and `barred` are the last look in which a gang found no place, or only
        one that the head is to have: in the same look the next of that size fares alike.
    """

    submit: Whole
    duration: Whole
    procs: Whole
    estimate: Whole
    starts: Whole
    guesses: Whole
    jobs: Whole
    spare: Whole
    lacking: Whole
    barred: Whole
    now: Whole


@compiled
def run_gang_easy(
    submit: Whole, duration: Whole, procs: Whole, estimate: Whole, nodes: int, gpus: int
) -> Whole:
    """Starts gangs in order, and those that fit beside the head's reservation before it.

    Where nothing has ended or started since the last instant, only new arrivals are looked at: what
    was placed nowhere, or on nodes of the head, would be so again.

    Shape: as for strict order.
    """
    count = len(submit)
    first = np.zeros(count + 1, np.int64)
    for job in range(count):
        first[job + 1] = first[job] + -(-procs[job] // gpus)
    most = min(count, nodes * gpus)
    rack = Rack(
        np.full(nodes, gpus, np.int64),
        gpus,
        first,
        np.empty(first[count], np.int64),
        nothing_runs(most),
    )
    queue = Queue(
        submit,
        duration,
        procs,
        estimate,
        np.full(count, -1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(nodes, np.int64),
        np.zeros(nodes * gpus + 1, np.int64),
        np.zeros(nodes * gpus + 1, np.int64),
        np.zeros(8, np.int64),
    )
    while queue.now[HEAD] < count:
        now = next_end(rack.running)
        if queue.now[ARRIVED] < count:
            now = min(now, submit[queue.now[ARRIVED]])
        changed = _complete(queue, rack, now)
        news = queue.now[ARRIVED]
        changed = changed or queue.now[HEAD] == news or queue.now[MOVED] > 0
        queue.now[MOVED] = 0
        while queue.now[ARRIVED] < count and submit[queue.now[ARRIVED]] <= now:
            queue.now[ARRIVED] += 1
        if changed:
            _start_heads(queue, rack, now)
            if queue.now[HEAD] == queue.now[ARRIVED]:
                continue
            _reserve(queue, rack, queue.now[HEAD])
            news = queue.now[HEAD] + 1
        _look_around(queue, rack)
        for job in range(news, queue.now[ARRIVED]):
            if queue.starts[job] < 0 and _may_fit(queue, rack, job):
                _backfill(queue, rack, now, job)
    return queue.starts


@lean
def _complete(queue: Queue, rack: Rack, now: int) -> bool:
    ended = False
    while next_end(rack.running) <= now:
        job = leave(rack, queue.procs)
        guess, at = queue.starts[job] + queue.estimate[job], 0
        low, high = 0, queue.now[RUNNING]
        while low < high:
            at = (low + high) >> 1
            if queue.guesses[at] < guess:
                low = at + 1
            else:
                high = at
        while queue.jobs[low] != job:
            low += 1
        queue.now[RUNNING] -= 1
        for at in range(low, queue.now[RUNNING]):
            queue.guesses[at], queue.jobs[at] = queue.guesses[at + 1], queue.jobs[at + 1]
        ended = True
    return ended


@lean
def _start(queue: Queue, rack: Rack, now: int, job: int) -> None:
    """Starts a gang that has been placed."""
    queue.starts[job] = now
    push(rack.running, now + queue.duration[job], job)
    guess, at = now + queue.estimate[job], queue.now[RUNNING]
    while at > 0 and queue.guesses[at - 1] > guess:
        queue.guesses[at], queue.jobs[at] = queue.guesses[at - 1], queue.jobs[at - 1]
        at -= 1
    queue.guesses[at], queue.jobs[at] = guess, job
    queue.now[RUNNING] += 1


@lean
def _start_heads(queue: Queue, rack: Rack, now: int) -> None:
    """Starts heads while they find their places; a gang that has started before is passed over."""
    while queue.now[HEAD] < queue.now[ARRIVED]:
        job = queue.now[HEAD]
        if queue.starts[job] < 0:
            if not place(rack, rack.free, job, queue.procs[job]):
                return
            _start(queue, rack, now, job)
        queue.now[HEAD] += 1


@lean
def _reserve(queue: Queue, rack: Rack, head: int) -> None:
    """Finds when the estimates give the head its place, and what it leaves free then."""
    spare, wanted = queue.spare, queue.procs[head]
    for node in range(len(spare)):
        spare[node] = rack.free[node]
    whole, rest = wanted // rack.gpus, wanted % rack.gpus
    empty, roomy = 0, 0  # nodes that are empty, and those that hold the rest
    for node in range(len(spare)):
        empty += spare[node] == rack.gpus
        roomy += spare[node] >= rest
    at, queue.now[SHADOW] = 0, FAR
    while at < queue.now[RUNNING]:
        guess = queue.guesses[at]
        while at < queue.now[RUNNING] and queue.guesses[at] == guess:
            job = queue.jobs[at]
            left = queue.procs[job]
            for part in range(rack.first[job], rack.first[job + 1]):
                node, size = rack.placed[part], min(left, rack.gpus)
                roomy += spare[node] < rest <= spare[node] + size
                spare[node] += size
                empty += spare[node] == rack.gpus
                left -= size
            at += 1
        if empty >= whole and (rest == 0 or roomy > whole):
            queue.now[SHADOW] = guess
            break
    place(rack, spare, head, wanted)


@lean
def _backfill(queue: Queue, rack: Rack, now: int, job: int) -> None:
    """Starts a gang where the rule places it, unless it would take what the head is to have."""
    size, look = queue.procs[job], queue.now[LOOK]
    stays = now + queue.estimate[job] > queue.now[SHADOW]
    if queue.lacking[size] == look or (stays and queue.barred[size] == look):
        return
    if not place(rack, rack.free, job, size):
        queue.lacking[size] = look
        return
    if stays:
        left, fits = queue.procs[job], True
        for part in range(rack.first[job], rack.first[job + 1]):
            held = min(left, rack.gpus)
            fits = fits and queue.spare[rack.placed[part]] >= held
            left -= held
        _take(queue, rack, job, rack.free if not fits else queue.spare, -1 if not fits else 1)
        if not fits:
            queue.barred[size] = look
            return
    _start(queue, rack, now, job)
    queue.now[MOVED] = 1
    _look_around(queue, rack)


@lean
def _look_around(queue: Queue, rack: Rack) -> None:
    """Counts what is free once, so that most gangs are passed over without a walk over the nodes."""
    queue.now[LOOK] += 1
    queue.now[EMPTY] = queue.now[MOST] = 0
    for free in rack.free:
        queue.now[EMPTY] += free == rack.gpus
        queue.now[MOST] = max(queue.now[MOST], free)


@lean
def _may_fit(queue: Queue, rack: Rack, job: int) -> bool:
    """Whether there are enough empty nodes, and one that holds the rest."""
    wanted = queue.procs[job]
    if wanted < rack.gpus:
        return bool(wanted <= queue.now[MOST])
    return bool(-(-wanted // rack.gpus) - 1 + (wanted % rack.gpus == 0) <= queue.now[EMPTY])


@lean
def _take(queue: Queue, rack: Rack, job: int, free: Whole, sign: int) -> None:
    """Takes a gang's GPUs off its nodes, or with -1 gives them back."""
    left = queue.procs[job]
    for part in range(rack.first[job], rack.first[job + 1]):
        size = min(left, rack.gpus)
        free[rack.placed[part]] -= sign * size
        left -= size
