"""The core of a large round: the few requests whose place is open, as a small round of its own.

Everybody else keeps what the relaxation gave, all or nothing; limits and floors are what those
leave of them, counted exactly. The core is solved with explicit binaries and rounded like any
small round, so what it gives fits the whole round to the last unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from apportion.core.decide.columns import Columns, Flags, Ints, used_in_full
from apportion.core.decide.model import MISS_SCALE, Model, Row
from apportion.core.decide.problem import Ask, Floor, Limit, Problem
from apportion.core.decide.weigh import Stakes
from apportion.core.ids import AreaId, ProjectId, RequestId, ResourceCode
from apportion.core.policy import Policy

RESIDUAL = Policy(name="core", resources={}, pool={}, areas=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A small round and who it is about. Shape: position p of the problem is request members[p]."""

    members: Ints
    problem: Problem
    owed: tuple[int, ...]  # of each floor, what others leave to be met; less than none: met


def core_of(columns: Columns, members: Ints, whole: Flags) -> Core:
    """Takes members out of a round in which the others flagged are funded whole."""
    rest = whole.copy()
    rest[members] = False
    used = used_in_full(columns, rest)
    cut = len(columns.limits)
    left = [b.amount - u for b, u in zip(columns.bounds, used, strict=True)]
    inside = [_inside(columns, k, members) for k in range(len(columns.bounds))]
    seat = {i: place for place, i in enumerate(members.tolist())}
    problem = Problem(
        policy=RESIDUAL,
        asks=_asks(columns, members),
        worth=tuple(columns.worth[members].tolist()),
        curve={},
        steps=tuple(columns.steps[members].tolist()),
        least=tuple(columns.least[members].tolist()),
        draw=tuple(columns.draw[members].tolist()),
        needs=_needs(columns, seat),
        labels=tuple(_labels(columns, seat)),
        limits=tuple(
            Limit(
                kind=limit.about[0],
                owner=limit.about[1],
                resource=ResourceCode(columns.resources[limit.resource]),
                bound=left[k],
                members=inside[k],
            )
            for k, limit in enumerate(columns.limits)
        ),
        floors=tuple(
            Floor(
                area=AreaId(floor.about[0]),
                resource=ResourceCode(columns.resources[floor.resource]),
                promised=max(0, left[cut + k]),
                members=inside[cut + k],
            )
            for k, floor in enumerate(columns.floors)
        ),
    )
    return Core(members=members, problem=problem, owed=tuple(left[cut:]))


def _asks(columns: Columns, members: Ints) -> tuple[Ask, ...]:
    """The members with what they ask, under the names of their positions."""
    amounts = columns.demand[:, members].tolist()
    codes = [ResourceCode(r) for r in columns.resources]
    return tuple(
        Ask(
            id=RequestId(f"{i}"),
            area=AreaId(""),
            project=ProjectId(""),
            score=RESIDUAL.gap,
            ask={r: row[place] for r, row in zip(codes, amounts, strict=True) if row[place]},
            minimum={},
        )
        for place, i in enumerate(members.tolist())
    )


def _needs(columns: Columns, seat: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    needs: list[list[int]] = [[] for _ in seat]
    for i, j in columns.needs.tolist():
        if i in seat and j in seat:
            needs[seat[i]].append(seat[j])
    return tuple(tuple(sorted(needed)) for needed in needs)


def core_model(columns: Columns, core: Core, stakes: Stakes, *, spare: bool) -> Model:
    """The core's rows: limits, floors (with a unit to spare for each member, or none), missed shares."""
    problem, count = core.problem, len(core.members)
    asks, floors = problem.asks, len(columns.floors)
    rows = [
        Row(
            kind="limit",
            about=limit.about,
            columns=limit.members,
            coefficients=tuple(asks[i].ask[limit.resource] for i in limit.members),
            bound=limit.bound,
        )
        for limit in problem.limits
        if limit.members
    ]
    for k, (floor, owed) in enumerate(zip(problem.floors, core.owed, strict=True)):
        promised = columns.floors[k].amount
        more = len(floor.members) if spare and owed > 0 and not stakes.may_miss else 0
        rows.append(
            Row(
                kind="floor",
                about=columns.floors[k].about,
                columns=(*floor.members, count + k),
                coefficients=(*(-asks[i].ask[floor.resource] for i in floor.members), -promised),
                bound=-(owed + more),
            )
        )
    if stakes.budget is not None:
        places = tuple(range(count, count + floors))
        scales = (MISS_SCALE,) * floors
        rows.append(
            Row(kind="missed", about=(), columns=places, coefficients=scales, bound=stakes.budget)
        )
    rows += _link_rows(columns, core)
    gains = tuple(stakes.gains[core.members].tolist()) + (stakes.miss,) * floors
    return Model(gains=gains, rows=tuple(rows), may_miss=stakes.may_miss)


def _link_rows(columns: Columns, core: Core) -> Iterable[Row]:
    """Either/or, rivals and prerequisites among members; about says their place in the columns."""
    problem = core.problem
    seat = np.full(columns.count, -1)
    seat[core.members] = np.arange(len(core.members))
    for place, group in enumerate(columns.exclusive):
        held = tuple(spot for spot in seat[group].tolist() if spot >= 0)
        if len(held) > 1:
            kind = "either_or" if place < len(columns.labels) else "rivals"
            ones = (1,) * len(held)
            yield Row(kind=kind, about=(str(place),), columns=held, coefficients=ones, bound=1)
    for place, (i, j) in enumerate(seat[columns.needs].tolist()):
        if min(i, j) >= 0:
            shares = (problem.least[j], -problem.steps[j])
            about = (str(place),)
            yield Row(kind="requires", about=about, columns=(i, j), coefficients=shares, bound=0)


def _inside(columns: Columns, k: int, members: Ints) -> tuple[int, ...]:
    bound = columns.bounds[k]
    asked = columns.demand[bound.resource][members]
    held = bound.families[columns.family[members]] & (asked > 0)
    return tuple(np.flatnonzero(held.astype(bool)).tolist())


def _labels(columns: Columns, seat: "dict[int, int]") -> Iterable[tuple[str, tuple[int, ...]]]:
    for place, members in enumerate(columns.labels):
        held = tuple(seat[i] for i in members.tolist() if i in seat)
        if len(held) > 1:
            yield str(place), held


def with_taken(columns: Columns, core: Core, whole: Flags, taken: Sequence[int]) -> Ints:
    """The whole round's steps: the core's own, and of the others all or nothing."""
    steps = np.where(whole, columns.steps, 0)
    steps[core.members] = np.array(taken, steps.dtype)
    return steps
