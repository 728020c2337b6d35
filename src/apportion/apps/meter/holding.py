"""The queue of a Slurm cluster as holds on the projects' credits."""

from datetime import datetime

from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.adapters.slurm.collect.parse import QueuedJob
from apportion.apps.meter.admission import Held, Queued, hold_queue
from apportion.core.meter.admission import Ask


def hold_for_cluster(accounting: SlurmAccounting, *, now: datetime) -> Held:
    """Asks a cluster for its queue and makes the holds what it may still use.

    Raises: WorldError.
    """
    queue = [_queued(job) for job in accounting.queue()]
    return hold_queue(cluster=accounting.name, queue=queue, now=now)


def _queued(job: QueuedJob) -> Queued:
    ask = Ask(account=job.account, units=job.units, seconds=job.limit, tasks=job.tasks)
    return Queued(job=job.job, ask=ask, used=job.used, ticket=job.ticket)
