"""A cluster shared by a tree of groups: fair share, quotas, preemption, and one emergency window.

The queue is ordered by emergency first, then by decayed usage over share from the top of the tree
down, then by (submit, id). A job over a quota is passed over. The first that does not fit gets a
reservation, and those behind it may start where they do not push it back.
"""

from apportion.core.simulate.accounts import account
from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.running import (
    COUNT,
    FAR,
    drop,
    expect,
    forget,
    next_end,
    pop,
    push,
    reserve,
)
from apportion.core.simulate.state import (
    AMOUNT,
    ARRIVED,
    BACKFILL,
    CHECKPOINT,
    DEPTH,
    EXTRA,
    FREE,
    HELD_BACK,
    LOST,
    NODE,
    NONE,
    NOW,
    OWED,
    PAYBACK_PART,
    PAYBACK_WHOLE,
    PREEMPT,
    PREEMPTIONS,
    RECLAIM,
    RESTART,
    SHADOW,
    START,
    TRIED,
    UNTIL,
    State,
    enqueue,
    in_window,
    occupy,
)
from apportion.core.simulate.trace import Whole


@compiled
def replay(state: State) -> None:
    """Runs until every job has ended. Every job must fit the empty cluster and its own limits."""
    count = len(state.jobs.submit)
    while True:
        now = next_end(state.running)
        if state.numbers[ARRIVED] < count:
            now = min(now, state.jobs.submit[state.numbers[ARRIVED]])
        queued = state.waiting.sum() > 0
        if now == FAR and not queued:
            return
        if state.window[NODE] >= 0:
            for change in (state.window[START], state.window[UNTIL]):
                if state.numbers[NOW] < change < now:
                    now = change
        account(state, now)
        while next_end(state.running) <= now:
            _end(state, pop(state.running))
        while state.numbers[ARRIVED] < count and state.jobs.submit[state.numbers[ARRIVED]] <= now:
            enqueue(state, state.numbers[ARRIVED])
            state.numbers[ARRIVED] += 1
        _pass(state)


@compiled
def _end(state: State, job: int) -> None:
    jobs = state.jobs
    jobs.ended[job] = state.numbers[NOW]
    forget(state.running, jobs.started[job] + jobs.guess[job], jobs.procs[job])
    occupy(state, job, -1)


@compiled
def _pass(state: State) -> None:
    """Looks at the queue once, in order."""
    state.numbers[HELD_BACK] = _is_held_back(state)
    state.numbers[SHADOW] = NONE
    state.numbers[TRIED] = 0
    ranked = _rank(state)
    low = 0
    while low < ranked:
        high = low + 1  # leaves of equal rank are gone through together, job by job
        while high < ranked and _compare(state, state.order[low], state.order[high]) == 0:
            high += 1
        for at in range(low, high):
            state.cursor[state.order[at]] = state.head[state.order[at]]
        job = _next(state, low, high)
        while job >= 0:
            stopped_now = state.jobs.stopped[job] == state.numbers[NOW]
            if not stopped_now and not _consider(state, job):
                return
            job = _next(state, low, high)
        low = high


@compiled
def _next(state: State, low: int, high: int) -> int:
    """Takes the earliest job of some leaves that this pass has not looked at; -1 after the last."""
    best = -1
    for at in range(low, high):
        job = state.cursor[state.order[at]]
        if job >= 0 and (best < 0 or job < best):
            best = job
    if best >= 0:
        state.cursor[state.jobs.leaf[best]] = state.jobs.after[best]
    return best


@compiled
def _consider(state: State, job: int) -> bool:
    """Starts a job if it may; false where the pass is over."""
    numbers, procs = state.numbers, state.jobs.procs[job]
    if numbers[SHADOW] != NONE:
        numbers[TRIED] += 1
        if numbers[FREE] == 0 or (state.rules[DEPTH] and numbers[TRIED] > state.rules[DEPTH]):
            return False
        if procs > numbers[FREE] or not _is_allowed(state, job):
            return True
        inside = numbers[NOW] + state.jobs.guess[job] <= numbers[SHADOW]
        if inside or procs <= numbers[EXTRA]:
            _start(state, job)
            if not inside:
                numbers[EXTRA] -= procs
        return True
    if not _is_allowed(state, job):
        return True
    if procs > numbers[FREE]:
        _make_room(state, job)
    if procs <= numbers[FREE]:
        _start(state, job)
        return True
    shadow, extra = reserve(state.running, numbers[FREE], procs)
    numbers[SHADOW], numbers[EXTRA] = shadow, extra
    return bool(state.rules[BACKFILL])


@compiled
def _start(state: State, job: int) -> None:
    jobs, now = state.jobs, state.numbers[NOW]
    leaf = jobs.leaf[job]
    at = state.head[leaf]
    if at == job:
        state.head[leaf] = jobs.after[job]
    else:
        while jobs.after[at] != job:
            at = jobs.after[at]
        jobs.after[at] = jobs.after[job]
    state.waiting[leaf] -= 1
    jobs.started[job] = now
    if jobs.first[job] < 0:
        jobs.first[job] = now
    push(state.running, now + jobs.left[job], job)
    expect(state.running, now + jobs.guess[job], jobs.procs[job])
    occupy(state, job, 1)


@compiled
def _limit(state: State, node: int) -> int:
    """The most a node may use now; -1 where there is no limit."""
    own = state.tree.limit[node]
    if node == state.window[NODE]:
        if in_window(state):
            return int(state.window[AMOUNT])
        if state.numbers[HELD_BACK]:
            part, whole = state.window[PAYBACK_PART], state.window[PAYBACK_WHOLE]
            most = state.tree.quota[node] * (whole - part) // whole
            return int(most) if own < 0 else int(min(own, most))
    return int(own)


