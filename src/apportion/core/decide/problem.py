"""What is to be decided, in integers and in one order: that of the draw, which knows no names."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from apportion.core.decide.worth import MICROPOINTS, merit_micropoints, value_micropoints
from apportion.core.ids import AreaId, GroupId, ProjectId, RequestId, ResourceCode
from apportion.core.policy import Area, Policy

OWED = "owed"  # marks a promise that is a floor and what the rounds before left owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request as the engine sees it.

    Units: ask and minimum in base units per resource; a resource that is absent is not asked for.
    """

    id: RequestId
    area: AreaId
    project: ProjectId
    score: Fraction
    ask: Mapping[ResourceCode, int]
    minimum: Mapping[ResourceCode, int]
    groups: tuple[GroupId, ...] = ()
    value: Fraction | None = None  # what a full grant counts; None: score * size ** exponent
    value_at_minimum: Fraction | None = None  # None: as the policy's curve has it
    either_or: str | None = None  # at most one request with this label is funded
    requires: tuple[RequestId, ...] = ()  # funded only where all of these are
    opinions: tuple[tuple[str, Fraction], ...] = ()  # scores by reviewer, where reviewers vote


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A hard bound on one resource over some requests: a pool, an area's cap or a group's."""

    kind: str  # pool, area or group
    owner: str  # the area or group; empty for a pool
    resource: ResourceCode
    bound: int
    members: tuple[int, ...]

    @property
    def about(self) -> tuple[str, str, str]:
        """Names the limit in files."""
        return self.kind, self.owner, self.resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What an area was promised of one resource; the owed part is a promise beside the floor."""

    area: AreaId
    resource: ResourceCode
    promised: int
    members: tuple[int, ...]
    owed: int = 0  # of what is promised, what the rounds before left owed

    @property
    def about(self) -> tuple[str, ...]:
        """Names the promise in files."""
        return (self.area, self.resource, OWED) if self.owed else (self.area, self.resource)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """The round with everything the solver, the rounding and the reasons look up.

    Shape: position i is the same request in `asks`, `worth`, `steps`, `least`, `draw`, `needs`.
    Units: request i takes k of its `steps[i]` steps, k = 0 or least[i] <= k <= steps[i]; a step is
    one base unit of the resource it asks most base units of, so k is that resource's amount and
    the fraction of the whole demand vector is k / steps[i].
    """

    policy: Policy
    asks: tuple[Ask, ...]
    worth: tuple[int, ...]  # micropoints for the full ask
    curve: Mapping[int, int]  # micropoints of the minimum, where that is more than its share
    steps: tuple[int, ...]
    least: tuple[int, ...]
    draw: tuple[int, ...]  # place in the draw of the tie seed; 0 goes first
    needs: tuple[tuple[int, ...], ...]
    labels: tuple[tuple[str, tuple[int, ...]], ...]
    limits: tuple[Limit, ...]
    floors: tuple[Floor, ...]

    @cached_property
    def limits_of(self) -> tuple[tuple[int, ...], ...]:
        """The limits that each request counts against, where it asks for the resource."""
        return _memberships(len(self.asks), [limit.members for limit in self.limits])

    @cached_property
    def floors_of(self) -> tuple[tuple[int, ...], ...]:
        """The floors that each request counts towards."""
        return _memberships(len(self.asks), [floor.members for floor in self.floors])

    @cached_property
    def label_of(self) -> tuple[int | None, ...]:
        """The either/or label of each request, as a position in `labels`."""
        found: list[int | None] = [None] * len(self.asks)
        for place, (_, members) in enumerate(self.labels):
            for i in members:
                found[i] = place
        return tuple(found)

    @cached_property
    def needed_by(self) -> tuple[tuple[int, ...], ...]:
        """Who requires each request."""
        return _memberships(len(self.asks), self.needs)

    def amounts(self, i: int, taken: int) -> dict[ResourceCode, int]:
        """Counts what a request gets for the steps it takes, rounded down per resource."""
        return {r: taken * asked // self.steps[i] for r, asked in self.asks[i].ask.items()}

    def points(self, i: int, taken: int) -> int:
        """Counts what the steps taken are worth, in micropoints, rounded down.

        With a curve it is drawn straight from what the minimum is worth to what the ask is worth.
        """
        if i not in self.curve or not taken:
            return self.worth[i] * taken // self.steps[i]
        start, least = self.curve[i], self.least[i]
        return start + (self.worth[i] - start) * (taken - least) // (self.steps[i] - least)


def pose(policy: Policy, asks: Iterable[Ask]) -> Problem:
    """Lays a round out for solving; neither the order of rows nor that of names leaves a trace.

    Requests stand in the order drawn, so where slates are of equal worth it is the draw, and not
    the alphabet, that says which of them is found.
    """
    given = tuple(asks)
    drawn = draw_order(policy.tie_seed, [ask.id for ask in given])
    ordered = tuple(given[k] for k in sorted(range(len(given)), key=drawn.__getitem__))
    place = {ask.id: i for i, ask in enumerate(ordered)}
    steps = tuple(max(ask.ask.values()) for ask in ordered)
    least = tuple(least_steps(ask) for ask in ordered)
    worth = tuple(worth_of(policy, ask) for ask in ordered)
    starts = (start_of(policy, *one) for one in zip(ordered, worth, strict=True))
    return Problem(
        policy=policy,
        asks=ordered,
        worth=worth,
        curve={
            i: start
            for i, start in enumerate(starts)
            if start is not None and start > worth[i] * least[i] // steps[i]
        },
        steps=steps,
        least=least,
        draw=tuple(range(len(ordered))),
        needs=tuple(tuple(sorted(place[r] for r in set(ask.requires))) for ask in ordered),
        labels=_labels(ordered),
        limits=_limits(policy, ordered),
        floors=_floors(policy, ordered),
    )


def worth_of(policy: Policy, ask: Ask) -> int:
    """Counts what the full ask is worth: its value, else score * size ** exponent."""
    if ask.value is not None:
        return value_micropoints(ask.value)
    first = next(code for code in policy.pool if ask.ask.get(code))
    size = Fraction(ask.ask[first], policy.resources[first].base_units)
    return merit_micropoints(score=ask.score, size=size, exponent=policy.size_exponent)


def start_of(policy: Policy, ask: Ask, worth: int) -> int | None:
    """Counts what the minimum is worth where that is stated or the policy has a curve."""
    if ask.value_at_minimum is not None:
        return value_micropoints(ask.value_at_minimum)
    if policy.curve_exponent == 1:
        return None
    share = Fraction(least_steps(ask), max(ask.ask.values()))
    whole = Fraction(worth, MICROPOINTS)
    return merit_micropoints(score=whole, size=share, exponent=policy.curve_exponent)


def draw_order(seed: str, ids: Sequence[str]) -> tuple[int, ...]:
    """Ranks ids by SHA-256 of seed and id: the draw that settles ties, known to nobody before."""
    drawn = sorted(ids, key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).digest())
    rank = {name: place for place, name in enumerate(drawn)}
    return tuple(rank[name] for name in ids)


