"""Areas as those among whom a round is shared out: what each gets, and logarithms in integers."""

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cached_property

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.model import Model, Row, bounding_rows
from apportion.core.decide.phases import CUT_PART, WHOLE_PART
from apportion.core.decide.problem import Problem
from apportion.core.decide.value_curve import Terms, points_terms
from apportion.core.decide.worth import MICROPOINTS
from apportion.core.ids import AreaId

NATS = 10**12  # logarithms are counted in 1e-12
EVEN_PART = 10**8  # one part in this is the finest that a proof about areas speaks of
DIGITS = 60  # of a logarithm; twelve decimals of it are kept


class Sharers:
    """The areas in which somebody asks for something of worth, in the order of their ids.

    Shape: position a is the same area in `areas`, `members` and `whole`.
    Units: `whole` is what all requests of an area are worth together, in micropoints.
    """

    def __init__(self, problem: Problem) -> None:
        held: dict[AreaId, list[int]] = {}
        for i, ask in enumerate(problem.asks):
            if problem.worth[i]:
                held.setdefault(ask.area, []).append(i)
        self.problem = problem
        self.areas = tuple(sorted(held))
        self.members = tuple(tuple(held[area]) for area in self.areas)
        self.whole = tuple(sum(problem.worth[i] for i in members) for members in self.members)

    @cached_property
    def terms(self) -> tuple[Terms, ...]:
        """What brings each area points, as terms of a model's columns."""
        return tuple(points_terms(self.problem, members) for members in self.members)

    def points(self, taken: Sequence[int]) -> tuple[int, ...]:
        """Counts what each area gets, in micropoints."""
        count = self.problem.points
        return tuple(sum(count(i, taken[i]) for i in members) for members in self.members)

    def loose(self, taken: Sequence[int]) -> tuple[int, ...]:
        """Counts the micropoints that whole steps may cost each area, as merit does for all."""
        problem, found = self.problem, []
        for members, points in zip(self.members, self.points(taken), strict=True):
            cut = [i for i in members if 0 < taken[i] < problem.steps[i]]
            fine = [i for i in cut if problem.steps[i] >= COARSE_STEPS]
            curved = sum(taken[i] > 0 and i in problem.curve for i in members)
            steps = sum(2 * -(-problem.worth[i] // problem.steps[i]) for i in fine)
            part = points // (CUT_PART if fine else WHOLE_PART)
            found.append(2 + len(cut) + 2 * curved + steps + part)
        return tuple(found)


def sharing_model(
    problem: Problem, missed: Fraction, gains: Sequence[int], rows: Sequence[Row]
) -> Model:
    """The rows of the round with columns added for an aim, each with its gain, and the aim's rows."""
    return Model(
        gains=(0,) * first_added(problem) + tuple(gains),
        rows=bounding_rows(problem, missed) + tuple(rows),
        may_miss=bool(missed),
        added=len(problem.curve) + len(gains),
    )


def first_added(problem: Problem) -> int:
    """The position of the first column that an aim adds."""
    return len(problem.asks) + len(problem.floors) + len(problem.curve)


def nats(points: int) -> int:
    """Counts ln(1 + points) in 1e-12, rounded down. Units: points in micropoints."""
    if points == 0:
        return 0
    with localcontext(Context(prec=DIGITS)):  # a logarithm of a fraction is never a whole number
        return int((Decimal(MICROPOINTS + points) / MICROPOINTS).ln() * NATS)


def nats_above(points: int) -> int:
    """The same rounded up."""
    return nats(points) + 1 if points else 0
