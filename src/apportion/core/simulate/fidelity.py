"""How far a replay is from what was recorded: to be read before any of its waits are believed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.core.simulate.outcome import Replay
from apportion.core.simulate.policy import WEEK
from apportion.core.simulate.trace import NEVER

RESAMPLES = 400
SEED = 20_260_101  # fixed: the same replay, the same interval
FEWEST_WEEKS = 3
LOW, HIGH = 5, 95  # percent
Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """Replay against record.

    Units: means in seconds; `ratio` is replayed over recorded mean wait. The intervals hold nine
        of ten draws of whole weeks; None where a number does not exist, such as the ratio to a
        mean wait of 0, or the interval of a trace of less than three weeks.
    """

    jobs: int
    recorded_mean: float
    replayed_mean: float
    correlation: float | None
    ratio: float | None
    weeks: int
    correlation_interval: tuple[float, float] | None
    ratio_interval: tuple[float, float] | None


def compare_with_record(told: Replay) -> Fidelity | None:
    """Compares waits job by job; None where no start was recorded.

    The correlation is Spearman's. Ranks are taken once, over the whole trace; the draws of weeks
    then only weigh them.
    """
    known = told.trace.recorded != NEVER
    if not known.any():
        return None
    submit = told.trace.submit[known]
    recorded = (told.trace.recorded[known] - submit).astype(float)
    replayed = told.waits[known].astype(float)
    week = (submit - submit[0]) // WEEK
    sums = _weekly_sums(week, recorded, replayed)
    whole = sums.sum(axis=0, keepdims=True)
    rng = np.random.default_rng(SEED)
    draws = sums[rng.integers(0, len(sums), (RESAMPLES, len(sums)))].sum(axis=1)
    enough = len(sums) >= FEWEST_WEEKS
    return Fidelity(
        jobs=int(known.sum()),
        recorded_mean=float(recorded.mean()),
        replayed_mean=float(replayed.mean()),
        correlation=_only(_correlations(whole)),
        ratio=_only(_ratios(whole)),
        weeks=len(sums),
        correlation_interval=_interval(_correlations(draws)) if enough else None,
        ratio_interval=_interval(_ratios(draws)) if enough else None,
    )


def _weekly_sums(week: NDArray[np.int64], recorded: Real, replayed: Real) -> Real:
    """Sums what a correlation of ranks and a ratio of means are made of, by week.

    Shape: weeks with jobs x (count, x, y, xx, yy, xy, recorded, replayed).
    """
    middle = (len(recorded) + 1) / 2
    from scipy.stats import rankdata  # its import costs more than the rest of a start

    x, y = rankdata(recorded) - middle, rankdata(replayed) - middle
    columns = (np.ones(len(x)), x, y, x * x, y * y, x * y, recorded, replayed)
    _, place = np.unique(week, return_inverse=True)
    return np.column_stack([np.bincount(place, weights=column) for column in columns])


def _correlations(sums: Real) -> Real:
    count, x, y, xx, yy, xy = sums.T[:6]
    spread = (xx - x * x / count) * (yy - y * y / count)
    shared = xy - x * y / count
    told: Real = np.divide(
        shared, np.sqrt(np.maximum(spread, 0)), out=np.full(len(sums), np.nan), where=spread > 0
    )
    return told


def _ratios(sums: Real) -> Real:
    recorded, replayed = sums.T[6:]
    told: Real = np.divide(replayed, recorded, out=np.full(len(sums), np.nan), where=recorded > 0)
    return told


def _only(values: Real) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])


def _interval(values: Real) -> tuple[float, float] | None:
    """Nine of ten draws; None where a draw has no value."""
    if np.isnan(values).any():
        return None
    low, high = np.percentile(values, (LOW, HIGH))
    return float(low), float(high)
