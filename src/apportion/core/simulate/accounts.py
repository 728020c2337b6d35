"""What time does to the accounts: usage grows and decays, an emergency borrows, payback returns."""

import numpy as np

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.state import State, in_window
from apportion.core.simulate.trace import Whole

FEW_PERIODS = 10_000  # as many are gone through one by one


@compiled
def account(state: State, now: int) -> None:
    """Brings usage and loans up to an instant, at the rates since the last one."""
    at, period = state.clock[0].now, state.rules[0].period
    if state.window[0].node >= 0 and now > at:
        _lend(state, now - at)
    watched = min(now, state.rules[0].watch_until) - max(at, state.rules[0].watch_from)
    if watched > 0:
        for node in range(len(state.nodes)):
            state.nodes[node].served += state.nodes[node].used * watched
    leap = (now // period - at // period) - 1
    if leap > FEW_PERIODS:
        at = _leap(state, at, leap)
    while at < now:
        border = (at // period + 1) * period
        to = min(border, now)
        for node in range(len(state.nodes)):
            state.nodes[node].usage += state.nodes[node].used * (to - at)
            if to == border:
                state.nodes[node].usage *= state.rules[0].decay
        at = to
    state.clock[0].now = now


@compiled
def _leap(state: State, at: int, leap: int) -> int:
    """Goes over many periods at once: a trace may be silent for years."""
    period, decay = state.rules[0].period, state.rules[0].decay
    border = (at // period + 1) * period
    kept = decay**leap
    grown = float(leap) if decay == 1 else decay * (1 - kept) / (1 - decay)
    for node in range(len(state.nodes)):
        used = float(state.nodes[node].used)
        state.nodes[node].usage = (state.nodes[node].usage + used * (border - at)) * decay * kept
        state.nodes[node].usage += used * period * grown
    return int(border + leap * period)


@compiled
def _lend(state: State, seconds: int) -> None:
    """Above its quota in the window the node borrows from those who wait under theirs.

    Afterwards what it leaves of its quota repays those who are above theirs.
    """
    node = state.window[0].node
    over = state.nodes[node].used - state.nodes[node].quota
    borrows = in_window(state) and over > 0
    repays = state.clock[0].now >= state.window[0].until and over < 0
    if not borrows and not repays:
        return
    weights = np.zeros(len(state.nodes), np.int64)
    for leaf in state.leaves:
        if state.nodes[leaf].goes_first or state.nodes[leaf].exempt:
            continue
        above = state.nodes[leaf].used - state.nodes[leaf].quota
        if borrows and above < 0 and state.nodes[leaf].waiting > 0:
            weights[leaf] = -above
        elif repays and above > 0 and state.nodes[leaf].lent > 0:
            weights[leaf] = above
    total = weights.sum()
    if total:
        parts = _split(min(abs(over), total) * seconds, weights, total)
        for leaf in state.leaves:
            part = parts[leaf] if borrows else -min(parts[leaf], state.nodes[leaf].lent)
            state.nodes[leaf].lent += part
            state.nodes[leaf].lent_most = max(state.nodes[leaf].lent_most, state.nodes[leaf].lent)
            state.clock[0].owed += part
        if repays and state.clock[0].owed == 0:
            state.clock[0].repaid = state.clock[0].now + seconds


@compiled
def _split(amount: int, weights: Whole, total: int) -> Whole:
    """Splits in proportion, rounded down; what rounding leaves goes to the first."""
    parts = np.zeros(len(weights), np.int64)
    left, first = amount, -1
    for at in range(len(weights)):
        if weights[at]:
            if first < 0:
                first = at
            parts[at] = amount // total * weights[at] + amount % total * weights[at] // total
            left -= parts[at]
    parts[first] += left
    return parts
