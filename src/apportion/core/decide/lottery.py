"""Inside the tie zone the committed seed decides: awards are given anew in the order drawn.

Everybody outside the zone keeps what the engine gave. Those inside go down the draw, each taking
its ask, or as much as fits from its minimum up: first those whose area is short of its floor, then
everyone. A floor that would still come out worse than by the engine takes its requests out of the
draw: they keep what they had. What is left over goes round once more, in the order drawn.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room
from apportion.core.policy import Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What the draw came to. Shape: positions in the problem; `lots` in the order drawn."""

    taken: tuple[int, ...]
    lots: tuple[int, ...]
    kept: tuple[int, ...]  # in the zone, but needed for a floor that the draw would have missed


def can_be_drawn(problem: Problem, i: int) -> bool:
    """Says whether a request can be drawn for: none hangs on another, and the policy may fund it."""
    return not problem.needs[i] and not problem.needed_by[i] and _is_fundable(problem, i)


def draw_lots(problem: Problem, taken: Sequence[int], zone: Iterable[int]) -> Drawn:
    """Gives the zone's awards anew in the order drawn; limits hold, floors are met as well as before."""
    order = sorted(zone, key=problem.draw.__getitem__)
    before = Room.of(problem, taken)
    met = [min(before.met(floor), floor.promised) for floor in problem.floors]
    kept: set[int] = set()
    while True:
        lots = [i for i in order if i not in kept]
        room = Room.of(problem, [0 if i in set(lots) else n for i, n in enumerate(taken)])
        _go_down(room, lots)
        worse = [f for place, f in enumerate(problem.floors) if room.met(f) < met[place]]
        needed = {i for floor in worse for i in floor.members} & set(lots)
        if not needed:
            break
        kept |= needed
    _hand_out_rest(room)
    return Drawn(taken=tuple(room.taken), lots=tuple(lots), kept=tuple(sorted(kept)))


def _go_down(room: Room, lots: Sequence[int]) -> None:
    """Goes down the draw twice: for areas short of a floor, then for everyone."""
    problem = room.problem
    for i in lots:
        floors = (problem.floors[place] for place in problem.floors_of[i])
        if any(room.met(floor) < floor.promised for floor in floors):
            room.raise_to(i, problem.steps[i])
    for i in lots:
        room.raise_to(i, problem.steps[i])


def _hand_out_rest(room: Room) -> None:
    """What the draw left over: to those who have some, then to those who have none."""
    problem = room.problem
    if problem.policy.objective is Objective.CUT_LINE and not problem.policy.cut_line.skip_unfit:
        return
    everyone = sorted(range(len(problem.asks)), key=problem.draw.__getitem__)
    fundable = [i for i in everyone if _is_fundable(problem, i)]
    _raise_each(room, fundable, lambda i: room.taken[i] > 0)
    while _raise_each(room, fundable, lambda i: room.taken[i] == 0):
        pass


def _raise_each(room: Room, order: Iterable[int], wanted: Callable[[int], bool]) -> bool:
    raised = [i for i in order if wanted(i) and room.raise_to(i, room.problem.steps[i])]
    return bool(raised)


def _is_fundable(problem: Problem, i: int) -> bool:
    if problem.policy.objective is Objective.CUT_LINE:
        return problem.asks[i].score >= problem.policy.cut_line.threshold
    return problem.worth[i] > 0
