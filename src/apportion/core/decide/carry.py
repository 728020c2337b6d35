"""What areas are owed after a round: the part of a promise that they asked for and did not get.

An area's fair share is what it was promised: its floor and what it was owed from the rounds before.
What it asked for of that and did not get stays owed, so it is promised on top of the next round's
floor; what it got is settled. Nobody is owed more than it asked for, so what is owed cannot grow
without limit, and nobody is owed anything for a promise that nobody in the area used.
"""

from dataclasses import dataclass

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room
from apportion.core.ids import AreaId, ResourceCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What an area is owed of one resource, before and after a round. Units: base units."""

    area: AreaId
    resource: ResourceCode
    before: int
    after: int


def owed_after(room: Room) -> tuple[Owed, ...]:
    """Counts what stays owed under each promise; those owed nothing before and after are left out."""
    problem = room.problem
    found = (
        Owed(
            area=floor.area,
            resource=floor.resource,
            before=_before(problem, floor.area, floor.resource),
            after=max(0, min(floor.promised, _asked(problem, floor.members, floor.resource)) - met),
        )
        for floor in problem.floors
        for met in (room.met(floor),)
    )
    return tuple(owed for owed in found if owed.before or owed.after)


def _before(problem: Problem, area: AreaId, resource: ResourceCode) -> int:
    return problem.policy.carried.get(area, {}).get(resource, 0)


def _asked(problem: Problem, members: tuple[int, ...], resource: ResourceCode) -> int:
    return sum(problem.asks[i].ask[resource] for i in members)
