"""Checks a proof of optimality: every leaf of the tree is empty or bounded by its prices.

Weak duality in integers: a slate within a box is worth at most the rows' bounds at any prices of
at least zero, plus the best each column's reduced gain can do within the box.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apportion.core.verify.awards import Taken, missed_share
from apportion.core.verify.facts import Facts, Request, Untrue, ceiling, ensure
from apportion.core.verify.goals import COARSE, CheckedRow, Goal, aim_row
from apportion.core.verify.terms import Column, started

MISS_SCALE = 10**12

Box = tuple[dict[str, int], dict[str, int]]


def proved_bound(facts: Facts, proof: dict[str, Any], taken: Taken, scale: int, goal: Goal) -> int:
    """Recomputes what the tree proves, in the phase's gain units, rounded up.

    Raises: Untrue where a row does not hold for every slate or a box is left open.
    """
    nodes = proof["nodes"]
    rows = [
        None if "within" in row else _row(facts, row, taken, goal.phase) for row in proof["rows"]
    ]
    may_miss = bool(proof["may_miss"])
    ensure(
        may_miss or missed_share(facts, taken) == 0,
        "the proof supposes that no floor is missed, but one is",
    )
    gains = dict.fromkeys(facts.requests, 0) | goal.gains
    if not may_miss:
        gains = {column: gain for column, gain in gains.items() if column not in facts.floors}
    needed_by: dict[str, list[str]] = {name: [] for name in facts.requests}
    for request in facts.requests.values():
        for needed in request.requires:
            needed_by[needed].append(request.id)
    model = _Model(rows=rows, gains=gains, scale=scale, may_miss=may_miss)
    bounds = []
    for node, box in _Walk(facts=facts, needed_by=needed_by, model=model).leaves(nodes):
        if "then" in node:
            bounds.append(int(node["beaten"]))
            for place, row in enumerate(proof["rows"] if box[0] else ()):
                if "within" in row:
                    ensure(row["within"] == 0 and node is nodes[0], "a row holds in no known box")
                    rows[place] = _most_row(facts, row, box[0])
        else:
            total, _ = _priced(facts, model, node["prices"], box)
            bounds.append(-(-total // scale))
    ensure(bool(bounds), "the proof leaves no room for any slate")
    return max(bounds)


def floor_goal(facts: Facts, taken: Taken) -> Goal:
    """The least total of missed shares."""
    return Goal(
        phase="floors",
        score=-ceiling(missed_share(facts, taken) * MISS_SCALE),
        tolerance=floor_tolerance(facts, taken),
        gains=dict.fromkeys(facts.floors, -MISS_SCALE),
    )


def floor_tolerance(facts: Facts, taken: Taken) -> int:
    """The same for missed shares: two base units of each cut award that asks for many, per floor."""
    total = MISS_SCALE // 10**9
    for promised, members in facts.floors.values():
        cut = sum(
            0 < taken[name] < facts.requests[name].whole and asked >= COARSE
            for name, asked in members.items()
        )
        total += -(-2 * cut * MISS_SCALE // promised)
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What a box is priced by; a row that holds only in a narrowed box is None until that is known."""

    rows: list[CheckedRow | None]
    gains: dict[Column, int]
    scale: int
    may_miss: bool


