"""A good slate to start from: the whole model with explicit binaries, given to HiGHS.

What comes back is a proposal and no more: it is rounded, checked in integers and must be proved by
the search. HiGHS's semicontinuous type is never used: it has returned wrong optima as "Optimal".
Source: ERGO-Code/HiGHS issue 3274.
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.model import Model, Row
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import linear_program, quiet_highs

STATED_BY_BINARIES = frozenset({"either_or", "rivals", "requires", "twin", "most"})
NODE_LIMIT = 6_000  # enough for all but contrived rounds, and at most a few seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What HiGHS says: fractions to start from, and the bound that it claims, in gain units."""

    fractions: npt.NDArray[np.float64] | None  # None: it found none
    bound: float


def propose(
    problem: Problem,
    model: Model,
    *,
    gap: float,
    nodes: int = NODE_LIMIT,
    enough: float | None = None,
) -> Proposal:
    """Runs HiGHS on the model with binaries, up to a gap, a number of nodes, or a value that is enough."""
    highs = quiet_highs()
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_max_nodes", nodes)
    program, gain = binary_program(problem, model)
    if enough is not None:
        highs.setOptionValue("objective_target", -enough / gain)
    highs.passModel(program)
    highs.run()
    info = highs.getInfo()
    bound = -info.mip_dual_bound * gain
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Proposal(fractions=None, bound=bound)
    columns = np.array(highs.getSolution().col_value[: len(problem.asks)])
    return Proposal(fractions=columns, bound=bound)


def binary_program(problem: Problem, model: Model) -> tuple[highspy.HighsLp, float]:
    """The model with one binary per request, and whole steps where a request has few."""
    count, width = len(problem.asks), len(model.gains)
    coarse = [i for i in range(count) if 1 < problem.steps[i] < COARSE_STEPS]
    rows = [row for row in model.rows if row.kind not in STATED_BY_BINARIES]
    rows += _link_rows(problem, width)
    rows += _step_rows(problem, coarse, width + count)
    gains = model.gains + (0,) * (count + len(coarse))
    program, gain, _ = linear_program(gains, rows)
    upper = np.ones(len(gains))
    upper[:width] = model.highest(count)
    upper[width + count :] = [problem.steps[i] for i in coarse]
    program.col_upper_ = upper
    whole = highspy.HighsVarType.kInteger
    kinds = [highspy.HighsVarType.kContinuous] * width + [whole] * (count + len(coarse))
    program.integrality_ = kinds
    return program, gain


def _link_rows(problem: Problem, first: int) -> list[Row]:
    """Ties each fraction to its binary, and the binaries to each other."""
    rows = []
    for i, (least, steps) in enumerate(zip(problem.least, problem.steps, strict=True)):
        rows.append(_row((i, first + i), (1, -1), 0))
        rows.append(_row((i, first + i), (-steps, least), 0))
        rows += [_row((first + i, first + j), (1, -1), 0) for j in problem.needs[i]]
    for _, members in problem.labels:
        columns = tuple(first + i for i in members)
        rows.append(_row(columns, (1,) * len(columns), 1))
    return rows


def _step_rows(problem: Problem, coarse: list[int], first: int) -> list[Row]:
    """Ties each coarse fraction to its whole number of steps, from both sides."""
    return [
        _row((i, first + place), (side * problem.steps[i], -side), 0)
        for place, i in enumerate(coarse)
        for side in (1, -1)
    ]


def _row(columns: tuple[int, ...], coefficients: tuple[int, ...], bound: int) -> Row:
    return Row(kind="", about=(), columns=columns, coefficients=coefficients, bound=bound)
