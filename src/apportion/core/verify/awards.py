"""Checks the awards: whole, within [minimum, ask], within every limit, links kept, sums right."""

from fractions import Fraction
from typing import Any

from apportion.core.verify.facts import MICRO, About, Facts, Request, ensure, subtree

Taken = dict[str, int]
AREA_OBJECTIVES = frozenset({"nash", "leximin"})  # whose value is not a sum of points


def check_awards(facts: Facts, document: dict[str, Any]) -> Taken:
    """Checks each award by itself and then all together; returns the steps that each takes."""
    taken: Taken = {}
    for award in document["awards"]:
        name = award["request"]
        ensure(name in facts.requests, f"award to {name}, which did not ask")
        ensure(name not in taken, f"request {name} has two awards")
        taken[name] = _check_award(facts.requests[name], award)
    for name in facts.requests:
        ensure(name in taken, f"request {name} has no award")
    _check_limits(facts, taken)
    _check_links(facts, taken)
    _check_floors(facts, taken, document["floors"])
    _check_carried(facts, taken, document["carried"])
    total = sum(points(facts.requests[name], steps) for name, steps in taken.items())
    stated = Fraction(document["points"]) * MICRO
    ensure(stated == total, f"{document['points']} points are stated, the awards have {total}e-6")
    ensure(
        facts.policy["objective"] in AREA_OBJECTIVES or document["value"] == document["points"],
        f"the value is {document['value']}, the points are {document['points']}",
    )
    return taken


def points(request: Request, steps: int) -> int:
    """Counts what the steps are worth, in micropoints, rounded down; straight above the minimum."""
    if request.start is None or not steps:
        return request.worth * steps // request.whole
    rise, run = request.worth - request.start, request.whole - request.least
    return request.start + rise * (steps - request.least) // run


def room_left(facts: Facts, taken: Taken, about: About) -> Fraction:
    """Counts what a limit has left, exactly."""
    bound, members = facts.limits[about]
    used = 0
    parts = Fraction(0)
    for name, asked in members.items():
        request = facts.requests[name]
        if taken[name] == request.whole:
            used += asked
        elif taken[name]:
            parts += Fraction(taken[name] * asked, request.whole)
    return bound - used - parts


def missed_share(facts: Facts, taken: Taken) -> Fraction:
    """Adds up what is missing of each floor as a share of what was promised."""
    shares = (
        Fraction(max(0, promised - _met(facts, taken, members)), promised)
        for promised, members in facts.floors.values()
    )
    return sum(shares, Fraction(0))


def _check_award(request: Request, award: dict[str, Any]) -> int:
    name = request.id
    steps, whole = (int(part) for part in award["fraction"].split("/"))
    ensure(whole == request.whole, f"request {name}: its fraction is not of its ask")
    ensure(
        steps == 0 or request.least <= steps <= whole,
        f"request {name}: its award is neither nothing nor within its minimum and its ask",
    )
    for resource, asked in request.ask.items():
        amount = award["amounts"].get(resource)
        ensure(
            amount == steps * asked // whole,
            f"request {name}: {amount} of {resource} is not {award['fraction']} of its ask",
        )
        low = request.minimum[resource] if steps else 0
        ensure(low <= amount <= asked, f"request {name}: {resource} lies outside [minimum, ask]")
    ensure(
        set(award["amounts"]) == set(request.ask), f"request {name} gets what it did not ask for"
    )
    ensure(
        award["outcome"] == _outcome(request, steps),
        f"request {name}: the outcome is not {award['outcome']}",
    )
    ensure(
        Fraction(award["value"]) * MICRO == points(request, steps),
        f"request {name}: its award is not worth {award['value']}",
    )
    return steps


def _outcome(request: Request, steps: int) -> str:
    if steps == request.whole:
        return "full"
    if steps == 0:
        return "not_yet"
    return "minimum" if steps == request.least else "partial"


def _check_limits(facts: Facts, taken: Taken) -> None:
    for about in facts.limits:
        left = room_left(facts, taken, about)
        where = " ".join(part for part in about if part)
        ensure(left >= 0, f"{where} is exceeded by {-left}")


def _check_links(facts: Facts, taken: Taken) -> None:
    for label, members in facts.labels.items():
        funded = [name for name in members if taken[name]]
        ensure(len(funded) < 2, f"of {label} both {' and '.join(funded)} are funded")
    for name, steps in taken.items():
        for needed in facts.requests[name].requires if steps else ():
            ensure(taken[needed] > 0, f"request {name} is funded without {needed}")


def _check_floors(facts: Facts, taken: Taken, stated: list[dict[str, Any]]) -> None:
    seen = {(f["area"], f["resource"], *(["owed"] if f["owed"] else [])): f for f in stated}
    ensure(set(seen) == set(facts.floors), "the floors are not those of the policy")
    for about, (promised, members) in facts.floors.items():
        met = _met(facts, taken, members)
        floor, where = seen[about], " ".join(about)
        owed = facts.policy["carried"].get(about[0], {}).get(about[1], 0) if about[2:] else 0
        ensure(floor["owed"] == owed, f"floor {where}: {owed} was owed")
        ensure(floor["promised"] == promised, f"floor {where}: {promised} was promised")
        ensure(floor["met"] == met, f"floor {where}: the awards give {met}")
        ensure(
            floor["shortfall"] == max(0, promised - met),
            f"floor {where}: the shortfall is {max(0, promised - met)}",
        )
        ensure(met >= promised or bool(floor["conflict"]), f"floor {where}: no conflict is named")


def _check_carried(facts: Facts, taken: Taken, stated: list[dict[str, Any]]) -> None:
    """What was promised, asked for and not given stays owed; nothing else is."""
    found = {(o["area"], o["resource"]): (o["before"], o["after"]) for o in stated}
    for area in facts.policy["areas"]:
        owed = facts.policy["carried"].get(area["id"], {})
        inside = [r for r in facts.requests.values() if r.area in subtree(facts.policy, area["id"])]
        for code in {**area["floor"], **owed}:
            before = owed.get(code, 0)
            asked = {r.id: r.ask[code] for r in inside if r.ask.get(code)}
            most = min(area["floor"].get(code, 0) + before, sum(asked.values()))
            after = max(0, most - _met(facts, taken, asked))
            ensure(
                found.pop((area["id"], code), (0, 0)) == (before, after),
                f"{area['id']} is owed {after} of {code} after this round",
            )
    ensure(not found, "something is owed that was never promised")


def _met(facts: Facts, taken: Taken, members: dict[str, int]) -> int:
    return sum(taken[name] * asked // facts.requests[name].whole for name, asked in members.items())
