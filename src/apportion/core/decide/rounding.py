"""From the fractions of a relaxation to whole steps that keep every limit exactly."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room

Floats = npt.NDArray[np.float64]
NEARLY = 1e-6  # a fraction this close to a whole step, or to the minimum, is meant to be there


def whole_steps(
    problem: Problem, fractions: Floats, *, first: tuple[int, ...] = ()
) -> tuple[int, ...]:
    """Rounds fractions to a slate: limits and links exact, floors mended, leftovers given out.

    Those named as first have their place before all others.
    """
    room = Room(problem)
    wanted = _wanted(problem, fractions)
    order = sorted(
        range(len(wanted)),
        key=lambda i: (
            i not in first,
            problem.least[i] < wanted[i] < problem.steps[i],  # those that can give way go last
            -float(fractions[i]),
            problem.draw[i],
        ),
    )
    # Cut requests stand at their minimum until everybody else has a place: rounded first, one of
    # them could take the one step that an all-or-nothing request, waiting for it, then lacks.
    cut = {i for i in order if problem.least[i] < wanted[i] < problem.steps[i]}
    _place(room, order, [problem.least[i] if i in cut else n for i, n in enumerate(wanted)])
    for i in order:
        if i in cut and room.taken[i]:
            room.raise_to(i, wanted[i])
    _mend_floors(room, _floor_targets(problem, fractions))
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


def _wanted(problem: Problem, fractions: Floats) -> list[int]:
    wanted = []
    for fraction, whole, least in zip(
        fractions.tolist(), problem.steps, problem.least, strict=True
    ):
        exact = fraction * whole
        near = NEARLY * max(1.0, exact)
        steps = round(exact) if abs(exact - round(exact)) < near else int(exact)
        meant = least if 0 < least - exact < near else steps
        wanted.append(min(meant, whole))
    return wanted


def _place(room: Room, order: Sequence[int], wanted: Sequence[int]) -> None:
    """Puts requests down in order; those that wait for a prerequisite come round again."""
    waiting = [i for i in order if wanted[i]]
    while waiting:
        placed = [i for i in waiting if room.raise_to(i, wanted[i])]
        if not placed:
            return
        waiting = [i for i in waiting if not room.taken[i]]


def _floor_targets(problem: Problem, fractions: Floats) -> list[int]:
    """What each floor gets from the fractions, so that mending undoes rounding and no more."""
    return [
        min(
            floor.promised,
            round(
                sum(
                    float(fractions[i]) * problem.asks[i].ask[floor.resource] for i in floor.members
                )
            ),
        )
        for floor in problem.floors
    ]


def _mend_floors(room: Room, targets: Sequence[int]) -> None:
    """Raises the members of floors that rounding left short, where need be at others' cost."""
    problem = room.problem
    for floor, target in zip(problem.floors, targets, strict=True):
        short = target - room.met(floor)
        for i in floor.members:
            if short <= 0:
                break
            if 0 < room.taken[i] < problem.steps[i]:
                asked = problem.asks[i].ask[floor.resource]
                wanted = room.taken[i] - (-short * problem.steps[i] // asked)
                wanted = min(problem.steps[i], wanted)
                _make_way(room, i, wanted, targets)
                room.raise_to(i, wanted)
                short = target - room.met(floor)


def _make_way(room: Room, i: int, wanted: int, targets: Sequence[int]) -> None:
    """Takes what is lacking from requests above their minimum whose own floors have it to spare."""
    problem = room.problem
    for place in problem.limits_of[i]:
        limit = problem.limits[place]
        asked = problem.asks[i].ask[limit.resource]
        # Those that are cut already give first; a full award gives a step only where nobody else can.
        for j in sorted(limit.members, key=lambda j: room.taken[j] == problem.steps[j]):
            lack = Fraction((wanted - room.taken[i]) * asked, problem.steps[i]) - room.left[place]
            if lack <= 0:
                break
            theirs = problem.asks[j].ask[limit.resource]
            give = math.ceil(lack * problem.steps[j] / theirs)
            spare = room.taken[j] - problem.least[j]
            if j == i or spare < give:
                continue
            room.put(j, room.taken[j] - give)
            if any(room.met(problem.floors[f]) < targets[f] for f in problem.floors_of[j]):
                room.put(j, room.taken[j] + give)
