"""What a board moves by hand: requests in or out, floors, caps, the pool, each with why.

A moved round is a round like any other, so it is solved, certified and verified like any other: a
request that is pinned out counts against a cap of nothing of its own; one that is pinned in has a
floor of its own, as large as its minimum or its ask, and one that is held to its minimum has that
for a cap as well. Their names hold a space, which no area or group may.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from apportion.core.decide.problem import Ask, Problem, least_steps
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import AreaId, GroupId, RequestId, ResourceCode
from apportion.core.policy import Area, Group, Objective, Policy

PIN = "pin "
IN_WORKS_WITH = (Objective.MERIT,)  # those that keep floors and do not sum over areas
WHY_NOT_IN = {
    Objective.NASH: "a round decided by nash counts areas, and a promise to one request would be one",
    Objective.LEXIMIN: "a round decided by leximin counts areas, and a promise to one request would be one",
    Objective.CUT_LINE: "a round decided by cut-line looks at the ranking alone and keeps no promise",
    Objective.EQUAL_SHARES: "a round decided by equal-shares has requests bought and keeps no promise",
}
OUT_INSTEAD = (
    "Put others out, move a cap or the pool, or decide the round by merit, which can put one in"
)


class Moved(StrEnum):
    """What an override moves."""

    IN = "in"  # at least its minimum; what more it gets is the engine's affair
    FULL = "full"
    MINIMUM = "minimum"
    OUT = "out"
    FLOOR = "floor"
    CAP = "cap"
    POOL = "pool"


PROMISED = frozenset({Moved.IN, Moved.FULL, Moved.MINIMUM})
PINS = PROMISED | {Moved.OUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One thing moved by hand. Units: `to` in base units.

    Shape: owner is the request that is pinned, the area of a floor, the area or group of a cap,
    empty for a pool; pins have neither resource nor amount.
    """

    moved: Moved
    owner: str
    why: str
    resource: str = ""
    to: int = 0

    @property
    def about(self) -> tuple[str, str, str]:
        """Names what it moves: a request has one pin at most, whichever way."""
        if self.moved in PINS:
            return ("pin", self.owner, "")
        return (self.moved.value, self.owner, self.resource)


def is_pin(name: str) -> bool:
    """Says whether an area or group stands for an override."""
    return name.startswith(PIN)


def pinned_out(problem: Problem, i: int) -> int | None:
    """The limit by which the board took a request out, or None."""
    limits = problem.limits
    pins = (
        place
        for place in problem.limits_of[i]
        if is_pin(limits[place].owner) and not limits[place].bound
    )
    return next(pins, None)


def merge(earlier: Iterable[Override], later: Override) -> tuple[Override, ...]:
    """Adds an override to others; what it moves anew is moved by it alone."""
    return (*(one for one in earlier if one.about != later.about), later)


def with_overrides(
    policy: Policy, asks: Iterable[Ask], overrides: Sequence[Override]
) -> tuple[Policy, tuple[Ask, ...]]:
    """The round as the board has moved it.

    Raises: BadInput where an override is about nothing that there is, or has no reason.
    """
    held = {ask.id: ask for ask in asks}
    faults = [fault for override in overrides if (fault := _fault(policy, held, override))]
    if faults:
        raise BadInput(faults)
    for override in overrides:
        match override.moved:
            case Moved.IN | Moved.FULL | Moved.MINIMUM | Moved.OUT:
                ask = held[RequestId(override.owner)]
                policy, held[ask.id] = _pinned(policy, ask, override)
            case Moved.POOL:
                pool = {**policy.pool, ResourceCode(override.resource): _gross(policy, override.to)}
                policy = replace(policy, pool=pool)
            case _:
                policy = _bounded(policy, override)
    return policy, tuple(held.values())


def stated(overrides: Iterable[Override]) -> list[dict[str, object]]:
    """Overrides as plain values."""
    return [
        {
            "moved": o.moved.value,
            "owner": o.owner,
            "resource": o.resource,
            "to": o.to,
            "why": o.why,
        }
        for o in overrides
    ]


