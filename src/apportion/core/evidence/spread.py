"""How much runs differ by chance: the estimate, its upper limit, and what history says."""

from collections.abc import Sequence
from math import fsum, sqrt

import scipy


def mean(values: Sequence[float]) -> float:
    """Averages exactly rounded."""
    return fsum(values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """Standard deviation with n - 1 in the denominator; two values at least."""
    centre = mean(values)
    return sqrt(fsum((value - centre) ** 2 for value in values) / (len(values) - 1))


def pooled(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Pools the spread of several arms; gives it with its degrees of freedom."""
    freedom = sum(len(group) - 1 for group in groups)
    squares = fsum(deviation(group) ** 2 * (len(group) - 1) for group in groups)
    return sqrt(squares / freedom), freedom


def upper_limit(spread: float, *, freedom: int, assurance: float) -> float:
    """Gives the spread that the true one stays under with this assurance, for normal data.

    Source: (n - 1) s^2 / sigma^2 is chi-square; its lower quantile gives the upper limit.
    """
    return spread * sqrt(freedom / float(scipy.special.chdtri(freedom, assurance)))


def shrunk(spread: float, *, freedom: int, history: float | None, weight: int) -> tuple[float, int]:
    """Draws a spread towards what the metric showed before; gives it with its freedom.

    The history counts as `weight` degrees of freedom of its own, so that three lucky runs
    cannot promise more than a hundred earlier ones saw.
    """
    if history is None or weight <= 0:
        return spread, freedom
    both = freedom + weight
    return sqrt((freedom * spread**2 + weight * history**2) / both), both


def skewness(values: Sequence[float]) -> float:
    """Tells how lopsided values are; 0 where fewer than three, or all equal."""
    if len(values) < 3:
        return 0.0
    centre, spread = mean(values), deviation(values)
    if spread == 0:
        return 0.0
    return fsum(((value - centre) / spread) ** 3 for value in values) / len(values)