@compiled
def _is_allowed(state: State, job: int) -> bool:
    node = state.jobs.leaf[job]
    while node >= 0:
        most = _limit(state, node)
        if 0 <= most < state.used[node] + state.jobs.procs[job]:
            return False
        node = state.tree.parent[node]
    return True


@compiled
def _is_held_back(state: State) -> int:
    """Whether the borrower pays back now: something is owed, and somebody who lent waits."""
    if state.numbers[OWED] == 0 or state.window[PAYBACK_PART] == 0:
        return 0
    if state.numbers[NOW] < state.window[UNTIL]:
        return 0
    for leaf in state.tree.leaves:
        if state.lent[leaf] > 0 and state.waiting[leaf] > 0:
            return 1
    return 0


@compiled
def _rank(state: State) -> int:
    """Orders the leaves that have a queue; gives how many there are."""
    count = 0
    for leaf in state.tree.leaves:
        if state.waiting[leaf] == 0:
            continue
        at = count
        while at > 0 and _compare(state, state.order[at - 1], leaf) > 0:
            state.order[at] = state.order[at - 1]
            at -= 1
        state.order[at] = leaf
        count += 1
    return count


@compiled
def _compare(state: State, one: int, other: int) -> int:
    """Which of two leaves goes before: -1, 0 where neither does, 1."""
    first, second = state.tree.goes_first[one], state.tree.goes_first[other]
    if first != second and in_window(state):
        return -1 if first else 1
    deep, deeper = _depth(state, one), _depth(state, other)
    for level in range(min(deep, deeper), -1, -1):
        upper = _at_level(state, one, deep, min(deep, deeper) - level)
        under = _at_level(state, other, deeper, min(deep, deeper) - level)
        mine = state.usage[upper] / state.tree.share[upper]
        theirs = state.usage[under] / state.tree.share[under]
        if mine != theirs:
            return -1 if mine < theirs else 1
    return 0 if deep == deeper else (-1 if deep < deeper else 1)


@compiled
def _depth(state: State, leaf: int) -> int:
    depth, node = 0, state.tree.parent[leaf]
    while node >= 0:
        depth += 1
        node = state.tree.parent[node]
    return depth


@compiled
def _at_level(state: State, leaf: int, depth: int, level: int) -> int:
    """The node above a leaf (or itself) at a level, 0 being the top."""
    node = leaf
    for _ in range(depth - level):
        node = state.tree.parent[node]
    return node


@compiled
def _make_room(state: State, job: int) -> None:
    """Stops the youngest of those that may be stopped, if that is enough; else nobody."""
    emergency = (
        state.window[PREEMPT] != 0
        and in_window(state)
        and state.tree.goes_first[state.jobs.leaf[job]] != 0
    )
    leaf = state.jobs.leaf[job]
    own = state.used[leaf] + state.jobs.procs[job] <= state.tree.quota[leaf]
    if not emergency and not (state.rules[RECLAIM] and own):
        return
    if _take_back(state, job, int(emergency), 0):
        _take_back(state, job, int(emergency), 1)


@compiled
def _take_back(state: State, job: int, emergency: int, commit: int) -> bool:
    """Goes through victims, youngest first, until the job fits; stops them where `commit`."""
    room = state.numbers[FREE]
    given = state.used * 0  # by leaf, in this search
    start, place = int(FAR), int(FAR)
    while room < state.jobs.procs[job]:
        victim = _youngest(state, start, place, emergency, given)
        if victim < 0:
            return False
        start, place = int(state.jobs.started[victim]), victim
        room += state.jobs.procs[victim]
        if commit:
            _stop(state, victim)
        else:
            given[state.jobs.leaf[victim]] += state.jobs.procs[victim]
    return True


@compiled
def _youngest(state: State, start: int, place: int, emergency: int, given: Whole) -> int:
    """The youngest running job before (start, place) that may be stopped; -1 where there is none."""
    best, jobs = -1, state.jobs
    for at in range(state.running.counts[COUNT]):
        job = int(state.running.jobs[at])
        if jobs.started[job] > start or (jobs.started[job] == start and job >= place):
            continue
        if not _may_stop(state, jobs.leaf[job], emergency, given):
            continue
        if best < 0 or (jobs.started[job], job) > (jobs.started[best], best):
            best = job
    return best


@compiled
def _may_stop(state: State, leaf: int, emergency: int, given: Whole) -> bool:
    if emergency:
        return not state.tree.goes_first[leaf] and not state.tree.exempt[leaf]
    if state.tree.goes_first[leaf] and in_window(state):
        return False
    return bool(state.used[leaf] - given[leaf] > state.tree.quota[leaf])


@compiled
def _stop(state: State, job: int) -> None:
    """Takes a job off; it keeps what its last checkpoint saved, and pays for its restart."""
    jobs = state.jobs
    ran = state.numbers[NOW] - jobs.started[job]
    saved = ran // state.rules[CHECKPOINT] * state.rules[CHECKPOINT]
    drop(state.running, job)
    forget(state.running, jobs.started[job] + jobs.guess[job], jobs.procs[job])
    occupy(state, job, -1)
    jobs.left[job] += state.rules[RESTART] - saved
    jobs.guess[job] += state.rules[RESTART] - saved
    state.numbers[LOST] += (ran - saved + state.rules[RESTART]) * jobs.procs[job]
    state.numbers[PREEMPTIONS] += 1
    jobs.stopped[job] = state.numbers[NOW]  # it waits for the next pass
    enqueue(state, job)
