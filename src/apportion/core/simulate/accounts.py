"""What time does to the accounts: usage grows and decays, an emergency borrows, payback returns."""

from apportion.core.simulate.compiled import lean
from apportion.core.simulate.state import State, in_window
from apportion.core.simulate.tables import Table

FEW_PERIODS = 10_000  # as many are gone through one by one


@lean
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


@lean
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


@lean
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
    total = 0
    for leaf in state.leaves:
        state.nodes[leaf].weight = 0
        if state.nodes[leaf].goes_first or state.nodes[leaf].exempt:
            continue
        above = state.nodes[leaf].used - state.nodes[leaf].quota
        if borrows and above < 0 and state.nodes[leaf].waiting > 0:
            state.nodes[leaf].weight = -above
        elif repays and above > 0 and state.nodes[leaf].lent > 0:
            state.nodes[leaf].weight = above
    for leaf in state.leaves:
        total += state.nodes[leaf].weight
    if total:
        _split(state, min(abs(over), total) * seconds, total)
        for leaf in state.leaves:
            _post(state, state.nodes[leaf], borrows)
        if repays and state.clock[0].owed == 0:
            state.clock[0].repaid = state.clock[0].now + seconds


@lean
def _post(state: State, one: Table, borrows: int) -> None:
    """Adds what a leaf lends to what it is owed, or takes off what it gets back."""
    part = one.part if borrows else -min(one.part, one.lent)
    one.lent += part
    one.lent_most = max(one.lent_most, one.lent)
    state.clock[0].owed += part


@lean
def _split(state: State, amount: int, total: int) -> None:
    """Splits in proportion, rounded down; what rounding leaves goes to the first."""
    left, first = amount, -1
    for leaf in state.leaves:
        weight = state.nodes[leaf].weight
        if weight and first < 0:
            first = leaf
        state.nodes[leaf].part = amount // total * weight + amount % total * weight // total
        left -= state.nodes[leaf].part
    state.nodes[first].part += left
