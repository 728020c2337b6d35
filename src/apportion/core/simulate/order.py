"""Whose turn it is: groups with a queue in order, and who of them is equal."""

from apportion.core.simulate.compiled import lean
from apportion.core.simulate.state import State, close_up_sparse, in_window


@lean
def rank(state: State) -> int:
    """Puts the leaves that have a queue in order before the others; gives how many there are.

    The order of the last pass is nearly that of this one, so that few leaves are moved.
    """
    if state.rules[0].by_usage:
        for at in range(len(state.nodes)):
            state.nodes[at].load = state.nodes[at].usage / state.nodes[at].share
    count, rest = 0, 0
    for leaf in state.order:
        if state.nodes[leaf].waiting == 0:
            state.idle[rest] = leaf
            rest += 1
            continue
        close_up_sparse(state, leaf)
        at = count
        while at > 0 and compare(state, state.order[at - 1], leaf) > 0:
            state.order[at] = state.order[at - 1]
            at -= 1
        state.order[at] = leaf
        count += 1
    for at in range(rest):
        state.order[count + at] = state.idle[at]
    return count


@lean
def compare(state: State, one: int, other: int) -> int:
    """Which of two leaves goes before: -1, 0 where neither does, 1."""
    first, second = state.nodes[one].goes_first, state.nodes[other].goes_first
    if first != second and in_window(state):
        return -1 if first else 1
    if state.rules[0].by_class:
        upper, under = state.nodes[one].priority, state.nodes[other].priority
        if upper != under:
            return -1 if upper > under else 1
    return _compare_usage(state, one, other) if state.rules[0].by_usage else 0


@lean
def _compare_usage(state: State, one: int, other: int) -> int:
    """Who has used less for its share, from the top of the tree down.

    Above the groups that hold both there is no difference, so the search begins below them.
    """
    deep, deeper = state.nodes[one].depth, state.nodes[other].depth
    upper, under = _above(state, one, deep - deeper), _above(state, other, deeper - deep)
    while state.nodes[upper].parent != state.nodes[under].parent:
        upper, under = state.nodes[upper].parent, state.nodes[under].parent
    for level in range(state.nodes[upper].depth, min(deep, deeper) + 1):
        mine = state.nodes[_above(state, one, deep - level)].load
        theirs = state.nodes[_above(state, other, deeper - level)].load
        if mine != theirs:
            return -1 if mine < theirs else 1
    return 0 if deep == deeper else (-1 if deep < deeper else 1)


@lean
def _above(state: State, node: int, steps: int) -> int:
    for _ in range(steps):
        node = state.nodes[node].parent
    return node
