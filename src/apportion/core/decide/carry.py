"""What areas are owed after a round: the part of a promise that they asked for and did not get.

An area's fair share is what it was promised: its floor and what it was owed from the rounds before.
What it asked for of that and did not get stays owed, so it is promised on top of the next round's
floor; what it got is settled. Nobody is owed more than it asked for, so what is owed cannot grow
without limit, and nobody is owed anything for a promise that nobody in the area used.
"""

from dataclasses import dataclass

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
    """Counts what stays owed to each area; those owed nothing before and after are left out."""
    policy, found = room.problem.policy, []
    for area in policy.areas:
        owed = policy.carried.get(area.id, {})
        for resource in dict.fromkeys([*area.floor, *owed]):
            before = owed.get(resource, 0)
            promised = area.floor.get(resource, 0) + before
            asked, given = _asked_and_given(room, policy.subtree(area.id), resource)
            after = max(0, min(promised, asked) - given)
            if before or after:
                found.append(Owed(area=area.id, resource=resource, before=before, after=after))
    return tuple(found)


def _asked_and_given(
    room: Room, areas: frozenset[AreaId], resource: ResourceCode
) -> tuple[int, int]:
    problem = room.problem
    inside = [i for i, ask in enumerate(problem.asks) if ask.area in areas]
    asked = [problem.asks[i].ask.get(resource, 0) for i in inside]
    given = (
        room.taken[i] * amount // problem.steps[i] for i, amount in zip(inside, asked, strict=True)
    )
    return sum(asked), sum(given)
