"""Reads of queues: what the books want, what was ordered and heard, and which runs go on."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from apportion.adapters.kueue.parse_workloads import Run
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.queries import balances, credited
from apportion.apps.queues.models import OpenRun, Queue
from apportion.core.enforce.kueue import Budget, Desired, Site, desired_queues
from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.ledger import Kind
from apportion.core.meter.segments import Segment


def gather_queues(*, site: Site, now: datetime) -> Desired:
    """Reads what each project was given and has left as the queues that should stand."""
    metered = {flavor.resource for flavor in site.flavors}
    given: dict[str, dict[ResourceCode, int]] = {}
    for key, amount in credited(kind=Kind.PROJECT, until=now).items():
        if key.unit in metered:
            given.setdefault(key.owner, {})[ResourceCode(key.unit)] = amount
    left: dict[str, dict[ResourceCode, int]] = {}
    for kind in (Kind.PROJECT, Kind.OVERRUN):
        for key, amount in balances(kind=kind).items():
            if key.owner in given and key.unit in metered:
                of_project = left.setdefault(key.owner, {})
                code = ResourceCode(key.unit)
                of_project[code] = of_project.get(code, 0) + amount
    projects = projects_by_slug(given)
    budgets = [
        Budget(
            project=ProjectId(slug),
            area=projects[slug].area.slug,
            given=amounts,
            left=left.get(slug, {}),
        )
        for slug, amounts in sorted(given.items())
        if slug in projects
    ]
    return desired_queues(budgets, site=site)


def list_queues() -> list[Queue]:
    """Lists what was ordered, with what was last read back; what differs first."""
    rows = list(Queue.objects.select_related("project__area"))
    return sorted(rows, key=lambda row: (row.in_force, row.cluster, row.kind, row.name))


def last_generation(cluster: str) -> int:
    """Reads the number of the newest orders to a cluster; 0 before the first."""
    rows = Queue.objects.filter(cluster=cluster).order_by("-generation")
    return rows.values_list("generation", flat=True).first() or 0


def count_queues() -> tuple[int, int]:
    """Counts the project queues that were ordered, and those among them that are stopped."""
    rows = Queue.objects.filter(kind="ClusterQueue")
    counted = rows.aggregate(all=Count("id"), stopped=Count("id", filter=~Q(wanted__stop="None")))
    return counted["all"], counted["stopped"]


def open_runs(cluster: str) -> list[Run]:
    """Lists the runs that went on when Workloads were last read."""
    return [_run(row.facts) for row in OpenRun.objects.filter(cluster=cluster)]


def facts_of(run: Run) -> dict[str, Any]:
    """Gives a run as JSON can hold it."""
    return asdict(run)


def _run(facts: dict[str, Any]) -> Run:
    segments = tuple(Segment(**one) for one in facts["segments"])
    return Run(**(facts | {"segments": segments}))
