"""A cluster shared by a tree of groups: fair share, quotas, preemption, and one emergency window.

The queue is ordered by emergency first, then by decayed usage over share from the top of the tree
down, then by (submit, id). A job over a quota is passed over. The first that does not fit gets a
reservation, and those behind it may start where they do not push it back.
"""

from apportion.core.simulate.accounts import account
from apportion.core.simulate.compiled import lean
from apportion.core.simulate.order import compare, rank
from apportion.core.simulate.preempt import make_room
from apportion.core.simulate.running import (
    FAR,
    expect,
    forget,
    next_end,
    pop,
    push,
    reserve,
)
from apportion.core.simulate.state import (
    State,
    chain,
    dequeue,
    enqueue,
    in_window,
    occupy,
    unchain,
)
from apportion.core.simulate.tables import NONE


@lean
def advance(state: State, instants: int) -> bool:
    """Goes on for so many instants, or until every job has ended: then true.

    Shape: every job fits the empty cluster and its own limits.
    """
    count = len(state.jobs)
    for _ in range(instants):
        now = next_end(state.running)
        if state.clock[0].arrived < count:
            now = min(now, state.jobs[state.clock[0].arrived].submit)
        if now == FAR and not state.clock[0].queued:
            return True
        if state.window[0].node >= 0:
            for change in (state.window[0].start, state.window[0].until):
                if state.clock[0].now < change < now:
                    now = change
        account(state, now)
        while next_end(state.running) <= now:
            _end(state, pop(state.running))
        while state.clock[0].arrived < count and state.jobs[state.clock[0].arrived].submit <= now:
            enqueue(state, state.clock[0].arrived)
            state.clock[0].arrived += 1
        _pass(state)
    return False


@lean
def _end(state: State, job: int) -> None:
    jobs = state.jobs
    jobs[job].ended = state.clock[0].now
    forget(state.running, jobs[job].started + jobs[job].guess, jobs[job].procs)
    unchain(state, job)
    occupy(state, job, -1)


@lean
def _pass(state: State) -> None:
    """Looks at the queue once, in order; where nothing is free and nobody may be stopped, never."""
    clock = state.clock[0]
    stops = state.rules[0].reclaim or state.rules[0].stop_lower or state.window[0].preempt
    if not clock.queued or (clock.free == 0 and not stops):
        return
    clock.held_back = _is_held_back(state)
    clock.shadow, clock.tried, clock.stopped = NONE, 0, 0
    ranked = rank(state)
    low = 0
    while low < ranked:
        high = low + 1  # leaves of equal rank are gone through together, job by job
        while high < ranked and compare(state, state.order[low], state.order[high]) == 0:
            high += 1
        if high == low + 1:
            goes_on = _sweep(state, state.order[low])
        else:
            goes_on = _sweep_together(state, low, high)
        if not goes_on:
            break
        low = high
    for at in range(clock.stopped):
        enqueue(state, state.stopped[at])


@lean
def _sweep(state: State, leaf: int) -> bool:
    """Goes through the queue of one leaf; false where the pass is over."""
    at, high, room = state.nodes[leaf].low, state.nodes[leaf].high, _room(state, leaf)
    if room <= 0 and state.clock[0].shadow == NONE:
        return True
    while at < high:
        if state.clock[0].shadow != NONE:
            return _backfill(state, leaf, at, high)
        if state.queue[at].job != NONE and state.queue[at].procs <= room:
            if not _consider(state, at):
                return False
            room = _room(state, leaf)
            if room <= 0:
                return True
        at += 1
    return True


@lean
def _sweep_together(state: State, low: int, high: int) -> bool:
    """The same for leaves of equal rank: always the earliest of the jobs not yet looked at."""
    for at in range(low, high):
        node = state.nodes[state.order[at]]
        node.cursor, node.end = node.low, node.high
    while True:
        if state.clock[0].shadow != NONE and not state.rules[0].depth:
            return _backfill_together(state, low, high)
        leaf = _earliest(state, low, high)
        if leaf < 0:
            return True
        at = state.nodes[leaf].cursor
        state.nodes[leaf].cursor += 1
        if state.clock[0].shadow == NONE:
            if not _consider(state, at):
                return False
        elif not _backfill(state, leaf, at, at + 1):
            return False


