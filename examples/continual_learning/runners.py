"""Who runs the jobs: Slurm where there is one, else two processes of this machine at a time.

Both give the same: what each job printed, and accounting in sacct's layout.
"""

import getpass
import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from apportion.adapters.slurm.client import SlurmCluster, run_tool

HERE = Path(__file__).resolve().parent
AT_ONCE = 2
PATIENCE_SECONDS = 90
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # runs share the machine
MEMORY = {"naive": ("naive", 200)} | {f"replay{rows}": ("replay", rows) for rows in (50, 100, 200)}


@dataclass(frozen=True, slots=True)
class Job:
    """One run that a job made: its id, its arm and seed, and the line it printed."""

    id: str
    arm: str
    seed: int
    printed: dict[str, object]


def command_of(arm: str, seed: int) -> list[str]:
    """Writes the command of one run."""
    method, memory = MEMORY[arm]
    script = str(HERE / "run.py")
    return [
        sys.executable,
        script,
        "--method",
        method,
        "--memory",
        str(memory),
        "--seed",
        str(seed),
    ]


@dataclass(slots=True)
class LocalRunner:
    """Runs jobs here and keeps their accounting, elapsed seconds rounded up."""

    account: str
    lines: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def run(self, wanted: Sequence[tuple[str, int]]) -> list[Job]:
        """Runs one job for each arm and seed; comes back when all have ended."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._one, wanted))

    def accounting(self) -> str:
        """Gives the accounting of all jobs so far."""
        return "".join(self.lines)

    def _one(self, wanted: tuple[str, int]) -> Job:
        number, began = str(next(self.numbers)), int(time.time())  # noqa: TID251  real jobs
        environment = {**os.environ, **SINGLE}  # noqa: TID251  an example of its own
        done = subprocess.run(
            command_of(*wanted), capture_output=True, text=True, check=True, env=environment
        )
        ended = int(time.time()) + 1  # noqa: TID251  real jobs
        cells = [number, "local", self.account, getpass.getuser(), "here", "", "COMPLETED"]
        times = [began, began, began, ended, ended - began, 5]
        tail = ["cpu=1", "", 1, 1, "0:0", wanted[0]]
        self.lines.append("|".join(map(str, [*cells, *times, *tail])) + "\n")
        return Job(number, *wanted, json.loads(done.stdout))


@dataclass(slots=True)
class SlurmRunner:
    """Submits jobs to a cluster and asks its accounting."""

    account: str
    cluster: str
    folder: Path
    began: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251  real jobs

    def run(self, wanted: Sequence[tuple[str, int]]) -> list[Job]:
        """Submits one job for each arm and seed; comes back when all are accounted for."""
        jobs = [(self._submit(*one), *one) for one in wanted]
        end, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
        while not self._accounted({job for job, _, _ in jobs}) and time.monotonic() < end:
            pause.wait(0.5)
        return [
            Job(job, arm, seed, json.loads((self.folder / f"{job}.out").read_text()))
            for job, arm, seed in jobs
        ]

    def accounting(self) -> str:
        """Asks for the accounting of all jobs since it began."""
        until = datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251  real jobs
        hour = timedelta(hours=1)
        return SlurmCluster(self.cluster).read_usage(starts_at=self.began - hour, ends_at=until)

    def _submit(self, arm: str, seed: int) -> str:
        exports = "".join(f"{name}={value} " for name, value in SINGLE.items())
        # Slurm counts whole seconds, and a run takes less than one.
        wrap = f"env {exports}{shlex.join(command_of(arm, seed))} && sleep 1"
        where = ["-o", str(self.folder / "%j.out"), "-D", str(self.folder)]
        plain = ["sbatch", "--parsable", "-A", self.account, "-n", "1", "-t", "5", "-J", arm]
        return run_tool([*plain, *where, "--wrap", wrap]).strip()

    def _accounted(self, jobs: set[str]) -> bool:
        rows = [line.split("|") for line in self.accounting().splitlines()]
        return jobs <= {row[0] for row in rows if row[6].startswith("COMPLETED")}
