"""Leximin over areas: the smallest share of what an area asks for is largest, then the next, ...

A share is what an area's awards are worth over what all its requests are worth. Shares of whole
requests do not form a convex set, so that "which area is the smallest" has no fixed answer; the sum
of the k smallest shares has, and it is maximised for k = 1, 2, ... with the sums before it kept.
The sum of the k smallest is k times a threshold less what each share lacks to it, which is linear.
Source: Ogryczak and Sliwinski, On direct methods for lexicographic min-max optimization, 2006.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import numpy as np

from apportion.core.decide.model import Model, Row
from apportion.core.decide.phases import FIRST_SOLVES, Reached, Settled, settle_aims
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Floats, Relaxation
from apportion.core.decide.welfare import EVEN_PART, Sharers, first_added, sharing_model

SEARCHED_UP_TO = 120  # requests in a round whose every sum is searched; a larger one is approached
NEAR_SOLVES = 100
NEAR_PART = 10**5  # shares within one part in this of what fractions reach are near enough
SHARES = 10**12  # a share is counted in 1e-12


class Smallest:
    """The aim: the sum of the k smallest shares, at sums of fewer no smaller than were reached."""

    by_area = True
    is_told = True

    def __init__(
        self, problem: Problem, kept: tuple[int, ...], patience: int = FIRST_SOLVES
    ) -> None:
        self._sharers, self._kept, self.patience = Sharers(problem), kept, patience
        self.count = len(kept) + 1  # k
        self.name = f"share-{self.count}"
        self._first = first_added(problem)

    def model(self, problem: Problem, missed: Fraction) -> Model:
        """Per sum a threshold and what each area lacks to it, k times over."""
        areas = len(self._sharers.areas)
        if not areas:
            return sharing_model(problem, missed, (), ())
        gains = (0,) * ((1 + areas) * len(self._kept)) + (self.count * SHARES,) + (-SHARES,) * areas
        rows = [
            self._lacks(smallest, place)
            for smallest in range(1, self.count + 1)
            for place in range(areas)
        ]
        rows += [self._keeps(smallest, sum_) for smallest, sum_ in enumerate(self._kept, start=1)]
        return sharing_model(problem, missed, gains, rows)

    def score(self, problem: Problem, taken: Sequence[int]) -> int | None:
        """Adds up the k smallest shares; None where fewer of them come to less than is kept."""
        del problem
        sums = tuple(accumulate(sorted(shares_of(self._sharers, taken))))
        if any(sum_ < kept for sum_, kept in zip(sums, self._kept, strict=False)):
            return None
        return sums[self.count - 1] if sums else 0

    def slack(self, problem: Problem, taken: Sequence[int], score: int) -> int:
        """What whole steps may cost the shares and one part in 10**8, in this sum and those before.

        What a kept sum gives way by, whole steps cost it, a larger sum may gain.
        """
        whole = zip(self._sharers.whole, self._sharers.loose(taken), strict=True)
        lost = sorted((1 + -(-loose * SHARES // asked) for asked, loose in whole), reverse=True)
        part = self.count * SHARES // EVEN_PART
        whole_steps = self.count * (sum(lost[: self.count]) + part)
        return whole_steps + math.floor(problem.policy.gap * score)

    def sharper(self, problem: Problem, model: Model, columns: Floats) -> tuple[Row, ...]:
        """The sums are linear already."""
        del problem, model, columns
        return ()

    def _column(self, smallest: int) -> int:
        """Where the threshold of a sum stands; what each area lacks to it follows."""
        return self._first + (smallest - 1) * (1 + len(self._sharers.areas))

    def _lacks(self, smallest: int, place: int) -> Row:
        """A threshold is no more than an area's share and what that lacks, rounded up."""
        whole, terms = self._sharers.whole[place], self._sharers.terms[place]
        threshold = self._column(smallest)
        return Row(
            kind="lacks",
            about=(str(smallest), self._sharers.areas[place]),
            columns=(threshold, threshold + 1 + place, *(column for column, _ in terms)),
            coefficients=(SHARES, -SHARES, *(-SHARES * worth // whole for _, worth in terms)),
            bound=0,
        )

    def _keeps(self, smallest: int, sum_: int) -> Row:
        threshold, areas = self._column(smallest), len(self._sharers.areas)
        return Row(
            kind="keeps",
            about=(str(smallest),),
            columns=tuple(range(threshold, threshold + 1 + areas)),
            coefficients=(-smallest * SHARES,) + (SHARES,) * areas,
            bound=-sum_,
        )


class Near:
    """The aim before the sums in a larger round: to lack little of the shares that fractions reach."""

    name = "near"
    by_area = True
    is_told = False
    patience = NEAR_SOLVES

    def __init__(self, problem: Problem) -> None:
        self._sharers = Sharers(problem)
        self._wanted = self._sharers.whole

    def model(self, problem: Problem, missed: Fraction) -> Model:
        """Per area what it lacks to the share that it would have if requests were divisible."""
        self._wanted = fractional_shares(problem, missed)
        first = first_added(problem)
        rows = []
        for place, wanted in enumerate(self._wanted):
            whole, terms = self._sharers.whole[place], self._sharers.terms[place]
            rows.append(
                Row(
                    kind="near",
                    about=(self._sharers.areas[place],),
                    columns=(first + place, *(column for column, _ in terms)),
                    coefficients=(-SHARES, *(-SHARES * worth // whole for _, worth in terms)),
                    bound=-wanted,
                )
            )
        return sharing_model(problem, missed, (-SHARES,) * len(rows), rows)

    def score(self, problem: Problem, taken: Sequence[int]) -> int:
        """Counts what all areas lack, as less than nothing."""
        del problem
        shares = shares_of(self._sharers, taken)
        return -sum(max(0, w - has) for w, has in zip(self._wanted, shares, strict=True))

    def slack(self, problem: Problem, taken: Sequence[int], score: int) -> int:
        """Near enough is enough: the sums are what is proved."""
        del problem, taken, score
        return len(self._wanted) * SHARES // NEAR_PART

    def sharper(self, problem: Problem, model: Model, columns: Floats) -> tuple[Row, ...]:
        """What is lacking is linear already."""
        del problem, model, columns
        return ()


def fractional_shares(problem: Problem, missed: Fraction) -> tuple[int, ...]:
    """The leximin shares of areas if every request could be given any fraction; no proof of theirs."""
    sharers, kept = Sharers(problem), tuple[int, ...]()
    columns = np.zeros(0)
    for _ in sharers.areas:
        model = Smallest(problem, kept).model(problem, missed)
        highest = np.array(model.highest(len(problem.asks)))
        relaxed = Relaxation(model).solve(np.zeros(len(highest)), highest)
        if not np.isfinite(relaxed.value):
            return (0,) * len(sharers.areas)
        kept += (int(relaxed.value) - SHARES // EVEN_PART,)
        columns = relaxed.columns
    points = (sum(float(columns[c]) * worth for c, worth in terms) for terms in sharers.terms)
    return tuple(
        min(SHARES, round(has / whole * SHARES))
        for has, whole in zip(points, sharers.whole, strict=True)
    )


def shares_of(sharers: Sharers, taken: Sequence[int]) -> tuple[int, ...]:
    """Counts the share of each area in 1e-12, rounded down."""
    points = sharers.points(taken)
    return tuple(has * SHARES // asked for has, asked in zip(points, sharers.whole, strict=True))


def settle_leximin(problem: Problem) -> Settled:
    """Least missed floors first, then one sum of smallest shares after the other, then the draw.

    A larger round is first brought near to what fractions reach; the sums are then bounded by
    prices at what the sums before them have, and their gaps are stated.
    """
    areas = len(Sharers(problem).areas)
    large = len(problem.asks) > SEARCHED_UP_TO

    def following(before: tuple[Reached, ...]) -> Smallest | Near | None:
        if large and not before:
            return Near(problem)
        sums = [reached.phase for reached in before[1 if large else 0 :]]
        done = bool(sums) and sums[-1].value >= len(sums) * SHARES  # nobody is left to raise
        if sums and (len(sums) >= areas or done):
            return None
        kept = tuple(phase.value - phase.slack for phase in sums)
        return Smallest(problem, kept, 1 if large else FIRST_SOLVES)

    return settle_aims(problem, following)
