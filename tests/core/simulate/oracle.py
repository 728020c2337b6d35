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


def gang_easy(jobs, nodes, gpus):
    """EASY on nodes: the head has a reservation of nodes; others start where they leave it those."""
    free = [gpus] * nodes
    waiting, running, queue = sorted(jobs, key=lambda j: j.place), [], []
    while waiting or queue:
        now = min(
            [job.submit for job in waiting[:1]] + [job.start + job.duration for job, _ in running]
        )
        for job, placed in list(running):
            if job.start + job.duration <= now:
                running.remove((job, placed))
                give(free, placed)
        while waiting and waiting[0].submit <= now:
            queue.append(waiting.pop(0))
        while queue and (placed := place(queue[0].procs, free, gpus)) is not None:
            running.append((start(queue.pop(0), placed, free, now), placed))
        if not queue:
            continue
        shadow, spare = reserve_nodes(queue[0], running, free, gpus)
        for job in list(queue[1:]):
            placed = place(job.procs, free, gpus)
            if placed is not None and leaves_room(job, placed, shadow - now, spare):
                queue.remove(job)
                running.append((start(job, placed, free, now), placed))
    return [job.start for job in sorted(jobs, key=lambda j: j.place)]


def leaves_room(job, placed, slack, spare):
    """Whether the head keeps its nodes; takes what the job holds beyond the head's start."""
    if job.estimate <= slack:
        return True
    if any(spare[node] < count for node, count in placed):
        return False
    give(spare, [(node, -count) for node, count in placed])
    return True


def reserve_nodes(head, running, free, gpus):
    """The first estimated end at which the head finds its place, and what it then leaves free."""
    for shadow in sorted({job.start + job.estimate for job, _ in running}):
        spare = list(free)
        for job, placed in running:
            if job.start + job.estimate <= shadow:
                give(spare, placed)
        placed = place(head.procs, spare, gpus)
        if placed is not None:
            give(spare, [(node, -count) for node, count in placed])
            return shadow, spare
    raise AssertionError("a job that fits the empty nodes finds its place once all have ended")


def start(job, placed, free, now):
    give(free, [(node, -count) for node, count in placed])
    job.start = now
    return job


def give(free, placed):
    for node, count in placed:
        free[node] += count
