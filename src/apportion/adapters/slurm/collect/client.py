"""Runs sacct beside the office: its answer goes to a file, and counts only if it ended well."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apportion.adapters.slurm.collect.parse import QueuedJob, parse_longest, parse_queue
from apportion.adapters.slurm.collect.render import (
    render_partitions,
    render_queue,
    render_usage,
)
from apportion.core.faults import WorldError
from apportion.core.meter.cut import Span

PATIENCE_SECONDS = 900
BRIEF_SECONDS = 30
# One language, universal time, and instants as numbers: no zone to guess.
PLAIN = ("env", "LC_ALL=C", "TZ=UTC", "SLURM_TIME_FORMAT=%s")
NO_SUCH_PROGRAM = 127  # what env answers
LONGEST_WORDS = 400


@dataclass(slots=True)
class Answer:
    """A question that was asked and is being answered into a file."""

    program: str
    process: "subprocess.Popen[bytes]"
    path: Path
    said: IO[bytes]

    def wait(self) -> Path:
        """Waits for the answer and gives the file that holds all of it.

        Raises: WorldError where the scheduler did not answer to the end; the file is then no more.
        """
        try:
            code = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.drop()
            raise WorldError(f"{self.program} gave no answer in time", retryable=True) from None
        self.said.seek(0)
        words = self.said.read(LONGEST_WORDS).decode(errors="replace").strip()
        if code == NO_SUCH_PROGRAM:
            self.drop()
            raise _not_installed(self.program)
        if code != 0 or "error:" in words:
            self.drop()
            reason = words or f"ended with {code} and said nothing"
            raise WorldError(f"{self.program}: {reason}", retryable=True)
        self.said.close()
        return self.path

    def drop(self) -> None:
        """Ends the question, if it is still open, and forgets the answer."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.said.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class SlurmAccounting:
    """The accounting of one cluster, by the name under which it stands in the database."""

    name: str

    def ask(self, window: Span, *, folder: Path) -> Answer:
        """Starts asking for the jobs that ran in a window; the office may work meanwhile."""
        handle, name = tempfile.mkstemp(prefix="sacct-", dir=folder)
        with os.fdopen(handle, "wb") as into:
            return _start(render_usage(self.name, window), into, Path(name))

    def longest_job(self) -> int | None:
        """Asks how long jobs may run; None where some have no limit, or nobody answers.

        Units: seconds.
        """
        try:
            return parse_longest(_run(render_partitions(self.name)))
        except (WorldError, ValueError):
            return None

    def queue(self) -> list[QueuedJob]:
        """Asks which jobs wait or run.

        Raises: WorldError.
        """
        return list(parse_queue(_run(render_queue(self.name))))


def _start(command: Sequence[str], into: IO[bytes], path: Path) -> Answer:
    said = tempfile.TemporaryFile()  # noqa: SIM115  closed with the answer
    process = subprocess.Popen(
        [*PLAIN, *command], stdin=subprocess.DEVNULL, stdout=into, stderr=said
    )
    return Answer(command[0], process, path, said)


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            [*PLAIN, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=BRIEF_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise WorldError(f"{command[0]} gave no answer in time", retryable=True) from None
    if done.returncode == NO_SUCH_PROGRAM:
        raise _not_installed(command[0])
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip()[:LONGEST_WORDS]
        raise WorldError(f"{command[0]}: {words or 'failed'}", retryable=True)
    return done.stdout.decode(errors="replace")


def _not_installed(program: str) -> WorldError:
    return WorldError(f"{program} is not installed on this machine", retryable=False)
