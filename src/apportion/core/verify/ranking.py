"""Walks the plain cut line again, from the highest score down, and compares."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from apportion.core.verify.awards import Taken, room_left
from apportion.core.verify.facts import Facts, Request, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The ranking, and where the list stopped if the policy stops it."""

    order: tuple[str, ...]
    stopped_at: str | None


def check_walk(facts: Facts, taken: Taken) -> Walk:
    """Walks down the ranking and compares each award with what the rule gives."""
    order = tuple(sorted(facts.requests, key=lambda n: _rank(facts.requests[n])))
    threshold = Fraction(facts.policy["cut_line"]["threshold"])
    given = dict.fromkeys(facts.requests, 0)
    left = {about: Fraction(bound) for about, (bound, _) in facts.limits.items()}
    stopped_at = None
    for name in order:
        request = facts.requests[name]
        if request.score < threshold:
            break
        linked = _is_linked_in(facts, request, given)
        steps = _most(facts, request, left) if linked else 0
        if steps < request.least:
            if linked and not facts.policy["cut_line"]["skip_unfit"]:
                stopped_at = name
                break
            continue
        given[name] = steps
        for about, (_, members) in facts.limits.items():
            if name in members:
                left[about] -= Fraction(steps * members[name], request.whole)
    for name in order:
        ensure(
            taken[name] == given[name],
            f"request {name}: the cut line gives {given[name]}/{facts.requests[name].whole}",
        )
    return Walk(order=order, stopped_at=stopped_at)


def check_draw(facts: Facts, taken: Taken) -> None:
    """Of requests alike in all but their name, those drawn first have the larger fractions."""
    needed = {name for request in facts.requests.values() for name in request.requires}
    alike: dict[object, list[Request]] = {}
    for request in facts.requests.values():
        if not request.linked and request.id not in needed:
            key = (
                request.area,
                request.groups,
                (request.worth, request.start),
                tuple(sorted(request.ask.items())),
                tuple(sorted(request.minimum.items())),
            )
            alike.setdefault(key, []).append(request)
    for twins in alike.values():
        twins.sort(key=lambda r: r.drawn)
        for first, second in pairwise(twins):
            ensure(
                not first.worth or taken[first.id] >= taken[second.id],
                f"request {first.id} was drawn before {second.id}, its twin, and has less",
            )


def left_everywhere(facts: Facts, taken: Taken) -> dict[tuple[str, str, str], Fraction]:
    """Counts what every limit has left."""
    return {about: room_left(facts, taken, about) for about in facts.limits}


def _rank(request: Request) -> tuple[Fraction, bytes]:
    return -request.score, request.drawn


def _is_linked_in(facts: Facts, request: Request, given: Taken) -> bool:
    mates = facts.labels.get(request.label or "", ())
    return all(given[n] for n in request.requires) and not any(
        given[n] for n in mates if n != request.id
    )


def _most(facts: Facts, request: Request, left: dict[tuple[str, str, str], Fraction]) -> int:
    best = request.whole
    for about, (_, members) in facts.limits.items():
        if request.id in members:
            best = min(best, int(left[about] * request.whole / members[request.id]))
    return best
