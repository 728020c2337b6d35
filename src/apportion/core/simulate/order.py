"""Whose turn it is: groups with a queue in order, and who of them is equal."""

from apportion.core.simulate.compiled import compiled
from apportion.core.simulate.state import State, close_up_sparse, in_window


@compiled
def rank(state: State) -> int:
    """Orders the leaves that have a queue; gives how many there are."""
    count = 0
    for leaf in state.leaves:
        if state.nodes[leaf].waiting == 0:
            continue
        close_up_sparse(state, leaf)
        at = count
        while at > 0 and compare(state, state.order[at - 1], leaf) > 0:
            state.order[at] = state.order[at - 1]
            at -= 1
        state.order[at] = leaf
        count += 1
    return count


@compiled
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


@compiled
def _compare_usage(state: State, one: int, other: int) -> int:
    """Who has used less for its share, from the top of the tree down."""
    deep, deeper = _depth(state, one), _depth(state, other)
    for level in range(min(deep, deeper), -1, -1):
        upper = _at_level(state, one, deep, min(deep, deeper) - level)
        under = _at_level(state, other, deeper, min(deep, deeper) - level)
        mine = state.nodes[upper].usage / state.nodes[upper].share
        theirs = state.nodes[under].usage / state.nodes[under].share
        if mine != theirs:
            return -1 if mine < theirs else 1
    return 0 if deep == deeper else (-1 if deep < deeper else 1)


@compiled
def _depth(state: State, leaf: int) -> int:
    depth, node = 0, state.nodes[leaf].parent
    while node >= 0:
        depth += 1
        node = state.nodes[node].parent
    return depth


@compiled
def _at_level(state: State, leaf: int, depth: int, level: int) -> int:
    """The node above a leaf (or itself) at a level, 0 being the top."""
    node = leaf
    for _ in range(depth - level):
        node = state.nodes[node].parent
    return node
