"""A trace: jobs as columns, in the order in which ties are settled, and what was left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apportion.core.faults import Fault

Whole = NDArray[np.int64]
NEVER = -1
WHOLE_COLUMNS = ("submit", "duration", "procs", "estimate", "group", "recorded")
MOST_SECONDS = 2**40  # later than any honest stamp; sums of two stay far from overflow
LONGEST_SECONDS = 10 * 366 * 86_400
MOST_PROCS = 2**31 - 1
MOST_WORK = 2**61
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceJob:
    """One job as a reader found it. Units: seconds; `start` is what was recorded, if anything."""

    job: str
    submit: int
    duration: int
    procs: int
    estimate: int | None = None
    group: str = ""
    account: str = ""
    user: str = ""
    state: str = ""
    start: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """Jobs in the order (submit, id).

    Shape: position i is the same job in every column. Units: seconds; procs in processors or GPUs;
    `recorded` is the start that was recorded, or -1.
    """

    ids: tuple[str, ...]
    submit: Whole
    duration: Whole
    procs: Whole
    estimate: Whole
    group: Whole
    groups: tuple[str, ...]
    recorded: Whole
    states: tuple[str, ...]
    rejects: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def work(self) -> int:
        """Processor-seconds of all jobs."""
        return int((self.duration * self.procs).sum())

    def keep(self, which: NDArray[np.bool_], *, rejects: Iterable[Fault] = ()) -> "Trace":
        """The jobs that are marked, and why the others were left out."""
        at = np.flatnonzero(which).tolist()
        return replace(
            self,
            ids=tuple(self.ids[n] for n in at),
            **{name: getattr(self, name)[which] for name in WHOLE_COLUMNS},
            states=tuple(self.states[n] for n in at),
            rejects=(*self.rejects, *rejects),
        )


def lay_out(
    jobs: Iterable[TraceJob], *, file: str, rejects: Iterable[Fault] = (), by: str = "group"
) -> Trace:
    """Lays jobs out as columns, sorted; a job that cannot be run is left out and told.

    The estimate is the larger of what was asked and what it ran. `by` names the field that groups
    jobs: group, account or user.
    """
    told, kept, seen = list(rejects), [], dict[str, int]()
    for job in jobs:
        fault = _fault(job, file) or _repeated(job, seen, file)
        if fault is not None:
            told.append(fault)
            continue
        seen[job.job] = job.line
        kept.append(job)
    numeric = all(
        job.job.isascii() and job.job.isdigit() and len(job.job) <= MOST_DIGITS for job in kept
    )
    kept.sort(key=lambda job: (job.submit, int(job.job) if numeric else 0, job.job))
    names = [str(getattr(job, by)) for job in kept]
    groups = tuple(sorted(set(names)))
    place = {name: at for at, name in enumerate(groups)}
    return Trace(
        ids=tuple(job.job for job in kept),
        submit=_whole([job.submit for job in kept]),
        duration=_whole([job.duration for job in kept]),
        procs=_whole([job.procs for job in kept]),
        estimate=_whole([max(min(job.estimate or 0, MOST_SECONDS), job.duration) for job in kept]),
        group=_whole([place[name] for name in names]),
        groups=groups,
        recorded=_whole([NEVER if job.start is None else job.start for job in kept]),
        states=tuple(job.state for job in kept),
        rejects=tuple(told),
    )


def _fault(job: TraceJob, file: str) -> Fault | None:
    bounds = (
        ("submit", job.submit, 0, MOST_SECONDS),
        ("duration", job.duration, 1, LONGEST_SECONDS),
        ("procs", job.procs, 1, MOST_PROCS),
    )
    for name, value, least, most in bounds:
        if not least <= value <= most:
            return Fault(
                file=file,
                line=job.line or None,
                field=name,
                value=str(value),
                what="too small to be run" if value < least else "too large to be true",
                remedy=f"A job needs {name} from {least} to {most}; it was left out",
            )
    return None


def _repeated(job: TraceJob, seen: dict[str, int], file: str) -> Fault | None:
    if job.job not in seen:
        return None
    return Fault(
        file=file,
        line=job.line or None,
        field="job",
        value=job.job,
        what=f"a second job of this id; line {seen[job.job]} has the first",
        remedy="Give each job its own id; it was left out",
    )


def _whole(values: Sequence[int]) -> Whole:
    return np.array(values, dtype=np.int64)
