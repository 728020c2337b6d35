"""The knapsack, to a proved optimum in integers: undominated states around the break item.

Items stand from the most value per cost down. From the fill that takes them until one does not
fit, states branch by adding the next on the right and dropping the next on the left; a state
leaves when another is no dearer and worth no less, or when what is beyond it can never beat the
best found. What is left when no state is left is the optimum, and the search is its proof.
Source: Pisinger, A Minimal Algorithm for the 0-1 Knapsack Problem (Operations Research 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from apportion.core.refusals import Code, Refusal, Refused

MOST_STATES = 4_000_000  # some 200 MB; only contrived numbers need more
MOST_TOTAL = 2**61  # sums of costs or values beyond this would not fit in 64 bits
MARGIN = 1e-12  # more than the error of a bound computed in floats, in parts of it

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that may be packed. Units: integers; cost and value above zero."""

    name: int
    cost: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The best there is: its value, and one set that has it."""

    value: int
    names: frozenset[int]


@dataclass(slots=True, kw_only=True, eq=False)
class _Front:
    """The undominated states, and how they came about. Shape: one place for each state."""

    cost: Ints
    value: Ints
    steps: list[tuple[int, Ints, npt.NDArray[np.bool_]]] = field(default_factory=list)


def pack(items: Sequence[Item], *, room: int) -> Packed:
    """Finds the most value that fits.

    Raises: Refused, where the numbers are too large or too contrived for this machine.
    """
    fitting = [item for item in items if item.cost <= room]
    _refuse_huge(fitting)
    ranked = sorted(fitting, key=lambda item: (-Fraction(item.value, item.cost), item.name))
    search = _Search(ranked, room)
    search.run()
    return Packed(value=search.best, names=frozenset(ranked[place].name for place in search.held))


def at_most(items: Sequence[Item], *, room: int) -> int:
    """Bounds the value that fits from above: the last item is cut to the room left."""
    total = 0
    for item in sorted(items, key=lambda item: -Fraction(item.value, item.cost)):
        if item.cost > room:
            return total + item.value * room // item.cost
        total, room = total + item.value, room - item.cost
    return total


class _Search:
    """One search; `best` and `held` are the best set found so far, as places in the ranking."""

    def __init__(self, ranked: Sequence[Item], room: int) -> None:
        self._ranked, self._room = ranked, room
        self.best, self.held = 0, frozenset[int]()
        left, held = room, set()
        self._break = len(ranked)
        for place, item in enumerate(ranked):
            if item.cost <= left:
                held.add(place)
                left -= item.cost
            elif self._break == len(ranked):
                self._break = place
        self.best, self.held = sum(ranked[place].value for place in held), frozenset(held)

    def run(self) -> None:
        """Widens the core item by item until no state can beat the best."""
        taken = self._ranked[: self._break]
        front = _Front(
            cost=np.array([sum(item.cost for item in taken)], dtype=np.int64),
            value=np.array([sum(item.value for item in taken)], dtype=np.int64),
        )
        low, high = self._break - 1, self._break
        while len(front.cost) and (low >= 0 or high < len(self._ranked)):
            if high < len(self._ranked):
                high += 1
                self._widen(front, high - 1, low, high)
            if low >= 0 and len(front.cost):
                low -= 1
                self._widen(front, low + 1, low, high)

    def _widen(self, front: _Front, place: int, low: int, high: int) -> None:
        """Lets each state also flip one item, and keeps what is still of use."""
        item, sign = self._ranked[place], 1 if place >= self._break else -1
        cost = np.concatenate([front.cost, front.cost + sign * item.cost])
        value = np.concatenate([front.value, front.value + sign * item.value])
        order = np.lexsort((-value, cost))
        rising = np.maximum.accumulate(value[order])
        fresh = np.concatenate([[True], rising[1:] > rising[:-1]])
        order = order[fresh]
        cost, value = cost[order], value[order]
        parents, flipped = order % len(front.cost), order >= len(front.cost)
        self._note_best(front, cost, value, (place, parents, flipped))
        useful = self._useful(cost, value, low, high)
        front.cost, front.value = cost[useful], value[useful]
        front.steps.append((place, parents[useful], flipped[useful]))
        if len(front.cost) > MOST_STATES:
            _refuse(f"more than {MOST_STATES:,} states would have to be kept")

    def _note_best(
        self,
        front: _Front,
        cost: Ints,
        value: Ints,
        step: tuple[int, Ints, npt.NDArray[np.bool_]],
    ) -> None:
        last = int(np.searchsorted(cost, self._room, side="right")) - 1
        if last < 0 or value[last] <= self.best:
            return
        flips, at = set(), last
        for place, parents, flipped in reversed([*front.steps, step]):
            if flipped[at]:
                flips.add(place)
            at = int(parents[at])
        self.best = int(value[last])
        self.held = frozenset(set(range(self._break)) ^ flips)

    def _useful(self, cost: Ints, value: Ints, low: int, high: int) -> npt.NDArray[np.bool_]:
        """Which states may still end above the best, by the rate of the next item on each side."""
        left = (self._room - cost).astype(float)
        bound = value + left * np.where(left >= 0, self._rate(high), self._rate(low))
        useful: npt.NDArray[np.bool_] = bound + (np.abs(bound) + value) * MARGIN >= self.best + 1
        if low < 0:
            useful &= left >= 0
        return useful

    def _rate(self, place: int) -> float:
        if not 0 <= place < len(self._ranked):
            return 0.0
        return self._ranked[place].value / self._ranked[place].cost


def _refuse_huge(items: Sequence[Item]) -> None:
    if max(sum(item.cost for item in items), sum(item.value for item in items)) >= MOST_TOTAL:
        _refuse("costs or satisfaction add up to more than 64 bits hold")


def _refuse(why: str) -> None:
    remedy = f"No optimum is claimed, for {why}; choose another rule or coarser numbers."
    raise Refused([Refusal(code=Code.OUT_OF_RANGE, subject="max-welfare", remedy=remedy)])
