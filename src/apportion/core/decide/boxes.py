"""Boxes of the search: how many steps each request may still take, made consistent with the links."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from apportion.core.decide.problem import Problem

Steps = npt.NDArray[np.int64]


def whole_box(problem: Problem) -> tuple[Steps, Steps]:
    """The box in which every request may take anything from nothing to its ask."""
    return np.zeros(len(problem.asks), np.int64), np.array(problem.steps, np.int64)


def narrow(problem: Problem, low: Steps, high: Steps, changed: Iterable[int]) -> bool:
    """Draws the consequences of changed bounds, in place; False when the box is empty.

    A request that cannot reach its minimum takes nothing, and so does whoever requires it; one
    that takes something takes its minimum, leaves nothing to its either/or mates, and what it
    requires takes its minimum too.
    """
    waiting = list(changed)
    while waiting:
        i = waiting.pop()
        if high[i] < problem.least[i]:
            high[i] = 0
        if 0 < low[i] < problem.least[i]:
            low[i] = problem.least[i]
        if low[i] > high[i]:
            return False
        waiting += _follow(problem, low, high, i)
    return True


def _follow(problem: Problem, low: Steps, high: Steps, i: int) -> list[int]:
    """Moves the bounds of the requests linked to this one; returns which moved."""
    moved = []
    if high[i] == 0:
        closed = [j for j in problem.needed_by[i] if high[j] > 0]
        high[closed] = 0
        moved += closed
    if low[i] > 0:
        opened = [j for j in problem.needs[i] if low[j] == 0]
        low[opened] = 1
        label = problem.label_of[i]
        mates = problem.labels[label][1] if label is not None else ()
        shut = [j for j in mates if j != i and high[j] > 0]
        high[shut] = 0
        moved += opened + shut
    return moved
