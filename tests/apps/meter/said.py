"""A scheduler that says what a test lets it say: sacct's rows, selected by window as Slurm does."""

import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path

from apportion.core.faults import WorldError
from apportion.core.windows import from_epoch
from tests.apps.small_lab import DATES, HOUR

START = int(DATES.credits_start_at.timestamp())
END = int(DATES.credits_end_at.timestamp())


@dataclass(frozen=True)
class Job:
    """One record of the accounting database."""

    number: int
    start: int = START + HOUR
    seconds: int = HOUR
    gpus: int = 8
    account: str = "alpha"
    user: str = "ann"
    state: str = "COMPLETED"
    name: str = "train"
    sent: int = 0
    written_at: int = 0  # when the database learnt of its end; before, it says that the job runs

    @property
    def end(self):
        return self.start + self.seconds

    def row(self, *, now):
        runs = now < max(self.end, self.written_at)
        state, end = ("RUNNING", "Unknown") if runs else (self.state, self.end)
        elapsed = min(now, self.end) - self.start if runs else self.seconds
        tres = f"gres/gpu:h100={self.gpus},gres/gpu={self.gpus}"
        sent = self.sent or self.start - 60
        cells = (self.number, "c1", self.account, self.user, "gpu", "normal", state, sent, sent)
        more = (self.start, end, elapsed, 120, tres, "", 1, 8, "0:0", self.name)
        return "|".join(map(str, (*cells, *more))) + "\n"


@dataclass
class Scheduler:
    """What a sync asks; `now` is its own clock, and `trouble` what befalls its n-th answer."""

    folder: Path
    jobs: list = field(default_factory=list)
    extra: list = field(default_factory=list)  # rows word for word, in every window
    now: int = START + 5 * HOUR
    trouble: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    name: str = "c1"
    longest: int | None = 24 * HOUR

    def ask(self, window, *, folder):
        self.asked.append(window)
        low, high = window
        seen = [job for job in self.jobs if job.start < high and self.ends(job) > low]
        rows = [job.row(now=self.now) for job in seen if job.start < self.now]
        text = "".join([*rows, *self.extra])
        path = Path(folder) / f"answer-{len(self.asked)}"
        return Answer(path, text, self.trouble.pop(len(self.asked), None))

    def ends(self, job):
        return job.end if self.now >= max(job.end, job.written_at) else self.now

    def longest_job(self):
        return self.longest

    @property
    def clock(self):
        return from_epoch(self.now)

    def used(self):
        """What the scheduler's own accounting comes to by now. Units: GPU-seconds."""
        started = [job for job in self.jobs if job.start < self.now]
        return sum(job.gpus * (min(self.ends(job), self.now) - job.start) for job in started)


@dataclass
class Answer:
    path: Path
    text: str
    trouble: str | None

    def wait(self):
        if self.trouble == "half":
            self.path.write_text(self.text[: len(self.text) * 2 // 3].rstrip("\n"))
        elif self.trouble:
            raise WorldError(self.trouble, retryable=True)
        else:
            self.path.write_text(self.text)
        return self.path

    def drop(self):
        self.path.unlink(missing_ok=True)


def many(count, **more):
    """Jobs one after another, every twenty minutes."""
    numbers = itertools.count(1)
    return [replace(Job(next(numbers)), start=START + at * 1200, **more) for at in range(count)]
