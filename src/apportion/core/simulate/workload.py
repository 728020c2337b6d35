"""Makes up a lab's jobs from a seed, for the demo and for trying a policy without a trace.

Nothing here is measured on anybody: days and weeks have their rhythm, sizes are powers of two,
durations spread over decades, and users ask for more time than they need.
"""

from dataclasses import dataclass

import numpy as np

from apportion.core.simulate.policy import WEEK
from apportion.core.simulate.trace import NEVER, Trace

DAY = 86_400
QUIET_NIGHT = 0.35  # how much less comes in at night than by day
QUIET_WEEKEND = 0.5
SPREAD = 1.6  # of the logarithm of durations
LONGEST = 4 * DAY
ROUNDS = 20
ROUND_TO = 900  # estimates are asked in quarters of an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What kind of lab. Units: GPUs; `load` is the work that comes in over what there is."""

    gpus: int
    weeks: int
    jobs: int
    groups: tuple[tuple[str, float], ...]  # with the part of the jobs that each sends
    load: float = 0.9
    largest: int = 64


def make_workload(lab: Lab, *, seed: int) -> Trace:
    """Draws the jobs. Shape: same lab and seed, same trace; no starts are recorded."""
    rng = np.random.default_rng(seed)
    submit = np.sort(_arrivals(rng, lab))
    sizes = 2 ** np.arange(int(np.log2(min(lab.largest, lab.gpus))) + 1)
    chances = 1.0 / np.arange(1, len(sizes) + 1) ** 1.5
    procs = rng.choice(sizes, lab.jobs, p=chances / chances.sum()).astype(np.int64)
    raw = np.exp(rng.normal(0.0, SPREAD, lab.jobs))
    wanted = lab.load * lab.gpus * lab.weeks * WEEK
    raw *= wanted / float((raw * procs).sum())
    for _ in range(ROUNDS):  # what is cut from the longest is given to the others
        cut = np.clip(raw, 1, LONGEST)
        raw = cut * wanted / float((cut * procs).sum())
    duration = np.clip(raw, 1, LONGEST).astype(np.int64)
    padded = duration * rng.uniform(1.0, 4.0, lab.jobs)
    estimate = (np.ceil(padded / ROUND_TO) * ROUND_TO).astype(np.int64)
    parts = np.array([part for _, part in lab.groups])
    group = rng.choice(len(parts), lab.jobs, p=parts / parts.sum()).astype(np.int64)
    return Trace(
        ids=tuple(str(number) for number in range(1, lab.jobs + 1)),
        submit=submit,
        duration=duration,
        procs=procs,
        estimate=estimate,
        group=group,
        groups=tuple(name for name, _ in lab.groups),
        recorded=np.full(lab.jobs, NEVER, np.int64),
        states=("",) * lab.jobs,
    )


def _arrivals(rng: np.random.Generator, lab: Lab) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Draws instants, thinned out at night and at weekends."""
    found = np.empty(0, np.int64)
    while len(found) < lab.jobs:
        at = rng.integers(0, lab.weeks * WEEK, 2 * lab.jobs)
        night = np.where((at % DAY < 8 * 3600) | (at % DAY > 20 * 3600), QUIET_NIGHT, 1.0)
        weekend = np.where(at % WEEK >= 5 * DAY, QUIET_WEEKEND, 1.0)
        found = np.concatenate([found, at[rng.random(len(at)) < night * weekend]])
    return found[: lab.jobs]
