"""Phase three: among slates of equal worth the draw decides, request against request.

Two requests of equal worth and without links exchange their fractions where the one drawn first
has the smaller, as long as every limit holds and no promise is met less. The result is stable: no
such exchange is left.
"""

from fractions import Fraction

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room


def settle_ties(room: Room, *, within_areas: bool = False) -> int:
    """Exchanges fractions until the draw has nothing left to say; returns how many it moved."""
    problem = room.problem
    equals: dict[object, list[int]] = {}
    for i, worth in enumerate(problem.worth):
        free = not (problem.needs[i] or problem.needed_by[i] or problem.label_of[i] is not None)
        if free and worth:
            area = problem.asks[i].area if within_areas else None
            share = Fraction(problem.least[i], problem.steps[i]) if i in problem.curve else None
            equals.setdefault((worth, area, problem.curve.get(i), share), []).append(i)
    groups = [sorted(g, key=lambda i: problem.draw[i]) for g in equals.values() if len(g) > 1]
    moved = 0
    for group in groups:
        while exchanges := _one_pass(room, group):
            moved += exchanges
    return moved


def _one_pass(room: Room, group: list[int]) -> int:
    """Lets each request, in the order drawn, take the place of one drawn later."""
    moved = 0
    for place, first in enumerate(group):
        for second in group[place + 1 :]:
            if room.taken[second] and _exchange(room, first, second):
                moved += 1
    return moved


def _exchange(room: Room, first: int, second: int) -> bool:
    """Swaps the two fractions if the first gains by it and nothing breaks."""
    problem = room.problem
    before = room.taken[first], room.taken[second]
    after = exchanged(problem, first, second, before)
    if after is None:
        return False
    floors = set(problem.floors_of[first]) ^ set(problem.floors_of[second])
    floors |= {
        f for f in problem.floors_of[first] if problem.asks[first].ask != problem.asks[second].ask
    }
    met = {f: room.met(problem.floors[f]) for f in floors}
    room.put(first, 0)
    room.put(second, 0)
    fits = after[0] <= room.most(first)
    if fits:
        room.put(first, after[0])
        fits = after[1] <= room.most(second)
    if fits:
        room.put(second, after[1])
        fits = all(
            room.met(problem.floors[f]) >= min(met[f], problem.floors[f].promised) for f in floors
        )
    if not fits:
        room.put(second, 0)
        room.put(first, before[0])
        room.put(second, before[1])
    return fits


def exchanged(
    problem: Problem, first: int, second: int, taken: tuple[int, int]
) -> tuple[int, int] | None:
    """What the two would take with their fractions exchanged; None where that is no gain or not whole."""
    mine = Fraction(taken[0], problem.steps[first])
    theirs = Fraction(taken[1], problem.steps[second])
    if theirs <= mine:
        return None
    new_first, new_second = theirs * problem.steps[first], mine * problem.steps[second]
    if new_first.denominator != 1 or new_second.denominator != 1:
        return None
    if new_first < problem.least[first] or 0 < new_second < problem.least[second]:
        return None
    return int(new_first), int(new_second)
