"""Kueue's queues for programs."""

from django.conf import settings

from apportion.adapters.kueue.client import KueueCluster
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.queues import commands
from apportion.apps.queues.actions import apply_queues, check_queues, sync_workloads
from apportion.apps.queues.passing import follow, read_connection
from apportion.core.enforce.kueue_plan import QueuePlan

calls = Calls("queues")


class QueuePlanAnswer(Answer):
    """What differs between the books and Kueue."""

    matches: bool
    reasons: list[str]
    failures: list[str] = []


class Force(Body):
    """Whether to take over fields that somebody else set."""

    force: bool = False


calls.listing(
    "/queues",
    "limits.see",
    commands.show,
    "queues list",
    row=row("QueueRow", "cluster kind name project stop quotas in_force:yes read_at:at why"),
)


@calls.read("/queues/plan", "limits.see", "queues plan", "queues check", answer=QueuePlanAnswer)
def plan(caller: Caller) -> dict[str, object]:
    """Asks the cluster which queues stand, and says what differs from the books."""
    connection = read_connection(settings.APPORTION_KUEUE)
    cluster = KueueCluster(connection)
    return _tell(check_queues(cluster=cluster, site=connection.site, now=caller.now))


@calls.act("/queues/sync", "usage.import", "queues sync")
def sync(caller: Caller) -> Done:
    """Books what Workloads held of their quota; again changes nothing."""
    connection = read_connection(settings.APPORTION_KUEUE)
    events = list(follow(KueueCluster(connection), seconds=0))
    done = sync_workloads(events=events, site=connection.site, by=caller.user, now=caller.now)
    words = f"{done.source.reading.jobs} runs read, {done.added} charges added."
    return Done(ref=connection.site.cluster, state="read", words=words)


@calls.act("/queues/apply", "limits.apply", "queues apply", answer=QueuePlanAnswer)
def apply(caller: Caller, body: Force) -> dict[str, object]:
    """Books what ran, makes the queues what the books hold, and reads them back."""
    connection = read_connection(settings.APPORTION_KUEUE)
    cluster = KueueCluster(connection, force=body.force)
    events = follow(cluster, seconds=0)
    sync_workloads(events=events, site=connection.site, by=caller.user, now=caller.now)
    done = apply_queues(cluster=cluster, site=connection.site, by=caller.user, now=caller.now)
    return _tell(done.after) | {"failures": [str(one) for one in done.failures]}


def _tell(planned: QueuePlan) -> dict[str, object]:
    reasons = [str(reason) for step in planned.steps for reason in step.reasons]
    return {"matches": planned.matches, "reasons": reasons}
