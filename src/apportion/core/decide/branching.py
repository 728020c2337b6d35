"""Where to split a box: at the request whose rule the relaxation breaks and whose split tells most.

What a split did to the bound is remembered per request and direction (pseudocosts); a request with
too little history is tried both ways first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apportion.core.decide.boxes import Steps
from apportion.core.decide.problem import Problem

COARSE_STEPS = 10_000  # with fewer steps than this one step matters: the count is an integer
SLIVER = 1e-7  # fractions nearer than this are the same
TRUSTED = 4  # splits seen on a side before its average is believed
FAINT = 1e-9  # keeps a product of two falls from being nothing

Trial = Callable[[int, int, bool], float]  # request, at least so many steps, yes or no -> value


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The question "does this request take at least so many steps?" and how the relaxation leans."""

    request: int
    at_least: int
    lean: float  # 0: surely no, 1: surely yes


class Branching:
    """Remembers, per request and side, how far the bound fell for each unit of lean overcome."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._steps = np.array(problem.steps, float)
        self._least = np.array(problem.least) / self._steps
        self._falls = {side: np.zeros(len(problem.asks)) for side in (True, False)}
        self._seen = {side: np.zeros(len(problem.asks), int) for side in (True, False)}

    def learn(self, split: Split, fall: float, *, side: bool) -> None:
        """Takes in how far the bound fell on one side of a split."""
        distance = max(1 - split.lean if side else split.lean, SLIVER)
        self._falls[side][split.request] += fall / distance
        self._seen[side][split.request] += 1

    def choose(
        self, fractions: npt.NDArray[np.float64], low: Steps, high: Steps, fall: Trial
    ) -> Split | None:
        """Picks the split that promises the largest fall on both sides; None: every rule holds."""
        splits = self._below_minimum(fractions, low) or self._crowded(fractions, low)
        splits = splits or self._between_steps(fractions, low, high)
        return max(splits, key=lambda split: self._promise(split, fall), default=None)

    def _promise(self, split: Split, fall: Trial) -> float:
        product = 1.0
        for side in (True, False):
            if self._seen[side][split.request] < TRUSTED:
                self.learn(split, fall(split.request, split.at_least, side), side=side)
            average = self._falls[side][split.request] / self._seen[side][split.request]
            product *= max(average * (1 - split.lean if side else split.lean), FAINT)
        return product

    def _below_minimum(self, fractions: npt.NDArray[np.float64], low: Steps) -> list[Split]:
        below = (fractions > SLIVER) & (low == 0) & (fractions < self._least - SLIVER)
        return [
            Split(
                request=i,
                at_least=self._problem.least[i],
                lean=float(fractions[i] / self._least[i]),
            )
            for i in np.flatnonzero(below).tolist()
        ]

    def _crowded(self, fractions: npt.NDArray[np.float64], low: Steps) -> list[Split]:
        """Either/or labels under which more than one request takes something."""
        splits = []
        for _, members in self._problem.labels:
            several = [i for i in members if fractions[i] > SLIVER and low[i] == 0]
            if len(several) > 1:
                splits += [_whether(self._problem.least, i, float(fractions[i])) for i in several]
        return splits

    def _between_steps(
        self, fractions: npt.NDArray[np.float64], low: Steps, high: Steps
    ) -> list[Split]:
        splits = []
        taken = fractions * self._steps
        loose = (
            (self._steps < COARSE_STEPS) & (np.abs(taken - np.round(taken)) > 1e-5) & (low < high)
        )
        for i in np.flatnonzero(loose).tolist():
            whole = int(taken[i])
            splits.append(Split(request=i, at_least=whole + 1, lean=float(taken[i] - whole)))
        return splits


def _whether(least: Sequence[int], i: int, lean: float) -> Split:
    return Split(request=i, at_least=least[i], lean=min(lean, 1 - SLIVER))
