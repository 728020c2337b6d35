"""What Slurm says beside accounting: how long jobs may run, and which wait or run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apportion.adapters.slurm.collect.render import QUEUE_FIELDS, WIDE
from apportion.adapters.slurm.parse import parse_tres

MAX_TIME = re.compile(r"\bMaxTime=(\S+)")
LENGTH = re.compile(r"(?:(?P<days>\d+)-)?(?P<clock>\d+(?::\d+){0,2})")
ENDLESS = frozenset({"UNLIMITED", "NOT_SET", "Partition_Limit", "INVALID", "N/A", ""})
TICKET = re.compile(r"\bapportion:([0-9a-f]{16,64})\b")  # as job_submit.lua writes it
TASKS = re.compile(r"_\[(?P<tasks>[^\]]+)\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A job that waits or runs. Units: seconds; the limit is None where there is none.

    Shape: units per resource and task; `tasks` counts those of an array that still stand together.
    """

    job: str
    account: str
    user: str
    state: str
    limit: int | None
    used: int
    units: dict[str, int]
    tasks: int = 1
    ticket: str = ""  # under which the office admitted it


def parse_longest(text: str) -> int | None:
    """Reads the longest time that any partition allows; None where one has no limit."""
    limits = [parse_length(found) for found in MAX_TIME.findall(text)]
    return None if not limits or None in limits else max(filter(None, limits), default=None)


def parse_length(text: str) -> int | None:
    """Reads a time limit: `90`, `90:00`, `1:30:00`, `2-12`, `2-12:30`, `2-12:30:00`; None is endless.

    Raises: ValueError.
    """
    if text.strip() in ENDLESS:
        return None
    found = LENGTH.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a time limit")
    parts = [int(part) for part in found["clock"].split(":")]
    if found["days"] is not None:  # hours first
        hours, minutes, seconds = (*parts, 0, 0)[:3]
        return int(found["days"]) * 86_400 + hours * 3600 + minutes * 60 + seconds
    if len(parts) == 3:
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    return parts[0] * 60 + (parts[1] if len(parts) == 2 else 0)


def parse_queue(text: str) -> Iterator[QueuedJob]:
    """Reads the queue; a line that cannot be read is passed over, as its job is metered anyway."""
    for line in text.splitlines():
        cells = [line[at * WIDE : (at + 1) * WIDE].strip() for at in range(len(QUEUE_FIELDS))]
        job, array, account, user, state, limit, used, tres, comment = cells
        try:
            yield QueuedJob(
                job=job,
                account=account,
                user=user,
                state=state,
                limit=parse_length(limit),
                used=parse_elapsed(used),
                units=parse_tres(tres),
                tasks=count_tasks(array),
                ticket=found[1] if (found := TICKET.search(comment)) else "",
            )
        except ValueError:
            continue


def parse_elapsed(text: str) -> int:
    """Reads how long a job ran: `0:05` is five seconds, unlike in a limit.

    Raises: ValueError.
    """
    if text.strip() in ENDLESS:
        return 0
    days, _, clock = text.strip().rpartition("-")
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds + (int(days) * 86_400 if days else 0)


def count_tasks(job: str) -> int:
    """Counts the tasks of an array that wait together: `12_[0-9,20]` are eleven.

    Raises: ValueError.
    """
    found = TASKS.search(job)
    if found is None:
        return 1
    total = 0
    for part in found["tasks"].partition("%")[0].split(","):
        span, _, step = part.partition(":")
        low, _, high = span.partition("-")
        total += len(range(int(low), int(high or low) + 1, int(step or 1)))
    return total
