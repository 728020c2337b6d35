"""How often appeals succeed, by area, with how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaStats:
    """Appeals of one area that were ruled on. Units: rates from 0 to 1; None without any."""

    area: str
    ruled: int
    overturned: int
    low: float | None
    high: float | None

    @property
    def rate(self) -> float | None:
        """The share that was overturned."""
        return self.overturned / self.ruled if self.ruled else None


def stats_by_area(ruled: Iterable[tuple[str, bool]]) -> tuple[AreaStats, ...]:
    """Counts rulings by area, by name; the interval is exact.

    Source: Clopper and Pearson (1934), at 95 %.
    """
    held: dict[str, list[bool]] = {}
    for area, overturned in ruled:
        held.setdefault(area, []).append(overturned)
    return tuple(_of(area, outcomes) for area, outcomes in sorted(held.items()))


def _of(area: str, outcomes: list[bool]) -> AreaStats:
    count, hits = len(outcomes), sum(outcomes)
    tail = (1 - CONFIDENCE) / 2
    from scipy.stats import beta  # its import costs more than the rest of a start

    low = float(beta.ppf(tail, hits, count - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, count - hits)) if hits < count else 1.0
    return AreaStats(area=area, ruled=count, overturned=hits, low=low, high=high)
