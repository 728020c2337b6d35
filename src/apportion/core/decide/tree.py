"""The search that proves: boxes split until each is empty, beaten or settled by its prices.

Every closed box keeps the prices (duals) of its relaxation, so that anybody can recompute, in
integers, an upper bound on what any slate inside the box is worth. The tree is the proof.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from apportion.core.decide.boxes import Steps, narrow, whole_box
from apportion.core.decide.branching import Branching, Split
from apportion.core.decide.model import Model
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Relaxation, Relaxed
from apportion.core.decide.rounding import whole_steps

ROUND_EVERY = 20  # besides settled boxes, the relaxation of every so manieth box is rounded too

Floats = npt.NDArray[np.float64]
Appraise = Callable[[tuple[int, ...]], "Slate | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slate:
    """Whole steps per request with their exact score. Units: the model's gain units."""

    taken: tuple[int, ...]
    score: int
    slack: int  # what whole steps may cost: no proof needs to be finer than this


@dataclass(slots=True, kw_only=True)
class Node:
    """A box: split by "does this request take at least so many steps", or closed by prices."""

    prices: Floats
    request: int = -1
    at_least: int = 0
    yes: int = -1
    no: int = -1


@dataclass(slots=True, kw_only=True)
class Box:
    """A node that waits to be solved, with the bounds that the splits above it have drawn."""

    place: int
    low: Steps
    high: Steps
    came_by: tuple[Split, bool, float] | None = None  # the split, the side, the value before


@dataclass(slots=True, kw_only=True)
class Searched:
    """The best slate found and the tree whose leaves bound every other."""

    best: Slate | None
    nodes: list[Node] = field(default_factory=list)
    solves: int = 0
    finished: bool = True
    overrated: list[Floats] = field(default_factory=list)  # whole, yet valued above any slate


class Search:
    """Splits boxes depth first until none can hold a better slate, or the solves run out."""

    def __init__(
        self, problem: Problem, model: Model, appraise: Appraise, *, first: tuple[int, ...] = ()
    ) -> None:
        self._problem, self._model, self._appraise = problem, model, appraise
        self._first = first  # who is placed before all others when fractions are rounded
        self._relaxation = Relaxation(model)
        self._branching = Branching(problem)
        self._steps = np.array(problem.steps, float)
        self._highest = np.array(model.highest(len(problem.asks))[len(problem.asks) :])
        self._found = Searched(best=None)

    def run(
        self, best: Slate | None, *, most_solves: int, within: tuple[Steps, Steps] | None = None
    ) -> Searched:
        """Searches a box, else the box of everything, with a slate to beat if there is one."""
        problem, found = self._problem, self._found
        found.best = best
        found.nodes.append(Node(prices=np.zeros(len(self._model.rows))))
        low, high = within or whole_box(problem)
        waiting = []
        if narrow(problem, low, high, range(len(problem.asks))):
            waiting.append(Box(place=0, low=low, high=high))
        while waiting and found.solves < most_solves:
            waiting += self._open(waiting.pop())
        found.finished = not waiting
        return found

    def _open(self, box: Box) -> list[Box]:
        """Solves one box; returns its halves, the likelier one last, so that it goes first."""
        found, node = self._found, self._found.nodes[box.place]
        relaxed = self._solve(box.low, box.high)
        if np.isfinite(relaxed.value) or relaxed.prices.any():
            node.prices = relaxed.prices
        if box.came_by and np.isfinite(relaxed.value):
            last, side, before = box.came_by
            self._branching.learn(last, max(0.0, before - relaxed.value), side=side)
        if self._beaten(relaxed):
            return []
        fractions = relaxed.columns[: len(self._problem.asks)]
        split = self._branching.choose(fractions, box.low, box.high, self._trial(box, relaxed))
        if split is None or found.solves % ROUND_EVERY == 0 or found.best is None:
            self._offer(whole_steps(self._problem, fractions, first=self._first))
        if split is None and not self._beaten(relaxed):
            found.overrated.append(relaxed.columns)
        if split is None or self._beaten(relaxed):
            return []
        return self._halve(box, split, relaxed.value)

    def _halve(self, box: Box, split: Split, value: float) -> list[Box]:
        nodes = self._found.nodes
        node = nodes[box.place]
        node.request, node.at_least = split.request, split.at_least
        halves = []
        for side in (True, False):
            nodes.append(Node(prices=node.prices))
            place = len(nodes) - 1
            node.yes, node.no = (place, node.no) if side else (node.yes, place)
            if bounds := self._half(box, split.request, split.at_least, side):
                came_by = (split, side, value)
                halves.append(Box(place=place, low=bounds[0], high=bounds[1], came_by=came_by))
        return halves if split.lean <= 1 / 2 else halves[::-1]

    def _half(self, box: Box, i: int, at_least: int, side: bool) -> tuple[Steps, Steps] | None:  # noqa: FBT001 - a side
        low, high = box.low.copy(), box.high.copy()
        if side:
            low[i] = at_least
        else:
            high[i] = at_least - 1
        return (low, high) if narrow(self._problem, low, high, [i]) else None

    def _trial(self, box: Box, relaxed: Relaxed) -> Callable[[int, int, bool], float]:
        """Makes the function that says how far one side of a split would let the bound fall."""
        best = self._found.best
        enough = relaxed.value - (best.score + best.slack) if best else abs(relaxed.value)

        def fall(i: int, at_least: int, side: bool) -> float:  # noqa: FBT001 - a side
            bounds = self._half(box, i, at_least, side)
            if bounds is None:
                return enough
            return min(enough, max(0.0, relaxed.value - self._solve(*bounds).value))

        return fall

    def _solve(self, low: Steps, high: Steps) -> Relaxed:
        self._found.solves += 1
        highest = self._highest
        return self._relaxation.solve(
            np.concatenate([low / self._steps, np.zeros(len(highest))]),
            np.concatenate([high / self._steps, highest]),
        )

    def _beaten(self, relaxed: Relaxed) -> bool:
        best = self._found.best
        if not np.isfinite(relaxed.value):
            return True
        return best is not None and relaxed.value <= best.score + best.slack

    def _offer(self, taken: tuple[int, ...]) -> None:
        slate, best = self._appraise(taken), self._found.best
        if slate and (best is None or slate.score > best.score):
            self._found.best = slate
