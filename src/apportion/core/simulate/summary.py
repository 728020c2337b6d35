"""What a replay means for those who wait: by group and for the cluster as a whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.core.simulate.outcome import Replay
from apportion.core.simulate.trace import NEVER, Whole

SHORT_JOB_SECONDS = 10  # shorter jobs count as this long in the slowdown, as is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long some jobs wait and what they get.

    Units: seconds; work in processor-seconds. `slowdown` is the mean of (wait + duration) over
        duration; `recorded_mean` is None where no start was recorded.
    """

    group: str
    jobs: int
    work: int
    mean: float
    median: float
    p95: float
    slowdown: float
    lost: int
    recorded_mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The whole answer. Units: seconds; `utilisation` is the used part of what there was."""

    jobs: int
    left_out: int
    capacity: int
    submitted_from: int
    ended_at: int
    work: int
    utilisation: float
    preemptions: int
    lost: int
    everyone: Waits
    groups: tuple[Waits, ...]


def summarise(told: Replay) -> Summary:
    """Sums a replay up. Shape: groups by name."""
    trace = told.trace
    since, until = int(trace.submit[0]), int(told.ends.max())
    work, lost = trace.work, int(told.lost.sum())
    return Summary(
        jobs=len(trace),
        left_out=len(trace.rejects),
        capacity=told.cluster.capacity,
        submitted_from=since,
        ended_at=until,
        work=work,
        utilisation=(work + lost) / (told.cluster.capacity * (until - since)),
        preemptions=told.preemptions,
        lost=lost,
        everyone=waits_of(told, np.ones(len(trace), np.bool_), name=""),
        groups=tuple(
            waits_of(told, trace.group == at, name=name)
            for at, name in enumerate(trace.groups)
            if (trace.group == at).any()
        ),
    )


def waits_of(told: Replay, which: NDArray[np.bool_], *, name: str) -> Waits:
    """The waits of the jobs that are marked, of which there is at least one."""
    trace, waits = told.trace, told.waits[which]
    duration = trace.duration[which]
    taken = told.ends[which] - trace.submit[which]
    return Waits(
        group=name,
        jobs=int(which.sum()),
        work=int((duration * trace.procs[which]).sum()),
        mean=float(waits.mean()),
        median=float(np.median(waits)),
        p95=float(np.percentile(waits, 95)),
        slowdown=float(np.maximum(taken / np.maximum(duration, SHORT_JOB_SECONDS), 1).mean()),
        lost=int(told.lost[which].sum()),
        recorded_mean=_recorded(trace.submit[which], trace.recorded[which]),
    )


def _recorded(submit: Whole, recorded: Whole) -> float | None:
    known = recorded != NEVER
    return float((recorded[known] - submit[known]).mean()) if known.any() else None
