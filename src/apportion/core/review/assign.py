"""Who reads what: as many opinions as can be had, evenly, then the best fit, then even loads.

Two network flows, each solved as a linear program whose corners are whole. The first counts
opinions: rewards that fall with each further opinion of one request make the most of all, spread as
evenly as can be. The second keeps those counts and weighs fit against the load of each reader.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from apportion.core.faults import InvariantBroken

EVEN = (
    250  # thousandths of fit that the last request of a full load must be worth more than the first
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A request that still wants opinions. Shape: `barred` says of readers why they cannot."""

    ref: str
    wanted: int
    barred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A reader with so many requests to read already, and at most so many in all."""

    name: str
    reading: int
    most: int

    @property
    def free(self) -> int:
        """How many more can be read."""
        return max(0, self.most - self.reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One request for one reader. Units: fit in thousandths."""

    ref: str
    reader: str
    fit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """A request that cannot have as many opinions as it wants, and what stands in the way."""

    ref: str
    wanted: int
    found: int
    eligible: int  # readers without a conflict who have not read it yet
    full: int  # of those, how many have no room
    barred: Mapping[str, int]  # readers by why they cannot


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who should read what, and what cannot be done."""

    pairs: tuple[Pair, ...]
    short: tuple[Short, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edges:
    """The pairs that may be. Shape: `need[e]`, `room[e]` and `fit[e]` of edge e."""

    need: npt.NDArray[np.int64]
    room: npt.NDArray[np.int64]
    fit: npt.NDArray[np.int64]


def assign(needs: Sequence[Need], rooms: Sequence[Room], fit: npt.NDArray[np.int64]) -> Plan:
    """Matches requests and readers; nobody reads what they are barred from or more than they can.

    Shape: `fit` has a row per need and a column per room.
    """
    open_to = np.array(
        [[room.free > 0 and room.name not in need.barred for room in rooms] for need in needs],
        dtype=bool,
    ).reshape(len(needs), len(rooms))
    need_at, room_at = np.nonzero(open_to)
    edges = _Edges(need=need_at, room=room_at, fit=fit[need_at, room_at])
    chosen = np.zeros(len(need_at), dtype=bool)
    if len(need_at):
        wanted = np.array([need.wanted for need in needs])
        first = _flow(edges, wanted, rooms, exact=False)
        counts = np.bincount(edges.need[first], minlength=len(needs))
        chosen = _flow(edges, counts, rooms, exact=True)
    pairs = tuple(
        sorted(
            (
                Pair(ref=needs[n].ref, reader=rooms[r].name, fit=int(f))
                for n, r, f in zip(
                    edges.need[chosen], edges.room[chosen], edges.fit[chosen], strict=True
                )
            ),
            key=lambda pair: (pair.ref, -pair.fit, pair.reader),
        )
    )
    return Plan(pairs=pairs, short=_what_is_short(needs, rooms, pairs))


def _flow(
    edges: _Edges, wanted: npt.NDArray[np.int64], rooms: Sequence[Room], *, exact: bool
) -> npt.NDArray[np.bool_]:
    """Solves one network; exact: each request gets just so many, and fit and loads decide.

    Columns: the edges; then the opinions of each request, one by one (where not exact); then the
    places of each reader, one by one. Rows: what goes into a request, and what a reader carries.
    """
    from scipy.optimize import linprog  # its import costs more than most rounds
    from scipy.sparse import coo_array

    count, needs = len(edges.need), len(wanted)
    slots = np.repeat(np.arange(needs), wanted)
    reward = 1.0 / (1.0 + _places(wanted)) if len(slots) else np.zeros(0)
    free = np.array([room.free for room in rooms])
    seats = np.repeat(np.arange(len(rooms)), free)
    weary = np.array(
        [EVEN * (room.reading + at) / room.most for room in rooms for at in range(room.free)]
    )
    used = 0 if exact else len(slots)
    cost = np.concatenate(
        [-edges.fit.astype(float), weary]
        if exact
        else [np.zeros(count), -reward, np.zeros(len(seats))]
    )
    rows = [edges.need, slots[:used], needs + edges.room, needs + seats]
    columns = [
        np.arange(count),
        count + np.arange(used),
        np.arange(count),
        count + used + np.arange(len(seats)),
    ]
    signs = [np.ones(count), -np.ones(used), np.ones(count), -np.ones(len(seats))]
    matrix = coo_array(
        (np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns))),
        shape=(needs + len(rooms), count + used + len(seats)),
    ).tocsr()
    into = wanted if exact else np.zeros(needs)
    right = np.concatenate([into, np.zeros(len(rooms))])
    found = linprog(cost, A_eq=matrix, b_eq=right, bounds=(0, 1), method="highs-ds")
    if found.status != 0:
        raise InvariantBroken(f"an assignment that has a solution was not solved: {found.message}")
    flows = found.x[:count]
    if np.abs(flows - np.round(flows)).max(initial=0) > 1e-6:
        raise InvariantBroken("an assignment has a corner that is not whole")
    whole: npt.NDArray[np.bool_] = np.round(flows) == 1
    return whole


def _places(wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers the opinions of each request from 0."""
    return np.concatenate([np.arange(count) for count in wanted])


def _what_is_short(
    needs: Sequence[Need], rooms: Sequence[Room], pairs: Sequence[Pair]
) -> tuple[Short, ...]:
    had = Counter(pair.ref for pair in pairs)
    names = {room.name for room in rooms}
    return tuple(
        Short(
            ref=need.ref,
            wanted=need.wanted,
            found=had[need.ref],
            eligible=len(names - need.barred.keys()),
            full=sum(not room.free for room in rooms if room.name not in need.barred),
            barred=dict(
                sorted(Counter(why for name, why in need.barred.items() if name in names).items())
            ),
        )
        for need in needs
        if had[need.ref] < need.wanted
    )
