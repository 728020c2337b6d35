"""A directive tried on the lab's own jobs of the last weeks, before anyone signs.

The jobs that will come are not known, so those that came are replayed as if the directive had held
then: with time before it, in which queues fill, and time after it, in which payback happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apportion.core.directive.drill import drill_of
from apportion.core.directive.terms import Take, Terms
from apportion.core.ids import AreaId, ProjectId
from apportion.core.refusals import Refused
from apportion.core.simulate.cluster import Cluster, Group
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.preview import Preview, Spread, Told, preview
from apportion.core.simulate.trace import MOST_PROCS, Trace, TraceJob, lay_out
from apportion.core.windows import Window, from_epoch

FEWEST_JOBS = 50
LOOK_BACK = 4  # times as long as the directive holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the jobs run on. `told` says where that is known from; quotas follow `awarded`.

    Units: awarded in base units by area.
    """

    cluster: Cluster
    told: str
    awarded: Mapping[AreaId, int]
    areas: Mapping[ProjectId, AreaId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What came of it for one resource; or, in `reason`, why none was possible."""

    resource: str
    reason: str = ""
    jobs: int = 0
    recorded: Window | None = None
    tried: Window | None = None
    capacity: int = 0
    capacity_told: str = ""
    policy: Policy | None = None
    preview: Preview | None = None


def rehearse(
    terms: Terms, take: Take, jobs: Sequence[TraceJob], site: Site, *, tell: Told, spread: Spread
) -> Rehearsal:
    """Replays jobs of one resource with the directive and without it.

    Shape: the group of a job is its area, its account the project.
    """
    trace = lay_out((_grouped(job, terms) for job in jobs), file="metered jobs")
    reason = _too_little(trace, terms, take) or _unclear(terms, site)
    if reason:
        return Rehearsal(resource=take.resource, reason=reason)
    tried = place_window(trace, terms.window.seconds)
    cluster = share_out(terms, trace, site)
    policy = Policy(order=Order.FAIR_SHARE)
    try:
        drill = drill_of(terms, trace=trace, cluster=cluster, resource=take.resource, window=tried)
        told = preview(drill, trace, cluster, policy, tell=tell, spread=spread)
    except Refused as refused:
        return Rehearsal(resource=take.resource, reason=str(refused))
    return Rehearsal(
        resource=take.resource,
        jobs=len(trace),
        recorded=_between(int(trace.submit[0]), int(trace.submit[-1])),
        tried=tried,
        capacity=cluster.capacity,
        capacity_told=site.told,
        policy=policy,
        preview=told,
    )


def look_back_from(terms: Terms, now: datetime) -> datetime:
    """The first instant from which jobs are replayed."""
    return now - LOOK_BACK * (terms.window.ends_at - terms.window.starts_at)


def place_window(trace: Trace, seconds: int) -> Window:
    """Puts the time of the directive in the middle of the jobs."""
    first, last = int(trace.submit[0]), int(trace.submit[-1])
    begin = first + (last - first - seconds) // 2
    return _between(begin, begin + seconds)


def share_out(terms: Terms, trace: Trace, site: Site) -> Cluster:
    """Gives each area its place in the tree: as the cluster says, else a share by what it was awarded.

    Jobs of nodes are replayed as on one pool. Projects that the terms name stand below their areas.
    """
    projects = {name: str(site.areas[ProjectId(name)]) for name in _projects(terms)}
    groups = {group.name: replace(group, nodes=None) for group in site.cluster.groups}
    for name in (*trace.groups, *_areas(terms), *projects, *projects.values()):
        if name and name not in groups:
            share = 1 if name in projects else max(1, site.awarded.get(AreaId(name), 0))
            groups[name] = Group(name=name, parent=projects.get(name, ""), share=share)
    return Cluster(procs=min(site.cluster.capacity, MOST_PROCS), groups=tuple(groups.values()))


def _grouped(job: TraceJob, terms: Terms) -> TraceJob:
    """Counts a project that the terms name by itself, and every other with its area."""
    return replace(job, group=job.account) if job.account in _projects(terms) else job


def _projects(terms: Terms) -> tuple[str, ...]:
    own = () if terms.project is None else (terms.project,)
    return tuple(dict.fromkeys((*own, *terms.exempt_projects)))


def _areas(terms: Terms) -> tuple[str, ...]:
    return (*(() if terms.area is None else (terms.area,)), *terms.exempt_areas)


def _too_little(trace: Trace, terms: Terms, take: Take) -> str:
    if len(trace) < FEWEST_JOBS:
        return (
            f"{len(trace)} jobs of {take.resource} were metered lately; "
            f"a replay needs at least {FEWEST_JOBS}."
        )
    span = int(trace.submit[-1] - trace.submit[0])
    if span < terms.window.seconds:
        return (
            f"the jobs metered lately span {span // 86_400} days, and the directive "
            f"holds for {terms.window.seconds // 86_400}."
        )
    return ""


def _unclear(terms: Terms, site: Site) -> str:
    """A project named like an area could not be told from it in one tree of groups."""
    areas = {str(area) for area in site.areas.values()}
    both = next((name for name in _projects(terms) if name in areas), None)
    return f"{both} is the name of a project and of an area." if both else ""


def _between(start: int, end: int) -> Window:
    return Window(starts_at=from_epoch(start), ends_at=from_epoch(max(end, start + 1)))
