"""Tries a directive on the jobs that the office itself has metered. No tables are changed."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from apportion.adapters.files.client import read_whole
from apportion.adapters.files.parse_cluster import parse_cluster
from apportion.adapters.files.render_preview import preview_facts
from apportion.apps.meter.jobs import metered_jobs
from apportion.core.directive.facts import World
from apportion.core.directive.rehearsal import Rehearsal, Site, look_back_from, rehearse
from apportion.core.directive.terms import Take, Terms
from apportion.core.faults import BadInput
from apportion.core.ids import AreaId
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.trace import TraceJob

AT_ONCE = 2  # replays; the kernels leave the interpreter to others while they run

Told = Callable[[str], object]
Jobs = tuple[Take, list[TraceJob], Site | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What replays need of the office: jobs and site of each resource; places and names of areas."""

    jobs: tuple[Jobs, ...]
    areas: Mapping[str, tuple[int, str]]


def gather_jobs(terms: Terms, world: World, *, now: datetime) -> Gathered:
    """Reads the jobs and the site of each resource that is taken."""
    since = look_back_from(terms, now)
    return Gathered(
        jobs=tuple(
            (take, metered_jobs(resource=take.resource, since=since), _site(take, world))
            for take in terms.takes
        ),
        areas={str(area.id): (place, area.name) for place, area in enumerate(world.policy.areas)},
    )


def play(terms: Terms, gathered: Gathered, *, tell: Told) -> list[dict[str, Any]]:
    """Replays the jobs of each resource that is taken, or says why not; needs no database."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [
            Rehearsal(resource=take.resource, reason=site)
            if isinstance(site, str)
            else rehearse(terms, take, jobs, site, tell=tell, spread=pool.map)
            for take, jobs, site in gathered.jobs
        ]
    return [describe(one, gathered.areas) for one in found]


def describe(told: Rehearsal, areas: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """Writes a rehearsal as plain facts, as a preview carries them. Units: seconds.

    Shape: `areas` gives each its place, for its colour, and its name.
    """
    if told.preview is None or told.recorded is None or told.tried is None:
        return {"resource": told.resource, "reason": told.reason}
    return {
        "resource": told.resource,
        "jobs": told.jobs,
        "recorded_from": told.recorded.starts_at.isoformat(),
        "recorded_until": told.recorded.ends_at.isoformat(),
        "tried_from": told.tried.starts_at.isoformat(),
        "tried_until": told.tried.ends_at.isoformat(),
        "capacity": told.capacity,
        "capacity_told": told.capacity_told,
        "policy": told.policy.order.value if told.policy else "",
        "waits": [
            {
                "group": each.group,
                "name": areas.get(each.group, (0, each.group))[1],
                "place": areas.get(each.group, (len(areas), ""))[0],
                "now": each.median_without,
                "then": each.median_with,
            }
            for each in told.preview.changes
            if each.median_without is not None
        ],
        "answer": preview_facts(told.preview),
    }


def read_site_cluster() -> tuple[Cluster, str] | None:
    """Reads what the site says of its cluster; None where it says nothing.

    Raises: BadInput.
    """
    path = Path(settings.APPORTION_CLUSTER_FILE)
    if not path.is_file():
        return None
    return parse_cluster(read_whole(path), path.name), path.name


def site_cluster(resource: str, world: World | None = None) -> tuple[Cluster, str]:
    """The cluster that the jobs of a resource ran on: as the site describes it, else its pool's yield.

    Refuses: INCOMPLETE where neither says how large it is.
    Raises: BadInput.
    """
    told = read_site_cluster()
    if told is not None:
        return told
    pool = world.policy.pool if world is not None else {}
    per_second = next((n for code, n in pool.items() if code == resource), 0)
    procs = per_second // world.credits.seconds if world is not None else 0
    if not procs:
        remedy = "Describe the cluster in the file that APPORTION_CLUSTER names."
        raise Refused(
            [Refusal(code=Code.INCOMPLETE, subject="no cluster is described", remedy=remedy)]
        )
    return Cluster(procs=procs), "what the round's pool yields"


def _site(take: Take, world: World) -> Site | str:
    try:
        cluster, told = site_cluster(take.resource, world)
    except BadInput as error:
        return str(error.faults[0])
    except Refused as refused:
        return str(refused)
    awarded: dict[AreaId, int] = {}
    for holder in world.holders:
        if holder.resource == take.resource:
            awarded[holder.area] = awarded.get(holder.area, 0) + holder.awarded
    return Site(cluster=cluster, told=told, awarded=awarded, areas=world.projects)