@lean
def _backfill_together(state: State, low: int, high: int) -> bool:
    """Backfills leaves of equal rank; false at the pass's end.

    In one pass room only shrinks, so that who does not fit now need not be looked at again.
    """
    for at in range(low, high):
        node = state.nodes[state.order[at]]
        node.cursor = _next_fit(state, state.order[at], node.cursor, node.end)
    while state.clock[0].free > 0:
        leaf = _earliest(state, low, high)
        if leaf < 0:
            return True
        at = state.nodes[leaf].cursor
        if not _backfill(state, leaf, at, at + 1):
            return False
        state.nodes[leaf].cursor = _next_fit(state, leaf, at + 1, state.nodes[leaf].end)
    return False


@lean
def _next_fit(state: State, leaf: int, low: int, high: int) -> int:
    """The first place from `low` whose job could start now without pushing the reservation back."""
    clock = state.clock[0]
    most, slack = min(_room(state, leaf), clock.free), clock.shadow - clock.now
    for at in range(low, high):
        procs = state.queue[at].procs
        if state.queue[at].job == NONE or procs > most:
            continue
        if state.queue[at].guess <= slack or procs <= clock.extra:
            return at
    return high


@lean
def _earliest(state: State, low: int, high: int) -> int:
    """The leaf whose next job is the earliest; -1 where all have been looked at."""
    best, first = -1, FAR
    for at in range(low, high):
        node = state.nodes[state.order[at]]
        while node.cursor < node.end and state.queue[node.cursor].job == NONE:
            node.cursor += 1
        if node.cursor < node.end and state.queue[node.cursor].job < first:
            best, first = state.order[at], state.queue[node.cursor].job
    return int(best)


@lean
def _consider(state: State, at: int) -> bool:
    """Starts a job, or reserves its start; false where the pass is over."""
    clock, procs = state.clock[0], state.queue[at].procs
    if procs > _room(state, state.jobs[state.queue[at].job].leaf):
        return True
    if procs > clock.free:
        make_room(state, state.queue[at].job)
    if procs <= clock.free:
        _start(state, at)
        return True
    clock.shadow, clock.extra = reserve(state.running, clock.free, procs)
    return bool(state.rules[0].backfill)


@lean
def _backfill(state: State, leaf: int, low: int, high: int) -> bool:
    """Starts those of some places that do not push the reservation back; false at the pass's end."""
    clock, depth = state.clock[0], state.rules[0].depth
    most, tried = min(_room(state, leaf), clock.free), clock.tried
    clock.gaps = 0
    if most <= 0 and low == state.nodes[leaf].low and high == state.nodes[leaf].high:
        clock.tried = tried + state.nodes[leaf].waiting
        return bool(clock.free > 0 and (not depth or clock.tried <= depth))
    slack = clock.shadow - clock.now
    for at in range(low, high):
        clock.looked = at
        if state.queue[at].job == NONE:
            clock.gaps += 1
            continue
        tried += 1
        if depth and tried > depth:
            return False
        procs = state.queue[at].procs
        if procs > most or (state.queue[at].guess > slack and procs > clock.extra):
            continue
        if state.queue[at].guess > slack:
            clock.extra -= procs
        _start(state, at)
        if clock.free == 0:
            return False
        most = min(_room(state, leaf), clock.free)
    clock.tried = tried
    return bool(clock.free > 0)


@lean
def _start(state: State, at: int) -> None:
    job, now = state.queue[at].job, state.clock[0].now
    dequeue(state, at)
    one = state.jobs[job]
    one.started = now
    if one.first < 0:
        one.first = now
    push(state.running, now + one.left, job)
    expect(state.running, now + one.guess, one.procs)
    chain(state, job)
    occupy(state, job, 1)


@lean
def _room(state: State, leaf: int) -> int:
    """How many processors the limits at and above a leaf still leave."""
    room, node = int(FAR), leaf
    while node >= 0:
        most = _limit(state, node)
        if most >= 0:
            room = min(room, most - state.nodes[node].used)
        node = state.nodes[node].parent
    return room


@lean
def _limit(state: State, node: int) -> int:
    """The most a node may use now; -1 where there is no limit."""
    own = state.nodes[node].limit
    if node == state.window[0].node:
        if in_window(state):
            return int(state.window[0].amount)
        if state.clock[0].held_back:
            part, whole = state.window[0].payback_part, state.window[0].payback_whole
            most = state.nodes[node].quota * (whole - part) // whole
            return int(most) if own < 0 else int(min(own, most))
    return int(own)


@lean
def _is_held_back(state: State) -> int:
    """Whether the borrower pays back now: something is owed, and somebody who lent waits."""
    if state.clock[0].owed == 0 or state.window[0].payback_part == 0:
        return 0
    if state.clock[0].now < state.window[0].until:
        return 0
    for leaf in state.leaves:
        if state.nodes[leaf].lent > 0 and state.nodes[leaf].waiting > 0:
            return 1
    return 0