def overrides_from(held: Iterable[Mapping[str, object]]) -> tuple[Override, ...]:
    """Reads overrides back."""
    return tuple(
        Override(
            moved=Moved(str(one["moved"])),
            owner=str(one["owner"]),
            resource=str(one["resource"]),
            to=int(str(one["to"])),
            why=str(one["why"]),
        )
        for one in held
    )


def _pinned(policy: Policy, ask: Ask, override: Override) -> tuple[Policy, Ask]:
    name = f"{PIN}{ask.id}"
    if override.moved is Moved.OUT:
        nothing = {resource: 0 for resource, asked in ask.ask.items() if asked}
        return _capped(policy, ask, name, nothing)
    resource = max(ask.ask, key=lambda r: ask.ask[r])
    least = max(1, ask.minimum.get(resource, 0))
    if override.moved is Moved.MINIMUM:  # no more than the fewest steps that keep every minimum
        least = least_steps(ask)
        policy, ask = _capped(policy, ask, name, {resource: least})
    floor = {resource: ask.ask[resource] if override.moved is Moved.FULL else least}
    area = Area(id=AreaId(name), name=override.why, floor=floor, parent=ask.area)
    return replace(policy, areas=(*policy.areas, area)), replace(ask, area=area.id)


def _capped(
    policy: Policy, ask: Ask, name: str, cap: Mapping[ResourceCode, int]
) -> tuple[Policy, Ask]:
    """The request under a cap of its own."""
    group = Group(id=GroupId(name), cap=cap)
    moved = replace(ask, groups=(*ask.groups, group.id))
    return replace(policy, groups=(*policy.groups, group)), moved


def _bounded(policy: Policy, override: Override) -> Policy:
    """The policy with one floor or cap elsewhere."""
    resource, owner = ResourceCode(override.resource), override.owner

    def moved(held: Mapping[ResourceCode, int]) -> dict[ResourceCode, int]:
        return {**held, resource: override.to}

    if override.moved is Moved.FLOOR:
        areas = (replace(a, floor=moved(a.floor)) if a.id == owner else a for a in policy.areas)
        return replace(policy, areas=tuple(areas))
    areas = (replace(a, cap=moved(a.cap)) if a.id == owner else a for a in policy.areas)
    groups = (replace(g, cap=moved(g.cap)) if g.id == owner else g for g in policy.groups)
    return replace(policy, areas=tuple(areas), groups=tuple(groups))


def _gross(policy: Policy, awardable: int) -> int:
    """The smallest pool of which so much can be awarded once reserve and appeals are kept back."""
    kept = 1 - policy.reserve_share - policy.appeals_share
    gross = Fraction(awardable) / kept if kept else Fraction(awardable)
    return -(-gross.numerator // gross.denominator)


def _fault(policy: Policy, held: Mapping[RequestId, Ask], override: Override) -> Fault | None:
    """What is wrong with an override, or None."""
    what = remedy = ""
    value: str = override.owner
    if not override.why.strip():
        what, remedy = "no reason given", "Say why; it is kept with the slate"
    elif override.moved in PINS:
        what, remedy = _pin_trouble(policy, held, override)
    elif override.resource not in policy.pool:
        what, remedy, value = "no such resource", _one_of(policy.pool), override.resource
    elif override.owner not in _owners(policy, override.moved):
        what, remedy = "no such area or group", _one_of(_owners(policy, override.moved))
    if not what:
        return None
    return Fault(file=f"override {override.moved}", what=what, remedy=remedy, value=value)


def _pin_trouble(
    policy: Policy, held: Mapping[RequestId, Ask], override: Override
) -> tuple[str, str]:
    ask = held.get(RequestId(override.owner))
    if ask is None:
        return "no such request", "Name a request of the round"
    if any(is_pin(name) for name in (ask.area, *ask.groups)):
        return "pinned already", "Start from the slate before that override"
    if override.moved in PROMISED and policy.objective not in IN_WORKS_WITH:
        return WHY_NOT_IN[policy.objective], OUT_INSTEAD
    return "", ""


def _one_of(names: Iterable[str]) -> str:
    return f"Name one of {', '.join(names)}"


def _owners(policy: Policy, moved: Moved) -> tuple[str, ...]:
    if moved is Moved.POOL:
        return ("",)
    groups = policy.groups if moved is Moved.CAP else ()
    return (*(area.id for area in policy.areas), *(group.id for group in groups))
