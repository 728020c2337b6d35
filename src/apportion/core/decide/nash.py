"""Nash welfare over areas: the product of what areas get is largest, so nobody's gain crowds out all.

The measure is the sum over areas of ln(1 + points): the product of one point and what each gets, so
that an area with nothing does not make the product nought. A logarithm lies below each of its
tangents; the model bounds it by a few, and takes more where fractions or whole slates show it too
high. What is found is scored with the logarithm itself, so the bound is of the thing measured.
Source: Fluschnik, Skowron, Triphaus and Wilker, Fair Knapsack, AAAI 2019 (the product with one).
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from apportion.core.decide.model import Model, Row
from apportion.core.decide.phases import FIRST_SOLVES
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Floats
from apportion.core.decide.welfare import (
    EVEN_PART,
    NATS,
    Sharers,
    first_added,
    nats,
    nats_above,
    sharing_model,
)
from apportion.core.decide.worth import MICROPOINTS
from apportion.core.ids import AreaId

FIRST_TANGENTS = 6  # at what an area asks for, a quarter of that, a quarter of that, ...
CLOSE_PART = 10**9  # a logarithm is bounded closely enough when within this part of its largest


class Balance:
    """The aim: the sum over areas of ln(1 + points), in units of 1e-12."""

    name = "welfare"
    by_area = True
    is_told = True
    patience = FIRST_SOLVES

    def __init__(self, problem: Problem) -> None:
        self._sharers = Sharers(problem)
        self._gains = tuple(nats_above(whole) for whole in self._sharers.whole)
        self._first = first_added(problem)

    @property
    def areas(self) -> tuple[AreaId, ...]:
        """Those among whom the round is shared out."""
        return self._sharers.areas

    def model(self, problem: Problem, missed: Fraction) -> Model:
        """A column per area for its logarithm, under a few tangents."""
        rows = [
            self.tangent(place, at)
            for place, whole in enumerate(self._sharers.whole)
            for at in sorted({0, *(whole >> 2 * halved for halved in range(FIRST_TANGENTS))})
        ]
        return sharing_model(problem, missed, self._gains, rows)

    def score(self, problem: Problem, taken: Sequence[int]) -> int:
        """Adds up the logarithms, each rounded down."""
        del problem
        return sum(map(nats, self._sharers.points(taken)))

    def slack(self, problem: Problem, taken: Sequence[int], score: int) -> int:
        """What whole steps may cost each area's logarithm, and one part in 10**8 of all."""
        points, loose = self._sharers.points(taken), self._sharers.loose(taken)
        whole = sum(
            1 + -(-lost * NATS // (MICROPOINTS + has))
            for has, lost in zip(points, loose, strict=True)
        )
        return whole + score // EVEN_PART + math.floor(problem.policy.gap * score)

    def sharper(self, problem: Problem, model: Model, columns: Floats) -> tuple[Row, ...]:
        """A tangent where each area's points are, if its logarithm is stated too high there."""
        del problem
        known = {row.about for row in model.rows if row.kind == "tangent"}
        found = []
        for place, terms in enumerate(self._sharers.terms):
            points = round(sum(float(columns[column]) * worth for column, worth in terms))
            stated = float(columns[self._first + place]) * self._gains[place]
            row = self.tangent(place, max(0, points))
            close = self._gains[place] / CLOSE_PART
            if stated > nats(max(0, points)) + close and row.about not in known:
                found.append(row)
        return tuple(found)

    def tangent(self, place: int, at: int) -> Row:
        """The tangent of ln(1 + u) where u is so many micropoints, each part rounded up."""
        terms, above = self._sharers.terms[place], MICROPOINTS + at
        return Row(
            kind="tangent",
            about=(self._sharers.areas[place], str(at)),
            columns=(self._first + place, *(column for column, _ in terms)),
            coefficients=(self._gains[place], *(-NATS * w // above for _, w in terms)),
            bound=nats_above(at) - NATS * at // above,
        )
