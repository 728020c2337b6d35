"""Checks reasons that name another request: an exchange that fits, and the one thing against it."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from apportion.core.verify.awards import Taken, points
from apportion.core.verify.facts import About, Facts, Request

PIN = "pin "  # areas and groups of an override by the board

Check = Callable[[Request, dict[str, Any]], bool]


def exchange_checks(facts: Facts, taken: Taken, left: dict[About, Fraction]) -> dict[str, Check]:
    """The reasons about another request, each with how it is checked."""
    needed = {name for request in facts.requests.values() for name in request.requires}

    def is_free(request: Request) -> bool:
        shared = request.label and len(facts.labels[request.label]) > 1
        return not (request.requires or shared or request.id in needed)

    def most_without(request: Request, other: Request) -> int:
        """The most steps for one when the other gives up its place; 0 where that is too few."""
        best = request.whole
        for about, (_, members) in facts.limits.items():
            if request.id in members:
                freed = Fraction(taken[other.id] * members.get(other.id, 0), other.whole)
                free = left[about] + freed
                best = min(best, int(free * request.whole / members[request.id]))
        return best if best >= request.least else 0

    def tie_draw(request: Request, reason: dict[str, Any]) -> bool:
        other = facts.requests[reason["data"]["drawn_before"]]
        steps = Fraction(taken[other.id] * request.whole, other.whole)
        return bool(
            not taken[request.id]
            and is_free(request)
            and is_free(other)
            and (request.worth, request.start) == (other.worth, other.start)
            and other.drawn < request.drawn
            and steps.denominator == 1
            and request.least <= steps <= most_without(request, other)
        )

    def floor_elsewhere(request: Request, reason: dict[str, Any]) -> bool:
        other = facts.requests[reason["data"]["instead_of"]]
        promised, members = facts.floors[tuple(reason["data"]["floor"])]
        met = sum(
            taken[name] * asked // facts.requests[name].whole
            for name, asked in members.items()
            if name != other.id
        )
        steps = most_without(request, other)
        return bool(
            is_free(request)
            and is_free(other)
            and other.id in members
            and request.id not in members
            and met < promised
            and steps
            and points(request, steps) > points(other, taken[other.id])
        )

    return {
        "TIE_DRAW": tie_draw,
        "FLOOR_ELSEWHERE": lambda request, reason: (
            not reason["data"]["floor"][0].startswith(PIN) and floor_elsewhere(request, reason)
        ),
        "BOARD_OVERRIDE": lambda request, reason: (
            reason["data"]["floor"][0].startswith(PIN) and floor_elsewhere(request, reason)
        ),
    }
