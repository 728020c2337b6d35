"""From the fractions of a relaxation to whole steps that keep every limit exactly."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room

NEARLY = 1e-6  # a fraction this close to a whole step, or to the minimum, is meant to be there


def whole_steps(problem: Problem, fractions: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Rounds fractions to a slate: limits and links exact, floors mended, leftovers given out."""
    room = Room(problem)
    wanted = _wanted(problem, fractions)
    order = sorted(
        range(len(wanted)),
        key=lambda i: (
            problem.least[i] < wanted[i] < problem.steps[i],  # those that can give way go last
            -float(fractions[i]),
            problem.draw[i],
        ),
    )
    _place(room, order, wanted)
    _mend_floors(room)
    fill(room, order)
    return tuple(room.taken)


def fill(room: Room, order: Iterable[int]) -> None:
    """Gives what is left, first to those partly funded, then to those with nothing."""
    problem = room.problem
    worthy = [i for i in order if problem.worth[i]]
    started = [i for i in worthy if room.taken[i]]
    for i in started:
        room.raise_to(i, problem.steps[i])
    for _ in worthy:
        grown = [i for i in worthy if not room.taken[i] and room.raise_to(i, problem.steps[i])]
        if not grown:
            break


def _wanted(problem: Problem, fractions: npt.NDArray[np.float64]) -> list[int]:
    wanted = []
    for i, fraction in enumerate(fractions.tolist()):
        exact = fraction * problem.steps[i]
        steps = round(exact) if abs(exact - round(exact)) < NEARLY * max(1.0, exact) else int(exact)
        near_least = problem.least[i] * (1 - NEARLY) - 1 <= steps < problem.least[i]
        steps = problem.least[i] if near_least else steps
        wanted.append(min(steps, problem.steps[i]))
    return wanted


def _place(room: Room, order: Sequence[int], wanted: Sequence[int]) -> None:
    """Puts requests down in order; those that wait for a prerequisite come round again."""
    waiting = [i for i in order if wanted[i]]
    while waiting:
        placed = [i for i in waiting if room.raise_to(i, wanted[i])]
        if not placed:
            return
        waiting = [i for i in waiting if not room.taken[i]]


def _mend_floors(room: Room) -> None:
    """Raises the members of floors that rounding left short, where need be at others' cost."""
    problem = room.problem
    for floor in problem.floors:
        short = floor.promised - room.met(floor)
        partial = [i for i in floor.members if 0 < room.taken[i] < problem.steps[i]]
        for i in partial:
            if short <= 0:
                break
            asked = problem.asks[i].ask[floor.resource]
            more = -(-short * problem.steps[i] // asked)
            target = min(problem.steps[i], room.taken[i] + more)
            _make_way(room, i, target, frozenset(floor.members))
            room.raise_to(i, target)
            short = floor.promised - room.met(floor)


def _make_way(room: Room, i: int, target: int, spared: frozenset[int]) -> None:
    """Takes from partly funded requests outside the area what the target lacks."""
    problem = room.problem
    for place in problem.limits_of[i]:
        limit = problem.limits[place]
        asked = problem.asks[i].ask[limit.resource]
        lack = Fraction((target - room.taken[i]) * asked, problem.steps[i]) - room.left[place]
        for j in limit.members:
            if lack <= 0:
                break
            slack = room.taken[j] - problem.least[j]
            if j in spared or slack <= 0 or room.taken[j] == problem.steps[j]:
                continue
            theirs = problem.asks[j].ask[limit.resource]
            give = min(slack, -(-lack * problem.steps[j] // theirs))
            room.put(j, room.taken[j] - int(give))
            lack -= Fraction(int(give) * theirs, problem.steps[j])
