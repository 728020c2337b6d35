"""How the promises to areas came out, and what stood in the way of those that were missed."""

from apportion.core.decide.decision import FloorMet
from apportion.core.decide.problem import Floor, Problem
from apportion.core.decide.room import Room
from apportion.core.units import format_quantity


def floors_met(room: Room) -> tuple[FloorMet, ...]:
    """Accounts for every promise; a missed one names the conflict."""
    return tuple(
        FloorMet(
            area=floor.area,
            resource=floor.resource,
            promised=floor.promised,
            met=room.met(floor),
            conflict=_conflict(room, floor) if room.met(floor) < floor.promised else "",
        )
        for floor in room.problem.floors
    )


def _conflict(room: Room, floor: Floor) -> str:
    """Says why a promise is missed, with the first of the causes that alone explains it."""
    problem = room.problem
    unit = problem.policy.resources[floor.resource].unit
    asked = sum(problem.asks[i].ask[floor.resource] for i in floor.members)
    if asked < floor.promised:
        return f"the area's requests ask for {format_quantity(asked, unit)} in all"
    for limit in problem.limits:
        above = limit.resource == floor.resource and set(floor.members) <= set(limit.members)
        if above and limit.bound < floor.promised:
            where = " ".join(part for part in (limit.kind, limit.owner) if part)
            return f"{where} allows {format_quantity(limit.bound, unit)} in all"
    return "other promises: " + _rivals(problem, floor)


def _rivals(problem: Problem, floor: Floor) -> str:
    same = [f for f in problem.floors if f.resource == floor.resource and f is not floor]
    apart = [f.area for f in same if not set(f.members) & set(floor.members)]
    rest = "minimums, caps and links leave no better split"
    return f"{', '.join(apart)}; {rest}" if apart else rest