def least_steps(ask: Ask) -> int:
    """The fewest steps that keep every resource at its minimum; a funded request gets at least one."""
    steps = max(ask.ask.values())
    wanted = [-(-ask.minimum.get(r, 0) * steps // asked) for r, asked in ask.ask.items() if asked]
    return max(1, *wanted)


def _labels(asks: tuple[Ask, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    members: dict[str, list[int]] = {}
    for i, ask in enumerate(asks):
        if ask.either_or:
            members.setdefault(ask.either_or, []).append(i)
    return tuple((label, tuple(m)) for label, m in sorted(members.items()) if len(m) > 1)


def _limits(policy: Policy, asks: tuple[Ask, ...]) -> tuple[Limit, ...]:
    everyone = range(len(asks))
    found = [_limit("pool", "", r, policy.awardable(r), everyone, asks) for r in policy.pool]
    for area in policy.areas:
        inside = _inside(policy, area, asks)
        found += [_limit("area", area.id, r, cap, inside, asks) for r, cap in area.cap.items()]
    for group in policy.groups:
        within = [i for i, ask in enumerate(asks) if group.id in ask.groups]
        found += [_limit("group", group.id, r, cap, within, asks) for r, cap in group.cap.items()]
    return tuple(found)


def _limit(
    kind: str,
    owner: str,
    resource: ResourceCode,
    bound: int,
    among: Iterable[int],
    asks: Sequence[Ask],
) -> Limit:
    members = tuple(i for i in among if asks[i].ask.get(resource))
    return Limit(kind=kind, owner=owner, resource=resource, bound=bound, members=members)


def _floors(policy: Policy, asks: tuple[Ask, ...]) -> tuple[Floor, ...]:
    found = []
    for area in policy.areas:
        inside = _inside(policy, area, asks)
        for resource, promised, owed in policy.promises(area):
            members = tuple(i for i in inside if asks[i].ask.get(resource))
            found.append(
                Floor(
                    area=area.id,
                    resource=resource,
                    promised=promised,
                    members=members,
                    owed=owed,
                )
            )
    return tuple(found)


def _inside(policy: Policy, area: Area, asks: tuple[Ask, ...]) -> list[int]:
    subtree = policy.subtree(area.id)
    return [i for i, ask in enumerate(asks) if ask.area in subtree]


def _memberships(count: int, members: Iterable[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    found: list[list[int]] = [[] for _ in range(count)]
    for place, inside in enumerate(members):
        for i in inside:
            found[i].append(place)
    return tuple(tuple(places) for places in found)
