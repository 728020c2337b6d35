"""How the promises to areas came out, and what stood in the way of those that were missed."""

from apportion.core.decide.conflict import Rows, conflict_of
from apportion.core.decide.decision import FloorMet
from apportion.core.decide.problem import OWED, Floor, Problem
from apportion.core.decide.reasons import limit_name
from apportion.core.decide.room import Room
from apportion.core.policy import Objective
from apportion.core.units import format_quantity

FLOORLESS = frozenset({Objective.CUT_LINE, Objective.EQUAL_SHARES})
MOST_NAMED = 6  # rows of a conflict that its text names; the file has them all


def floors_met(room: Room) -> tuple[FloorMet, ...]:
    """Accounts for every promise; a missed one names the conflict."""
    return tuple(_met(room, floor) for floor in room.problem.floors)


def _met(room: Room, floor: Floor) -> FloorMet:
    met = room.met(floor)
    text, rows = _conflict(room, floor) if met < floor.promised else ("", ())
    return FloorMet(
        area=floor.area,
        resource=floor.resource,
        owed=floor.owed,
        promised=floor.promised,
        met=met,
        conflict=text,
        conflict_rows=rows,
    )


def _conflict(room: Room, floor: Floor) -> tuple[str, Rows]:
    """Says why a promise is missed: by the fewest rows that exclude it, where they can be found."""
    problem = room.problem
    unit = problem.policy.resources[floor.resource].unit
    asked = sum(problem.asks[i].ask[floor.resource] for i in floor.members)
    if asked < floor.promised:
        return f"the area's requests ask for {format_quantity(asked, unit)} in all", ()
    if problem.policy.objective in FLOORLESS:
        return f"{problem.policy.objective} does not look at floors", ()
    found = conflict_of(room, floor)
    if found is None or not found.rows:
        return "other promises: " + _rivals(problem, floor), ()
    names = [_name(problem, about) for about in found.rows[:MOST_NAMED]]
    if more := len(found.rows) - len(names):
        names.append(f"{more} more")
    together = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
    return f"it cannot hold with {together}", found.rows


def _name(problem: Problem, about: tuple[str, ...]) -> str:
    """Names a row for people."""
    kind = about[0]
    if kind == "limit":
        limit = next(limit for limit in problem.limits if limit.about == about[1:])
        unit = problem.policy.resources[limit.resource].unit
        return f"{limit_name(limit)} ({format_quantity(limit.bound, unit)} {unit}s)"
    if kind == "floor":
        kind = "is owed" if about[-1] == OWED else "was promised"
        return f"what {about[1]} {kind} of {about[2]}"
    if kind == "either_or":
        return f"the either/or {about[1]!r}"
    if kind == "requires":
        return f"{about[1]} requiring {about[2]}"
    return f"the minimum of {about[1]}"


def _rivals(problem: Problem, floor: Floor) -> str:
    same = [f for f in problem.floors if f.resource == floor.resource and f is not floor]
    apart = [f.area for f in same if not set(f.members) & set(floor.members)]
    rest = "minimums, caps and links leave no better split"
    return f"{', '.join(apart)}; {rest}" if apart else rest
