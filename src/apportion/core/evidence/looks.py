"""Looking before the end: O'Brien-Fleming boundaries, what they cost, and when to give up.

A comparison may be judged at several looks; each has a boundary so high that all of them together
err no more often than one test at the end would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

from apportion.core.evidence.power import Comparison, fewest_runs

POINTS = 64  # of a Gauss-Legendre rule between two boundaries: exact to nine digits
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(POINTS)
REACH = 8.5  # standard deviations beyond which nothing happens
FUTILE = 0.1  # chance of still finding the declared effect below which going on is pointless


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Looks at parts of the whole, each with the value of z that ends it.

    Shape: fractions rise to 1; one boundary a look.
    """

    fractions: tuple[float, ...]
    boundaries: tuple[float, ...]
    tail: float

    def critical(self, look: int, freedom: int) -> float:
        """Gives the boundary of a look on the scale of t: the same tail, with few runs."""
        return -float(scipy.special.stdtrit(freedom, scipy.special.ndtr(-self.boundaries[look])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a design comes to under one true effect."""

    power: float
    expected_fraction: float  # of the whole, looks that end early counted
    stops: tuple[float, ...]  # chance to end at each look with the claim shown


def even_looks(count: int) -> tuple[float, ...]:
    """Spaces looks evenly up to the whole."""
    return tuple((look + 1) / count for look in range(count))


@lru_cache(maxsize=256)
def obrien_fleming(fractions: tuple[float, ...], tail: float) -> Design:
    """Finds the boundaries C / sqrt(t) whose total error in one direction is `tail`.

    Source: O'Brien and Fleming (1979); the error by recursive integration after Armitage,
    McPherson and Rowe (1969), for any number of looks and any spacing.

    Raises: ValueError where fractions do not rise to 1.
    """
    steps = (0.0, *fractions)
    rising = all(b > a for a, b in pairwise(steps))
    if not fractions or not rising or fractions[-1] != 1:
        raise ValueError(f"looks must rise to 1, got {fractions}")
    low, high = 0.0, REACH
    while high - low > 1e-10:
        middle = (low + high) / 2
        bounds = tuple(middle / sqrt(t) for t in fractions)
        error = sum(_crossings(fractions, bounds, 0.0)) if len(fractions) > 1 else None
        if (error if error is not None else float(scipy.special.ndtr(-middle))) > tail:
            low = middle
        else:
            high = middle
    return Design(
        fractions=fractions, boundaries=tuple(high / sqrt(t) for t in fractions), tail=tail
    )


def outlook(design: Design, *, drift: float) -> Outlook:
    """Works out power and expected size under a drift.

    Units: drift is the expected value of z at the whole.
    """
    stops = _crossings(design.fractions, design.boundaries, drift)
    spent = sum(stop * t for stop, t in zip(stops, design.fractions, strict=True))
    return Outlook(
        power=sum(stops),
        expected_fraction=spent + (1 - sum(stops)),
        stops=stops,
    )


def inflation(design: Design, *, wanted: float) -> float:
    """How many times the runs of a single test the whole must hold, for the same power."""
    fixed = float(scipy.special.ndtri(1 - design.tail) + scipy.special.ndtri(wanted))
    low, high = fixed, 2 * fixed + 1
    while high - low > 1e-9:
        middle = (low + high) / 2
        if outlook(design, drift=middle).power >= wanted:
            high = middle
        else:
            low = middle
    return (high / fixed) ** 2


def runs_with_looks(
    test: Comparison, design: Design, *, effect: float, wanted: float, least: int
) -> int | None:
    """Finds the runs an arm that a design needs in all; None where millions are not enough."""
    single = fewest_runs(test, effect=effect, wanted=wanted, least=least)
    return None if single is None else max(least, ceil(single * inflation(design, wanted=wanted)))


def look_at(design: Design, runs: int) -> tuple[int, ...]:
    """Says after how many runs an arm each look comes, whole runs, at least two, rising.

    Raises: ValueError where there are fewer runs than looks need.
    """
    counts = [ceil(t * runs - 1e-9) for t in design.fractions]
    for place, count in enumerate(counts):
        before = counts[place - 1] if place else 1
        counts[place] = max(count, before + 1)
    if counts[-1] > runs:
        raise ValueError(f"{runs} runs are too few for {len(counts)} looks")
    return tuple(counts)


def design_at(looks: tuple[int, ...], tail: float) -> Design:
    """Gives the boundaries for looks after these many runs."""
    return obrien_fleming(tuple(count / looks[-1] for count in looks), tail)


def is_futile(design: Design, *, look: int, z: float, drift: float, below: float = FUTILE) -> bool:
    """Says whether going on is pointless: the declared effect would hardly be found any more.

    Non-binding: nobody errs more often who goes on all the same.

    Units: drift is the expected z at the whole under the declared effect.
    Source: conditional power, Lan, Simon and Halperin (1982).
    """
    return conditional_power(design, look=look, z=z, drift=drift) < below


def conditional_power(design: Design, *, look: int, z: float, drift: float) -> float:
    """Gives the chance to pass the last boundary, given z at a look, under the declared effect."""
    t = design.fractions[look]
    if t >= 1:
        return 1.0 if z >= design.boundaries[look] else 0.0
    ahead = z * sqrt(t) + drift * (1 - t)
    return float(scipy.special.ndtr((ahead - design.boundaries[-1]) / sqrt(1 - t)))


def confidence_sequence(
    *, difference: float, spread: float, runs: int, alpha: float, tuned_for: int = 20
) -> tuple[float, float]:
    """Gives an interval that holds however often one looks.

    Units: spread is the standard deviation of one difference (sqrt 2 that of a run, unpaired).
    Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), asymptotic confidence
    sequence with a normal mixture, narrowest near `tuned_for` runs.
    """
    rho2 = (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tuned_for
    scaled = runs * rho2 + 1
    half = spread * sqrt(2 * scaled / (runs**2 * rho2) * np.log(sqrt(scaled) / alpha))
    return difference - half, difference + half


def _crossings(
    fractions: Sequence[float], boundaries: Sequence[float], drift: float
) -> tuple[float, ...]:
    """The chance to pass each boundary first, upwards, by integrating the score over the looks."""
    stops: list[float] = []
    grid: NDArray[np.float64] = np.zeros(1)
    weights: NDArray[np.float64] = np.ones(1)
    before = 0.0
    for t, bound in zip(fractions, boundaries, strict=True):
        step = sqrt(t - before)
        ends = bound * sqrt(t)  # of the score, z * sqrt(t), which gains drift * dt a step
        moved = grid + drift * (t - before)
        stops.append(float(np.sum(weights * scipy.special.ndtr((moved - ends) / step))))
        lowest = min(drift, 0.0) * t - REACH * sqrt(t)
        half = max(ends - lowest, 0.0) / 2
        fresh = lowest + half * (NODES + 1)
        density = np.exp(-0.5 * ((fresh[:, None] - moved[None, :]) / step) ** 2)
        weights = (density @ weights) * (half / (step * sqrt(2 * np.pi))) * NODE_WEIGHTS
        grid, before = fresh, t
    return tuple(stops)
