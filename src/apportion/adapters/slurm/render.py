"""Command lines of sacctmgr, as lists of words: nothing is ever handed to a shell."""

import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from apportion.adapters.slurm.limits import COLUMNS
from apportion.adapters.slurm.parse import FIELDS
from apportion.core.enforce.plan import Step
from apportion.core.ids import ResourceCode


def render_query(*, cluster: str) -> tuple[str, ...]:
    """Asks for the limits of every account of a cluster; `user=` leaves out those of users."""
    fields = f"format={','.join(COLUMNS)}"
    return ("sacctmgr", "-nP", "show", "assoc", "where", f"cluster={cluster}", "user=", fields)


def render_step(step: Step, *, cluster: str) -> tuple[str, ...]:
    """Sets the limits of one association; those that it does not name stay as they are.

    Source: tried on Slurm 22.05: setting one TRES keeps the others; a repeat changes nothing.
    """
    where = ("where", f"account={step.association}", f"cluster={cluster}")
    limits = f"GrpTRESMins={render_tres(step.minutes)}"
    return ("sacctmgr", "-iQ", "modify", "account", *where, "set", limits)


def render_usage_query(cluster: str, *, starts_at: datetime, ends_at: datetime) -> tuple[str, ...]:
    """Asks for the jobs of all users that ran in a window, requeues and all, without steps.

    Shape: the instants are written in UTC, which the asking process must have as its time zone.
    """
    window = ("-S", _instant(starts_at), "-E", _instant(ends_at))
    return ("sacct", "-nPXaD", "-M", cluster, *window, "-o", ",".join(FIELDS))


def render_tres(minutes: Mapping[ResourceCode, int]) -> str:
    """Writes limits in Slurm's names: `gpu:h100` is its `gres/gpu:h100`."""
    return ",".join(f"{_tres(resource)}={count}" for resource, count in sorted(minutes.items()))


def render_line(command: Sequence[str]) -> str:
    """Writes a command as an operator would type it."""
    return shlex.join(command)


def _tres(resource: ResourceCode) -> str:
    return resource if resource == "cpu" else f"gres/{resource}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
