"""Draws the lots of a decision again, and compares: who was in the zone, in which order, who got what."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import Any

from apportion.core.verify.awards import Taken, missed_share, points, room_left
from apportion.core.verify.facts import MICRO, About, Facts, Request, ensure

SEALED = "sealed:"
COVERED = 0.95
OPEN = {
    "none",
    "engine",
    "people",
    "sealed",
}  # settlements that leave the engine's awards as they are


def check_seed(policy: dict[str, Any]) -> bool:
    """Checks the seed against the hash that was published; says whether it is still sealed."""
    seed, promised = policy["tie_seed"], policy["tie_commitment"]
    if promised is None:
        ensure(not seed.startswith(SEALED), "the seed is sealed and nobody committed to it")
        return False
    if seed == SEALED + promised:
        return True
    found = hashlib.sha256(seed.encode()).hexdigest()
    ensure(found == promised, "the seed is not the one whose hash was committed")
    return False


def before_draw(
    facts: Facts, document: dict[str, Any], taken: Taken, *, sealed: bool
) -> tuple[Taken, dict[str, Any]]:
    """Checks the zone and the draw; returns the slate that went into it, as its own document.

    Where nothing was drawn these are the awards and the document as they are.
    """
    ties = document.get("ties")
    if ties is None or ties["why_not"]:
        return taken, document
    zone = _check_zone(facts, document, ties)
    if ties["settlement"] in OPEN:
        ensure(not ties["lots"] and not ties["moved"], "lots were drawn and it is not said")
        ensure((ties["settlement"] == "none") == (not zone), "the tie zone is not settled as said")
        return taken, document
    ensure(ties["settlement"] == "drawn", "the settlement of the tie zone is not known")
    rule = facts.policy["ties"]
    ensure(rule["by"] == "lottery", "lots were drawn and the policy leaves ties to people")
    ensure(not sealed, "lots were drawn with a seed that is not revealed")
    committed = facts.policy["tie_commitment"] is not None
    ensure(committed or rule["allow_uncommitted"], "lots were drawn with a seed nobody promised")
    before = _before(facts, ties, taken)
    _check_draw(facts, ties, before, taken, zone)
    told = ties["before"]
    value = sum(points(facts.requests[name], n) for name, n in before.items())
    ensure(Fraction(told["value"]) * MICRO == value, "the value before the draw is another")
    _check_cost(facts, document, told)
    return before, document | told


def _check_cost(facts: Facts, document: dict[str, Any], told: dict[str, Any]) -> None:
    """What the draw cost shows as a gap; where there is no bound there is none."""
    if not facts.has_bound:
        return
    ensure(document["bound"] == told["bound"], "the draw changed the bound")
    bound, value = (Fraction(document[key]) for key in ("bound", "value"))
    left = bound - value - Fraction(document["certificate"]["tolerance"])
    billionths = -(-left * 10**9 // bound) if left > 0 else 0
    ensure(
        Fraction(document["gap"]) * 10**9 == billionths,
        f"the gap is {billionths}e-9, not {document['gap']}",
    )


def _check_zone(facts: Facts, document: dict[str, Any], ties: dict[str, Any]) -> set[str]:
    """Counts each chance anew from the beliefs and the draws; returns who is in the zone."""
    rule = facts.policy["ties"]
    low, high = Fraction(rule["low"]), Fraction(rule["high"])
    beliefs = {held["request"]: held for held in document["snapshot"]["beliefs"]}
    zone = set()
    seen = [chance["request"] for chance in ties["chances"]]
    ensure(sorted(seen) == sorted(facts.requests), "the odds are not those of the requests")
    for chance in ties["chances"]:
        request = facts.requests[chance["request"]]
        interval = _interval(request, beliefs.get(request.id))
        stated = [Fraction(chance[end]) * MICRO for end in ("low", "mean", "high")]
        ensure(stated == [*interval], f"request {request.id}: its interval is another")
        ensure(0 <= chance["funded"] <= ties["draws"], f"request {request.id}: its odds are none")
        odds = Fraction(chance["funded"], max(1, ties["draws"]))
        line = None if chance["line"] is None else Fraction(chance["line"]) * MICRO
        reached = line is None or interval[0] <= line <= interval[2]
        ensure(
            chance["in_zone"] == (reached and low < odds < high),
            f"request {request.id} is in the tie zone wrongly, or out of it",
        )
        if chance["in_zone"]:
            zone.add(request.id)
    return zone


def _interval(request: Request, belief: dict[str, Any] | None) -> tuple[int, ...]:
    stated = int(request.score * MICRO)
    if belief is None:
        return stated, stated, stated
    reach = round(belief["sd"] * NormalDist().inv_cdf((1 + COVERED) / 2))
    mean = stated + belief["mean"] - belief["average"]
    return max(0, mean - reach), max(0, mean), mean + reach


def _before(facts: Facts, ties: dict[str, Any], taken: Taken) -> Taken:
    """The slate that went into the draw: itself within every limit and link."""
    before = dict(taken)
    for lot in (*ties["lots"], *ties["moved"]):
        name = lot["request"]
        ensure(name in taken, f"a lot was drawn for {name}, which did not ask")
        for when in ("before", "after"):
            steps, whole = (int(part) for part in lot[when].split("/"))
            request = facts.requests[name]
            fits = whole == request.whole and (steps == 0 or request.least <= steps <= whole)
            ensure(fits, f"request {name}: its lot is neither nothing nor within [minimum, ask]")
            if when == "before":
                before[name] = steps
            else:
                ensure(steps == taken[name], f"request {name}: its award is not what was drawn")
    for about in facts.limits:
        where = " ".join(part for part in about if part)
        ensure(room_left(facts, before, about) >= 0, f"before the draw {where} was exceeded")
    return before


def _check_draw(
    facts: Facts, ties: dict[str, Any], before: Taken, taken: Taken, zone: set[str]
) -> None:
    """Goes down the draw again."""
    free = [name for name in _by_lot(facts, zone) if _stands_alone(facts, facts.requests[name])]
    met = [_met(facts, before, members) for _, members in facts.floors.values()]
    kept: set[str] = set()
    while True:
        lots = [name for name in free if name not in kept]
        room = _Room(facts, before, out=lots)
        _go_down(room, lots)
        needed = set()
        for had, (promised, members) in zip(met, facts.floors.values(), strict=True):
            if _met(facts, room.taken, members) < min(had, promised):
                needed |= set(members) & set(lots)
        if not needed:
            break
        kept |= needed
    _hand_out_rest(room)
    stated = [lot["request"] for lot in ties["lots"]]
    for place, name in enumerate(lots):
        ensure(
            stated[place : place + 1] == [name],
            f"the seed draws {name} as number {place + 1}, which the file does not",
        )
    ensure(stated == lots, "lots are drawn for requests that are not in the draw")
    ensure(set(ties["kept"]) == zone - set(lots), "those kept out of the draw are others")
    for name, steps in room.taken.items():
        ensure(
            taken[name] == steps,
            f"request {name}: the draw gives {steps}/{facts.requests[name].whole}",
        )
    ensure(missed_share(facts, taken) <= missed_share(facts, before), "the draw missed floors")


def _go_down(room: "_Room", lots: Sequence[str]) -> None:
    facts = room.facts
    for name in lots:
        floors = (f for f in facts.floors.values() if name in f[1])
        if any(_met(facts, room.taken, members) < promised for promised, members in floors):
            room.raise_to_most(name)
    for name in lots:
        room.raise_to_most(name)


def _hand_out_rest(room: "_Room") -> None:
    facts = room.facts
    if facts.is_walk and not facts.policy["cut_line"]["skip_unfit"]:
        return
    fundable = [n for n in _by_lot(facts, facts.requests) if _fundable(facts, facts.requests[n])]
    _raise_each(room, fundable, lambda name: room.taken[name] > 0)
    while _raise_each(room, fundable, lambda name: room.taken[name] == 0):
        pass


def _raise_each(room: "_Room", order: Iterable[str], wanted: Callable[[str], bool]) -> bool:
    raised = [name for name in order if wanted(name) and room.raise_to_most(name)]
    return bool(raised)


class _Room:
    """Awards in the making, and exactly what each limit has left."""

    def __init__(self, facts: Facts, before: Taken, *, out: Iterable[str]) -> None:
        self.facts = facts
        self.taken = {name: 0 if name in set(out) else n for name, n in before.items()}
        self.left = {about: room_left(facts, self.taken, about) for about in facts.limits}
        self.of: dict[str, list[About]] = {name: [] for name in facts.requests}
        for about, (_, members) in facts.limits.items():
            for name in members:
                self.of[name].append(about)

    def raise_to_most(self, name: str) -> bool:
        """Gives a request as much as fits, if that is more than now and reaches its minimum."""
        request, now = self.facts.requests[name], self.taken[name]
        most = request.whole
        for about in self.of[name]:
            each = Fraction(self.facts.limits[about][1][name], request.whole)
            most = min(most, now + int(self.left[about] // each))
        if most <= now or most < request.least or not self._linked(request):
            return False
        for about in self.of[name]:
            asked = self.facts.limits[about][1][name]
            self.left[about] -= Fraction((most - now) * asked, request.whole)
        self.taken[name] = most
        return True

    def _linked(self, request: Request) -> bool:
        mates = self.facts.labels.get(request.label or "", ())
        alone = not any(self.taken[name] for name in mates if name != request.id)
        return alone and all(self.taken[name] for name in request.requires)


def _by_lot(facts: Facts, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: facts.requests[name].drawn)


def _stands_alone(facts: Facts, request: Request) -> bool:
    """Says whether lots may be drawn for a request: none hangs on another, and it may be funded."""
    needed = any(request.id in other.requires for other in facts.requests.values())
    return not request.requires and not needed and _fundable(facts, request)


def _fundable(facts: Facts, request: Request) -> bool:
    if facts.is_walk:
        return bool(request.score >= Fraction(facts.policy["cut_line"]["threshold"]))
    return request.worth > 0


def _met(facts: Facts, taken: Taken, members: dict[str, int]) -> int:
    return sum(taken[name] * asked // facts.requests[name].whole for name, asked in members.items())
