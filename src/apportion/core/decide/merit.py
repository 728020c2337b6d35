"""The merit objective in three logged phases: floors first, then the most value, then the draw."""

import math
from collections.abc import Sequence
from fractions import Fraction

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.large import settle_large
from apportion.core.decide.model import Model, Row, merit_model
from apportion.core.decide.phases import CUT_PART, FIRST_SOLVES, WHOLE_PART, Settled, settle_one
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Floats
from apportion.core.decide.room import total_points

SEARCHED_UP_TO = 1_000  # requests in a round that is searched to the end; larger ones are sifted


class MostPoints:
    """The aim of merit: the sum of what awards are worth."""

    name = "value"
    by_area = False
    is_told = True
    patience = FIRST_SOLVES

    def model(self, problem: Problem, missed: Fraction) -> Model:
        """Points as they are: the bound is linear already."""
        return merit_model(problem, missed=missed)

    def score(self, problem: Problem, taken: Sequence[int]) -> int:
        """Adds up the micropoints of a slate."""
        return total_points(problem, taken)

    def slack(self, problem: Problem, taken: Sequence[int], score: int) -> int:
        """What whole steps may cost."""
        return value_slack(problem, taken, score)

    def sharper(self, problem: Problem, model: Model, columns: Floats) -> tuple[Row, ...]:
        """Nothing bounds a sum more closely than itself."""
        del problem, model, columns
        return ()


def settle_merit(problem: Problem) -> Settled:
    """Finds the least missed shares of floors, then the most value at that, then lets the draw speak."""
    if len(problem.asks) > SEARCHED_UP_TO and not problem.curve:
        return settle_large(problem)
    return settle_one(problem, MostPoints())


def value_slack(problem: Problem, taken: Sequence[int], score: int) -> int:
    """What whole numbers may cost a slate, and the gap that the policy allows.

    A micropoint for each cut award, two for each with a curve and two more; two steps of each cut
    award that has many, and then one part in 10**7 of the value, else one in 10**9.
    """
    cut = [i for i, steps in enumerate(taken) if 0 < steps < problem.steps[i]]
    fine = [i for i in cut if problem.steps[i] >= COARSE_STEPS]
    curved = sum(taken[i] > 0 for i in problem.curve)
    steps = sum(2 * -(-problem.worth[i] // problem.steps[i]) for i in fine)
    loose = 2 + len(cut) + 2 * curved + steps
    allowed = problem.policy.gap * score
    return loose + score // (CUT_PART if fine else WHOLE_PART) + math.floor(allowed)