def _priced(
    facts: Facts, model: _Model, prices: list[list[int]], box: Box
) -> tuple[int, dict[Column, int]]:
    """Weak duality over a box: the scaled bound, and what each column brings beyond its price."""
    reduced = {column: gain * model.scale for column, gain in model.gains.items()}
    total = 0
    for place, price in prices:
        row = model.rows[place]
        ensure(price >= 0, "a price in the proof is negative")
        if row is None:
            raise Untrue("a row is priced outside the box that it holds in")
        total += price * row.bound
        for column, coefficient in row.terms:
            if model.may_miss or column not in facts.floors:  # else the floor's column is nought
                reduced[column] = reduced.get(column, 0) - price * coefficient
    low, high = box
    for name, request in facts.requests.items():
        gain = reduced[name]
        total += -(-gain * (high[name] if gain > 0 else low[name]) // request.whole)
    total += sum(max(0, gain) for column, gain in reduced.items() if column not in facts.requests)
    return total, reduced


def _narrowed(facts: Facts, model: _Model, node: dict[str, Any], box: Box) -> Box | None:
    """The box without what the prices show to be worth no more than the slate to beat; None: empty."""
    total, reduced = _priced(facts, model, node["prices"], box)
    spare = total - node["beaten"] * model.scale
    if spare < 0:
        return None
    low, high = dict(box[0]), dict(box[1])
    for name, request in facts.requests.items():
        gain = reduced[name]
        if gain > 0:
            low[name] = max(low[name], box[1][name] - spare * request.whole // gain)
        elif gain < 0:
            high[name] = min(high[name], box[0][name] + spare * request.whole // -gain)
    return low, high


def _row(facts: Facts, row: dict[str, Any], taken: Taken, phase: str) -> CheckedRow:
    """Rebuilds a row from what it is about; those of other kinds are not known to hold."""
    about, kind = tuple(row["about"]), row["kind"]
    if aimed := aim_row(facts, taken, row, phase):
        return aimed
    if kind == "twin":
        return _twin_row(facts, about[0], about[1])
    if kind == "most":
        return _most_row(facts, row, {})
    if kind == "missed":
        return _missed_row(facts, row, taken)
    terms: dict[Column, int] = {}
    bound = 0
    if kind == "limit":
        bound, members = facts.limits[about]
        terms.update(members)
    elif kind == "floor":
        promised, members = facts.floors[about]
        terms |= {name: -asked for name, asked in members.items()} | {about: -promised}
        bound = -promised
    elif kind == "either_or":
        terms |= dict.fromkeys(facts.labels[about[0]], 1)
        bound = 1
    elif kind == "rivals":
        terms |= dict.fromkeys(_rivals(facts, about[0], about[1:]), 1)
        bound = 1
    elif kind == "started":
        request = facts.requests[about[0]]
        ensure(request.start is not None, f"{request.id} has no curve")
        terms |= {request.id: -request.whole, started(request.id): request.least}
    else:
        ensure(kind == "requires", f"a row of the kind {kind} is not known to hold")
        first, second = (facts.requests[name] for name in about)
        ensure(_requires(facts, first, second.id), f"{first.id} does not require {second.id}")
        terms |= {first.id: second.least, second.id: -second.whole}
    return CheckedRow(terms=tuple(terms.items()), bound=bound)


def _requires(facts: Facts, first: Request, needed: str) -> bool:
    """Says whether one must be funded for the other to be, itself or through others."""
    return needed in _needed(facts, first.id) - {first.id}


def _needed(facts: Facts, name: str) -> set[str]:
    """The request and all that must be funded for it to be."""
    seen, waiting = {name}, [name]
    while waiting:
        more = [n for n in facts.requests[waiting.pop()].requires if n not in seen]
        seen.update(more)
        waiting += more
    return seen


def _rivals(facts: Facts, label: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Of these at most one is funded: each is or requires another member of the label."""
    members = set(facts.labels[label])
    standing = [_needed(facts, name) & members for name in names]
    ensure(
        len(set(names)) == len(names)
        and sum(len(s) for s in standing) == len(set().union(*standing))
        and all(standing),
        f"more than one of {', '.join(names[:3])}, ... can be funded under {label}",
    )
    return names


def _missed_row(facts: Facts, row: dict[str, Any], taken: Taken) -> CheckedRow:
    """No more is missed in all than the floors phase found, up to whole base units."""
    least = ceiling(missed_share(facts, taken) * MISS_SCALE) - floor_tolerance(facts, taken)
    ensure(row["bound"] >= least, "the proof supposes that less is missed than is")
    return CheckedRow(terms=tuple((f, MISS_SCALE) for f in facts.floors), bound=row["bound"])


def _twin_row(facts: Facts, first: str, second: str) -> CheckedRow:
    """Of two alike, the one drawn first takes at least as much: exchanging them changes nothing."""
    one, other = facts.requests[first], facts.requests[second]
    needed = {name for request in facts.requests.values() for name in request.requires}
    ensure(
        _likeness(one) == _likeness(other) and one.drawn < other.drawn,
        f"{first} and {second} are not twins in the order drawn",
    )
    ensure(
        not (_links(facts, one) or _links(facts, other) or {first, second} & needed),
        f"{first} and {second} have links, so they cannot be exchanged",
    )
    return CheckedRow(terms=((first, -1), (second, 1)), bound=0)


def _links(facts: Facts, request: Request) -> bool:
    """Says whether links tell the request apart; a label that nobody shares does not."""
    alone = not request.label or len(facts.labels[request.label]) == 1
    return bool(request.requires) or not alone


def _likeness(request: Request) -> object:
    worth = request.worth, request.start
    return request.area, request.groups, worth, request.ask, request.minimum


def _most_row(facts: Facts, row: dict[str, Any], low: dict[str, int]) -> CheckedRow:
    """At most so many of these are funded: the smallest minima of one more exceed a limit.

    In a box in which others take so much at least, what they take is no longer there.
    """
    bound, members = facts.limits[tuple(row["about"])]
    names, most = row["requests"], row["bound"]
    chosen = set(names)
    ensure(len(chosen) == len(names), "a row counts a request twice")
    uses = sorted(
        Fraction(facts.requests[n].least * members[n], facts.requests[n].whole) for n in names
    )
    taken = sum(
        (
            Fraction(steps * members[n], facts.requests[n].whole)
            for n, steps in low.items()
            if steps and n in members and n not in chosen
        ),
        Fraction(0),
    )
    ensure(
        len(uses) > most >= 0 and sum(uses[: most + 1]) > bound - taken,
        f"more than {most} of {', '.join(names[:3])}, ... would fit",
    )
    return CheckedRow(terms=tuple((name, 1) for name in names), bound=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """Walks a tree of boxes. A box is lowest and highest steps per request."""

    facts: Facts
    needed_by: dict[str, list[str]]
    model: _Model

    def leaves(self, nodes: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Box]]:
        """Yields the nodes that prices close or narrow, each with its box, unless that is empty."""
        requests = self.facts.requests
        start: Box = dict.fromkeys(requests, 0), {r.id: r.whole for r in requests.values()}
        waiting = [(0, start)] if self._narrow(start, list(requests)) else []
        while waiting:
            place, (low, high) = waiting.pop()
            node = nodes[place]
            if "then" in node:
                ensure(node["then"] > place, "the tree of the proof runs in a circle")
                box = _narrowed(self.facts, self.model, node, (low, high))
                if box is not None and self._narrow(box, list(requests)):
                    waiting.append((node["then"], box))
                    yield node, box
                else:
                    yield node, ({}, {})
                continue
            if "prices" in node:
                yield node, (low, high)
                continue
            name, cut = node["request"], node["at_least"]
            ensure(min(node["yes"], node["no"]) > place, "the tree of the proof runs in a circle")
            yes = low | {name: max(low[name], cut)}, dict(high)
            no = dict(low), high | {name: min(high[name], cut - 1)}
            waiting += [
                (child, box)
                for child, box in ((node["yes"], yes), (node["no"], no))
                if self._narrow(box, [name])
            ]

    def _narrow(self, box: Box, changed: list[str]) -> bool:
        """Draws what follows from minima and links; False where nothing is left."""
        low, high = box
        waiting = list(changed)
        while waiting:
            request = self.facts.requests[waiting.pop()]
            name = request.id
            if high[name] < request.least:
                high[name] = 0
            if low[name]:
                low[name] = max(low[name], request.least)
            if low[name] > high[name]:
                return False
            if high[name] == 0:
                waiting += [n for n in self.needed_by[name] if high[n]]
                high |= dict.fromkeys(self.needed_by[name], 0)
            if low[name]:
                waiting += self._funded(request, box)
        return True

    def _funded(self, request: Request, box: Box) -> list[str]:
        """What follows from a request being funded, on those linked to it."""
        low, high = box
        opened = [n for n in request.requires if not low[n]]
        mates = self.facts.labels.get(request.label or "", ())
        shut = [n for n in mates if n != request.id and high[n]]
        low |= dict.fromkeys(opened, 1)
        high |= dict.fromkeys(shut, 0)
        return opened + shut
