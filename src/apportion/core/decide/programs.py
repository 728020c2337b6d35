"""Linear programs in the form that HiGHS takes, from triplets of numpy columns."""

import highspy
import numpy as np

from apportion.core.decide.columns import Floats, Ints
from apportion.core.faults import InvariantBroken


def check_solved(highs: highspy.Highs) -> None:
    """Raises: InvariantBroken where the program is not solved."""
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise InvariantBroken(f"the working set's program ended as {highs.getModelStatus()}")


def assembled(
    costs: Floats,
    ceiling: Floats,
    upper: Floats,
    parts: "list[tuple[Ints, Ints, Floats]]",
) -> highspy.HighsLp:
    """A program in HiGHS's form: minimise costs, columns from nought to their ceiling, rows up to theirs."""
    rows = np.concatenate([part[0] for part in parts]).astype(np.int32)
    places = np.concatenate([part[1] for part in parts]).astype(np.int32)
    weights = np.concatenate([part[2] for part in parts]).astype(float)
    order = np.lexsort((rows, places))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(costs), len(upper)
    program.col_cost_ = costs
    program.col_lower_, program.col_upper_ = np.zeros(len(costs)), ceiling
    program.row_lower_ = np.full(len(upper), -highspy.kHighsInf)
    program.row_upper_ = upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.searchsorted(places[order], np.arange(len(costs) + 1)).astype(
        np.int32
    )
    program.a_matrix_.index_ = rows[order]
    program.a_matrix_.value_ = weights[order]
    return program
