"""Who is stopped to make room: the youngest first, and nobody where it would not be enough.

What runs hangs together as a chain from the youngest to the oldest, so that a search walks over
those that it takes and little more; a search that cannot succeed ends at the first sum.
"""

from apportion.core.simulate.compiled import lean
from apportion.core.simulate.running import drop, forget
from apportion.core.simulate.state import State, in_window, occupy, unchain
from apportion.core.simulate.tables import NONE

EMERGENCY, RECLAIM = 1, 2  # why others may be stopped, beside being of a lower class


@lean
def make_room(state: State, job: int) -> None:
    """Stops the youngest of those that may be stopped, if that is enough; else nobody."""
    leaf, wanted = state.jobs[job].leaf, state.jobs[job].procs
    why = 0
    if state.window[0].preempt and state.nodes[leaf].goes_first and in_window(state):
        why = EMERGENCY
    elif state.rules[0].reclaim and state.nodes[leaf].used + wanted <= state.nodes[leaf].quota:
        why = RECLAIM
    if not why and not state.rules[0].stop_lower:
        return
    most = state.clock[0].free
    for other in state.leaves:
        state.nodes[other].given = 0  # in this search
        if state.nodes[other].used and _may_stop(state, leaf, other, why):
            most += state.nodes[other].used
    if most < wanted:
        return
    most = state.clock[0].free
    victim, oldest = state.clock[0].youngest, NONE
    while victim != NONE and most < wanted:
        other = state.jobs[victim].leaf
        if _may_stop(state, leaf, other, why):
            most += state.jobs[victim].procs
            state.nodes[other].given += state.jobs[victim].procs
            oldest = victim
        victim = state.jobs[victim].older
    if most >= wanted:
        _stop_down_to(state, job, oldest, why)


@lean
def _stop_down_to(state: State, job: int, oldest: int, why: int) -> None:
    """Stops everyone that the search took, from the youngest to the last that it took."""
    for other in state.leaves:
        state.nodes[other].given = 0
    victim, leaf = state.clock[0].youngest, state.jobs[job].leaf
    while True:
        older = state.jobs[victim].older
        if _may_stop(state, leaf, state.jobs[victim].leaf, why):
            _stop(state, victim)
        if victim == oldest:
            return
        victim = older


@lean
def _may_stop(state: State, leaf: int, other: int, why: int) -> bool:
    """Whether a job of one leaf may stop one of another, which has given so much already."""
    if why == EMERGENCY:
        return not state.nodes[other].goes_first and not state.nodes[other].exempt
    if state.nodes[other].goes_first and in_window(state):
        return False
    if state.rules[0].stop_lower and state.nodes[other].priority < state.nodes[leaf].priority:
        return True
    return bool(
        why == RECLAIM
        and state.nodes[other].used - state.nodes[other].given > state.nodes[other].quota
    )


@lean
def _stop(state: State, job: int) -> None:
    """Takes a job off; it keeps what its last checkpoint saved, and pays for its restart."""
    one = state.jobs[job]
    ran = state.clock[0].now - one.started
    saved = ran // state.rules[0].checkpoint * state.rules[0].checkpoint
    drop(state.running, job)
    unchain(state, job)
    forget(state.running, one.started + one.guess, one.procs)
    occupy(state, job, -1)
    one.left += state.rules[0].restart - saved
    one.guess += state.rules[0].restart - saved
    one.lost += ran - saved + state.rules[0].restart
    state.clock[0].lost += (ran - saved + state.rules[0].restart) * one.procs
    state.clock[0].preemptions += 1
    state.stopped[state.clock[0].stopped] = job
    state.clock[0].stopped += 1
