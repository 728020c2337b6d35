"""Scaling laws: how a loss falls with size, and how far a small experiment may speak for a large one.

L = E + sum of A_k / x_k ** alpha_k over one or two sizes (parameters and tokens, or samples).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

SOFT = 1e-3  # log residuals beyond this count linearly: an outlier pulls, it does not rule
STARTS = (0.25, 0.5)  # exponents to start from
FLOORS = (0.05, 0.5, 0.9)  # irreducible losses to start from, as parts of the smallest seen
PARAMETERS_PER_SIZE = 2

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A fitted law.

    Shape: one factor and one exponent for each size. Units: `floor` in those of the loss.
    """

    floor: float  # E: what no size removes
    factors: tuple[float, ...]  # A, B
    exponents: tuple[float, ...]  # alpha, beta
    objective: float  # sum of Huber losses of the log residuals

    def predict(self, sizes: Numbers) -> Numbers:
        """Predicts losses. Shape: sizes (runs, sizes) -> (runs,)."""
        vector = np.array([np.log(self.floor), *np.log(self.factors), *self.exponents])
        return np.asarray(np.exp(_log_loss(vector, np.log(sizes))))


def fit_law(sizes: Numbers, losses: Numbers, *, start: Law | None = None) -> Law:
    """Fits a law by robust least squares on log losses; the best of all starts, or from one.

    Shape: sizes (runs, 1 or 2), losses (runs,), all above zero.
    Source: Hoffmann et al. (2022), approach 3, with the Huber loss of 1e-3 as there; refit after
    Besiroglu et al. (2024).

    Raises: ValueError where there are fewer runs than the law has parameters.
    """
    logs, target = np.log(sizes), np.log(losses)
    unknowns = 1 + PARAMETERS_PER_SIZE * logs.shape[1]
    if len(target) < unknowns:
        raise ValueError(f"a law of {unknowns} numbers needs {unknowns} runs, got {len(target)}")
    found = [_descend(at, logs, target) for at in _starts(logs, target, start)]
    best = min(found, key=lambda solution: float(solution.cost))
    count = logs.shape[1]
    return Law(
        floor=float(np.exp(best.x[0])),
        factors=tuple(float(x) for x in np.exp(best.x[1 : 1 + count])),
        exponents=tuple(float(x) for x in best.x[1 + count :]),
        objective=float(best.cost),
    )


def _descend(at: Numbers, logs: Numbers, target: Numbers) -> "_Solution":
    from scipy.optimize import least_squares  # its import costs more than most starts

    solution: _Solution = least_squares(
        lambda x: _log_loss(x, logs) - target,
        at,
        jac=lambda x: _slopes(x, logs),
        loss="huber",
        f_scale=SOFT,
        x_scale="jac",
        xtol=1e-12,
        ftol=1e-14,
        gtol=1e-14,
        max_nfev=2_000,
    )
    return solution


class _Solution:
    """What the optimiser answers, as far as we read it."""

    x: Numbers
    cost: float


def _starts(logs: Numbers, target: Numbers, start: Law | None) -> list[Numbers]:
    if start is not None:
        return [np.array([np.log(start.floor), *np.log(start.factors), *start.exponents])]
    smallest, middle = float(target.min()), np.median(logs, axis=0)
    rest = float(np.median(np.exp(target)))
    found = []
    for exponent, part in product(STARTS, FLOORS):
        floor = np.exp(smallest) * part
        share = np.log(max(rest - floor, 1e-3 * rest) / logs.shape[1])
        factors = share + exponent * middle
        found.append(np.array([np.log(floor), *factors, *([exponent] * logs.shape[1])]))
    return found


def _terms(x: Numbers, logs: Numbers) -> Numbers:
    count = logs.shape[1]
    powers = x[1 : 1 + count] - x[1 + count :] * logs
    return np.hstack([np.full((len(logs), 1), x[0]), powers])


def _log_loss(x: Numbers, logs: Numbers) -> Numbers:
    return np.asarray(np.logaddexp.reduce(_terms(x, logs), axis=1))


def _slopes(x: Numbers, logs: Numbers) -> Numbers:
    terms = _terms(x, logs)
    parts = np.exp(terms - np.logaddexp.reduce(terms, axis=1)[:, None])
    return np.hstack([parts, -parts[:, 1:] * logs])


def quantile(values: Sequence[float], part: float) -> float:
    """Gives the value that this part of them does not pass, one of the values themselves."""
    return float(np.quantile(np.asarray(values), part, method="higher"))
