"""Runs Slurm's own programs: the only place where the office touches a cluster."""

import subprocess
from collections.abc import Sequence

from apportion.adapters.slurm.parse import FIELDS
from apportion.adapters.slurm.render import render_query, render_step
from apportion.core.enforce.plan import Step
from apportion.core.faults import WorldError

PATIENCE_SECONDS = 300  # a year of accounting of a busy cluster takes minutes
NO_ANSWER = ("Unable to contact", "Connection refused", "Connection timed out", "not running")


def read_limits(*, cluster: str) -> str:
    """Asks the accounting database which limits hold for the accounts of a cluster.

    Raises: WorldError.
    """
    return run_tool(render_query(cluster=cluster))


def apply_step(step: Step, *, cluster: str) -> None:
    """Sets the limits of one account; whether they hold is known only by reading them back.

    Raises: WorldError, also where Slurm finds nothing to modify.
    """
    run_tool(render_step(step, cluster=cluster))


def read_usage(*, since: int, until: int | None = None) -> str:
    """Asks for the accounting records of all jobs that ran between two instants.

    Units: epoch seconds; without `until`, up to now.
    Raises: WorldError.
    """
    window = ["-S", f"@{since}" if since else "1970-01-01", *(["-E", f"@{until}"] if until else [])]
    return run_tool(["sacct", "-nPXaD", *window, "-o", ",".join(FIELDS)])


def run_tool(command: Sequence[str]) -> str:
    """Runs a program with epoch times and plain English, and gives what it printed.

    Raises: WorldError, retryable where the cluster may answer later.
    """
    plain = ["env", "SLURM_TIME_FORMAT=%s", "LC_ALL=C", *command]
    try:
        done = subprocess.run(
            plain,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise WorldError(f"{command[0]} gave no answer in time", retryable=True) from None
    said = (done.stdout + b" " + done.stderr).decode(errors="replace").strip()
    if done.returncode == 127:  # the shell's and env's word for "no such program"
        raise WorldError(f"{command[0]} is not installed on this machine", retryable=False)
    if done.returncode != 0:
        retryable = any(sign in said for sign in NO_ANSWER)
        raise WorldError(f"{command[0]}: {said or 'failed and said nothing'}", retryable=retryable)
    return done.stdout.decode(errors="replace")
