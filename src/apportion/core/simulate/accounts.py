"""What time does to the accounts: usage grows and decays, an emergency borrows, payback returns."""

import numpy as np

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.state import (
    NODE,
    NOW,
    OWED,
    PERIOD,
    UNTIL,
    State,
    in_window,
)
from apportion.core.simulate.trace import Whole


@compiled
def account(state: State, now: int) -> None:
    """Brings usage and loans up to an instant, at the rates since the last one."""
    at, period = state.numbers[NOW], state.rules[PERIOD]
    if state.window[NODE] >= 0 and now > at:
        _lend(state, now - at)
    while at < now:
        border = (at // period + 1) * period
        to = min(border, now)
        for node in range(len(state.used)):
            state.usage[node] += state.used[node] * (to - at)
            if to == border:
                state.usage[node] *= state.decay
        at = to
    state.numbers[NOW] = now


@compiled
def _lend(state: State, seconds: int) -> None:
    """Above its quota in the window the node borrows from those who wait under theirs.

    Afterwards what it leaves of its quota repays those who are above theirs.
    """
    node = state.window[NODE]
    over = state.used[node] - state.tree.quota[node]
    borrows = in_window(state) and over > 0
    repays = state.numbers[NOW] >= state.window[UNTIL] and over < 0
    if not borrows and not repays:
        return
    weights = np.zeros(len(state.used), np.int64)
    for leaf in state.tree.leaves:
        if state.tree.goes_first[leaf] or state.tree.exempt[leaf]:
            continue
        above = state.used[leaf] - state.tree.quota[leaf]
        if borrows and above < 0 and state.waiting[leaf] > 0:
            weights[leaf] = -above
        elif repays and above > 0 and state.lent[leaf] > 0:
            weights[leaf] = above
    total = weights.sum()
    if total:
        parts = _split(min(abs(over), total) * seconds, weights, total)
        for leaf in state.tree.leaves:
            part = parts[leaf] if borrows else -min(parts[leaf], state.lent[leaf])
            state.lent[leaf] += part
            state.numbers[OWED] += part


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
