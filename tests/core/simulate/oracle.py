"""The scheduler in plain Python, as slow as it is plain: what every fast kernel must equal.

Written from the rules, not from the kernels: at one instant completions, then arrivals, then
changes of policy, then one pass over the queue; ties by (submit, place in the trace).
"""

from dataclasses import dataclass


@dataclass
class Job:
    """One job. `place` is its place in the order of (submit, id)."""

    place: int
    submit: int
    duration: int
    procs: int
    estimate: int
    group: int = 0
    start: int = -1


def fcfs(jobs, capacity):
    """Starts jobs strictly in order: the head blocks everyone behind it."""
    return _replay(jobs, capacity, backfill=False)


def easy(jobs, capacity):
    """The head has a reservation; whoever does not push it back may start before it."""
    return _replay(jobs, capacity, backfill=True)


def _replay(jobs, capacity, *, backfill):
    waiting, running, queue = sorted(jobs, key=lambda j: j.place), [], []
    while waiting or queue:
        now = min(
            [job.submit for job in waiting[:1]] + [job.start + job.duration for job in running]
        )
        running = [job for job in running if job.start + job.duration > now]
        while waiting and waiting[0].submit <= now:
            queue.append(waiting.pop(0))
        free = capacity - sum(job.procs for job in running)
        while queue and queue[0].procs <= free:
            free -= queue[0].procs
            queue[0].start = now
            running.append(queue.pop(0))
        if not queue or not backfill:
            continue
        shadow, extra = reservation(queue[0], running, free)
        for job in list(queue[1:]):
            if job.procs > free:
                continue
            inside = now + job.estimate <= shadow
            if not inside and job.procs > extra:
                continue
            job.start = now
            running.append(job)
            queue.remove(job)
            free -= job.procs
            if not inside:
                extra -= job.procs
    return [job.start for job in sorted(jobs, key=lambda j: j.place)]


def reservation(head, running, free):
    """When the head could start by the estimates alone, and what would be free beside it then."""
    for end in sorted({job.start + job.estimate for job in running}):
        there = free + sum(job.procs for job in running if job.start + job.estimate <= end)
        if there >= head.procs:
            return end, there - head.procs
    raise AssertionError("a job that fits the cluster can start once it is empty")


def gang(jobs, nodes, gpus):
    """Strict order on nodes: at most a node's GPUs on one node, more on whole empty nodes."""
    free = [gpus] * nodes
    waiting, running, queue = sorted(jobs, key=lambda j: j.place), [], []
    while waiting or queue:
        now = min(
            [job.submit for job in waiting[:1]] + [job.start + job.duration for job, _ in running]
        )
        for job, placed in list(running):
            if job.start + job.duration <= now:
                running.remove((job, placed))
                for node, count in placed:
                    free[node] += count
        while waiting and waiting[0].submit <= now:
            queue.append(waiting.pop(0))
        while queue and (placed := place(queue[0].procs, free, gpus)) is not None:
            for node, count in placed:
                free[node] -= count
            queue[0].start = now
            running.append((queue.pop(0), placed))
    return [job.start for job in sorted(jobs, key=lambda j: j.place)]


def place(procs, free, gpus):
    """Whole empty nodes from the lowest index, then one node for the rest: fewest free that fit."""
    whole, rest = divmod(procs, gpus)
    empty = [node for node, count in enumerate(free) if count == gpus][:whole]
    if len(empty) < whole:
        return None
    placed = [(node, gpus) for node in empty]
    if rest:
        fits = [(free[n], n) for n in range(len(free)) if n not in empty and free[n] >= rest]
        if not fits:
            return None
        placed.append((min(fits)[1], rest))
    return placed
