"""The linear relaxation of a model over a box, solved by HiGHS from wherever it last stood."""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from apportion.core.decide.model import Model, Row
from apportion.core.faults import InvariantBroken

Floats = npt.NDArray[np.float64]
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
RAY_WEIGHT = 1e6  # how far along an infeasibility ray a price goes, in units of the largest gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """What the relaxation says about a box.

    Units: value in the model's gain units; prices in gain units per unit of the row.
    """

    value: float  # minus infinity: nothing fits in the box
    columns: Floats
    prices: Floats


class Relaxation:
    """One HiGHS instance that is moved from box to box; one thread, fixed seed, no time limit."""

    def __init__(self, model: Model) -> None:
        self._highs = quiet_highs()
        _check(
            self._highs.setOptionValue("presolve", "off")
        )  # it would leave no ray of an empty box
        self._count = len(model.gains)
        program, self._gain, self._scale = linear_program(model.gains, model.rows)
        _check(self._highs.passModel(program))
        self._low = np.zeros(self._count)
        self._high = np.ones(self._count)

    def solve(self, low: Floats, high: Floats) -> Relaxed:
        """Solves the relaxation with the columns within these fractions."""
        moved = np.flatnonzero((low != self._low) | (high != self._high)).astype(np.int32)
        if moved.size:
            _check(self._highs.changeColsBounds(moved.size, moved, low[moved], high[moved]))
            self._low, self._high = low.copy(), high.copy()
        status = self._run()
        if status == highspy.HighsModelStatus.kInfeasible:
            return self._empty()
        if status not in SOLVED:
            raise InvariantBroken(f"the relaxation ended as {status}")
        solution = self._highs.getSolution()
        prices = np.maximum(-np.array(solution.row_dual), 0.0) / self._scale * self._gain
        value = -self._highs.getObjectiveValue() * self._gain
        return Relaxed(value=value, columns=np.array(solution.col_value), prices=prices)

    def regain(self, gains: Floats) -> None:
        """Changes what each column brings; the last solution stays where the next one starts."""
        every = np.arange(self._count, dtype=np.int32)
        _check(self._highs.changeColsCost(self._count, every, -gains / self._gain))

    def _run(self) -> highspy.HighsModelStatus:
        """Solves from where it last stood, and afresh should that have led astray."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status in SOLVED or status == highspy.HighsModelStatus.kInfeasible:
            return status
        _check(self._highs.clearSolver())
        self._highs.run()
        return self._highs.getModelStatus()

    def _empty(self) -> Relaxed:
        _, found, ray = self._highs.getDualRay()  # type: ignore[attr-defined]  # missing in its stubs
        weights = np.maximum(-np.array(ray), 0.0) if found else np.zeros(len(self._scale))
        size = weights.max(initial=0.0) or 1.0
        prices = weights / size * RAY_WEIGHT * self._gain / self._scale
        return Relaxed(value=-np.inf, columns=np.zeros(self._count), prices=prices)


def linear_program(
    gains: Sequence[int], rows: Sequence[Row]
) -> tuple[highspy.HighsLp, float, Floats]:
    """The model in floats, columns within [0, 1]; with the scales of its gains and of its rows."""
    gain = float(max([1, *(abs(g) for g in gains)]))
    scale = np.array([max([1, *map(abs, row.coefficients)]) for row in rows], float)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(gains), len(rows)
    program.col_cost_ = -np.array(gains, float) / gain
    program.col_lower_, program.col_upper_ = np.zeros(len(gains)), np.ones(len(gains))
    program.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    program.row_upper_ = np.array([row.bound for row in rows], float) / scale
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.cumsum([0, *(len(row.columns) for row in rows)])
    program.a_matrix_.index_ = np.array([c for row in rows for c in row.columns], np.int32)
    program.a_matrix_.value_ = np.array(
        [c / size for row, size in zip(rows, scale, strict=True) for c in row.coefficients]
    )
    return program, gain, scale


def quiet_highs() -> highspy.Highs:
    """A HiGHS that says nothing and repeats itself: one thread, fixed seed, tight tolerances."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "primal_feasibility_tolerance": 1e-9,
        "dual_feasibility_tolerance": 1e-9,
    }
    for name, value in options.items():
        _check(highs.setOptionValue(name, value))
    return highs


def _check(status: highspy.HighsStatus) -> None:
    if status == highspy.HighsStatus.kError:
        raise InvariantBroken("HiGHS refused what it was given")
