"""What an amount buys, told from a project's own past jobs: how many runs of their median size."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_high

NUMBERED = re.compile(r"[-_./ ]+(?:seed|run|rep|job|trial|s)?[-_./= ]*\d+$|\d+$", re.IGNORECASE)
FAILED = ("FAILED", "NODE_FAIL", "TIMEOUT", "CANCELLED", "OUT_OF_MEMORY", "PREEMPTED", "BOOT_FAIL")
FEWEST = 3  # fewer jobs have no middle worth telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One past job of a project. Units: base units of one resource."""

    name: str
    size: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buys:
    """How many runs of one kind an amount pays for, if it went to them alone. Units: base units."""

    name: str
    jobs: int
    median: int
    at_minimum: int
    at_ask: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What the two amounts buy. `lost` is the part of past use that ended without a result."""

    kinds: tuple[Buys, ...]
    jobs: int
    lost: float


def what_it_buys(jobs: Sequence[Job], *, minimum: int, ask: int, most: int = 3) -> Bought:
    """Counts the runs that the amounts pay for, for the kinds of run on which the project spent most.

    A kind is a job's name without the number at its end. Only jobs that ended well have a size;
    what others used is told as lost.
    """
    used = sum(job.size for job in jobs)
    lost = sum(job.size for job in jobs if _failed(job))
    kinds: dict[str, list[int]] = {}
    for job in jobs:
        if job.size > 0 and not _failed(job):
            kinds.setdefault(kind_of(job.name), []).append(job.size)
    by_use = sorted(kinds.items(), key=lambda kind: (-sum(kind[1]), kind[0]))
    found = [_buys(name, sizes, minimum, ask) for name, sizes in by_use if len(sizes) >= FEWEST]
    if not found and sum(map(len, kinds.values())) >= FEWEST:
        everything = [size for sizes in kinds.values() for size in sizes]
        found = [_buys("a job like yours", everything, minimum, ask)]
    return Bought(kinds=tuple(found[:most]), jobs=len(jobs), lost=lost / used if used else 0.0)


def kind_of(name: str) -> str:
    """Names the kind of a run: its name without seed, number or the like at the end."""
    stem = name
    while (shorter := NUMBERED.sub("", stem)) != stem and shorter:
        stem = shorter
    return stem or "unnamed"


def _failed(job: Job) -> bool:
    return job.state.upper().startswith(FAILED)


def _buys(name: str, sizes: Sequence[int], minimum: int, ask: int) -> Buys:
    middle = median_high(sizes)
    return Buys(
        name=name,
        jobs=len(sizes),
        median=middle,
        at_minimum=minimum // middle,
        at_ask=ask // middle,
    )
