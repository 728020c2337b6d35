"""Command lines that ask for accounting, as lists of words: nothing is ever handed to a shell."""

from apportion.adapters.slurm.parse import FIELDS
from apportion.core.meter.cut import Span
from apportion.core.windows import from_epoch

QUEUE_FIELDS = (
    *("jobid", "jobarrayid", "account", "username", "state"),
    *("timelimit", "timeused", "tres-alloc", "comment"),
)
WIDE = 250  # characters of a field of squeue; it cuts what is longer


def render_usage(cluster: str, window: Span) -> tuple[str, ...]:
    """Asks for the jobs of all users that ran in a window, requeues and all, without steps.

    Shape: the instants are written in UTC, which the asking process must have as its time zone.
    """
    low, high = (f"{from_epoch(at):%Y-%m-%dT%H:%M:%S}" for at in window)
    return ("sacct", "-nPXaD", "-M", cluster, "-S", low, "-E", high, "-o", ",".join(FIELDS))


def render_partitions(cluster: str) -> tuple[str, ...]:
    """Asks how long jobs may run in each partition."""
    return ("scontrol", "-o", "-M", cluster, "show", "partition")


def render_queue(cluster: str) -> tuple[str, ...]:
    """Asks for the jobs that wait or run, array tasks each by itself once they are apart."""
    fields = ",".join(f"{name}:{WIDE}" for name in QUEUE_FIELDS)
    return ("squeue", "-h", "-M", cluster, "-t", "PENDING,RUNNING,SUSPENDED", "-O", fields)
