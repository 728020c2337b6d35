"""Runs Slurm's own programs: the only place where the office touches a cluster."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apportion.adapters.slurm.limits import parse_limits
from apportion.adapters.slurm.render import render_query, render_step, render_usage_query
from apportion.core.enforce.plan import Actual, Step
from apportion.core.faults import WorldError

PATIENCE_SECONDS = 300  # a year of accounting of a busy cluster takes minutes
NO_ANSWER = ("Unable to contact", "Connection refused", "Connection timed out", "not running")
PLAIN = ("env", "LC_ALL=C", "TZ=UTC", "SLURM_TIME_FORMAT=%s")  # one language, one clock
NO_SUCH_PROGRAM = 127  # what env answers


@dataclass(frozen=True, slots=True)
class SlurmCluster:
    """One cluster, by the name under which it stands in the accounting database."""

    name: str

    def read_limits(self) -> Actual:
        """Asks which limits hold for each account.

        Units: minutes of one unit, per resource.
        Raises: WorldError; BadInput where the answer cannot be read.
        """
        return parse_limits(run_tool(render_query(cluster=self.name)))

    def apply_step(self, step: Step) -> None:
        """Sets the limits of one account; whether they hold is known only by reading them back.

        Raises: WorldError, also where Slurm finds nothing to modify.
        """
        run_tool(render_step(step, cluster=self.name))

    def read_usage(self, *, starts_at: datetime, ends_at: datetime) -> str:
        """Asks for the accounting records of all jobs that ran in a window.

        Slurm may leave a job out for some seconds after its end, so windows must overlap.
        Raises: WorldError.
        """
        return run_tool(render_usage_query(self.name, starts_at=starts_at, ends_at=ends_at))


def run_tool(command: Sequence[str]) -> str:
    """Runs a program in plain English and universal time, and gives what it printed.

    Raises: WorldError, retryable where the cluster may answer later.
    """
    try:
        done = subprocess.run(
            [*PLAIN, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise WorldError(f"{command[0]} gave no answer in time", retryable=True) from None
    if done.returncode == NO_SUCH_PROGRAM:
        raise WorldError(f"{command[0]} is not installed on this machine", retryable=False)
    if done.returncode != 0:
        said = (done.stdout + b" " + done.stderr).decode(errors="replace").strip()
        retryable = any(sign in said for sign in NO_ANSWER)
        raise WorldError(f"{command[0]}: {said or 'failed and said nothing'}", retryable=retryable)
    return done.stdout.decode(errors="replace")
