"""Power of a comparison, and the fewest runs that reach it.

Everything is read off one tail of the noncentral t, the one in which the claim is true: common
libraries subtract two numbers near one instead and answer NaN at ordinary inputs such as an
effect of 2 with 50 runs. A rejection in the wrong direction never counts as power.
"""

from dataclasses import dataclass
from math import ceil

import scipy

MOST_RUNS = 10_000_000  # an arm; beyond it the answer is that no experiment of runs will do
LEAST_RUNS = 2  # a spread needs two


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one comparison is judged.

    Units: tail is the error allowed in the claimed direction (half of a two-sided alpha).
    """

    tail: float
    paired: bool = False

    def freedom(self, runs: int) -> int:
        """Degrees of freedom with this many runs an arm (or pairs)."""
        return runs - 1 if self.paired else 2 * (runs - 1)

    def drift(self, effect: float, runs: float) -> float:
        """How far the statistic moves under an effect, in standard errors.

        Units: effect in standard deviations (of the differences where paired).
        """
        return float(effect * (runs if self.paired else runs / 2) ** 0.5)


def power(test: Comparison, *, effect: float, runs: int) -> float:
    """Gives the chance that a true effect is found.

    Units: effect in standard deviations, in the claimed direction; runs in each arm, or pairs.
    Source: the noncentral t distribution; its upper tail at t with noncentrality m is its lower
    tail at -t with -m, which is what is evaluated.
    """
    if runs < LEAST_RUNS:
        return 0.0
    freedom = test.freedom(runs)
    beyond = critical(test, freedom)
    found = float(scipy.special.nctdtr(freedom, -test.drift(effect, runs), -beyond))
    return found if found == found else _far(test.drift(effect, runs), beyond)  # noqa: PLR0124  NaN


def critical(test: Comparison, freedom: int) -> float:
    """Gives the value of t that the statistic must pass."""
    return -float(scipy.special.stdtrit(freedom, test.tail))


def fewest_runs(
    test: Comparison, *, effect: float, wanted: float, least: int = LEAST_RUNS
) -> int | None:
    """Finds the fewest runs an arm with the wanted power; None where millions are not enough.

    Source: integer search, doubling and then halving; power never falls as runs are added.
    """
    if effect <= 0:
        return None
    low = max(LEAST_RUNS, least)
    if power(test, effect=effect, runs=low) >= wanted:
        return low
    high = low
    while power(test, effect=effect, runs=high) < wanted:
        low, high = high, 2 * high
        if high > MOST_RUNS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if power(test, effect=effect, runs=middle) >= wanted:
            high = middle
        else:
            low = middle
    return high


def detectable_effect(test: Comparison, *, runs: int, wanted: float) -> float | None:
    """Finds the smallest effect that these runs find with the wanted power; None below two runs.

    Units: standard deviations.
    """
    if runs < LEAST_RUNS:
        return None
    low, high = 0.0, 1.0
    while power(test, effect=high, runs=runs) < wanted:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if power(test, effect=middle, runs=runs) >= wanted:
            high = middle
        else:
            low = middle
    return high


def fewest_runs_for_odds(*, odds: float, tail: float, wanted: float) -> int:
    """Finds the runs an arm that show P(A > B) = odds by a rank test.

    Units: odds in (1/2, 1].
    Source: Noether (1987), equal arms: (z_alpha + z_beta)^2 / (6 (p - 1/2)^2).
    """
    quantiles = float(scipy.special.ndtri(1 - tail) + scipy.special.ndtri(wanted))
    return max(LEAST_RUNS, ceil(quantiles**2 / (6 * (odds - 0.5) ** 2)))


def power_for_odds(*, odds: float, tail: float, runs: int) -> float:
    """Gives the power of the same rank test with this many runs an arm."""
    if runs < LEAST_RUNS:
        return 0.0
    return float(scipy.special.ndtr((6 * runs) ** 0.5 * (odds - 0.5) + scipy.special.ndtri(tail)))


def detectable_odds(*, runs: int, tail: float, wanted: float) -> float | None:
    """Finds the smallest P(A > B) that these runs show; None where not even certainty would."""
    if runs < LEAST_RUNS:
        return None
    quantiles = float(scipy.special.ndtri(1 - tail) + scipy.special.ndtri(wanted))
    odds = float(0.5 + quantiles / (6 * runs) ** 0.5)
    return odds if odds <= 1 else None


def _far(drift: float, beyond: float) -> float:
    """The answer where the statistic lies so far out that the tail cannot be evaluated."""
    return 1.0 if drift > beyond else 0.0
