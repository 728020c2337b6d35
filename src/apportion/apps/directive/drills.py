"""Drills: a made-up emergency tried on recorded jobs, with other ways to do it, before any draft."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.conf import settings

from apportion.adapters.files.render_preview import preview_facts
from apportion.apps.directive.rehearsals import AT_ONCE, read_site_cluster
from apportion.apps.directive.traces import (
    TraceFormat,
    read_recorded,
    read_trace,
    recorded_traces,
)
from apportion.apps.meter.jobs import metered_resources
from apportion.core.directive.rehearsal import place_window
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.directive import Directive
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.preview import preview
from apportion.core.simulate.trace import Trace
from apportion.core.simulate.tree import quota_of

DAY = 86_400
METERED = "metered:"  # before the name of a resource
PERCENT = 100
MOST_JOBS = 1_000_000  # of a page; the command line takes any number

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What is tried. Units: percent of the pool, days; `procs` None: what the site describes."""

    trace: str
    group: str
    share: int
    days: int
    preempt: bool
    finish_days: int | None  # after the end
    leave: int  # percent of its quota, until nothing is owed
    policy: Order
    procs: int | None


def drill_choices() -> list[tuple[str, str]]:
    """Lists what may be replayed: metered jobs by resource, then the site's recorded traces."""
    ours = [(f"{METERED}{code}", f"Metered jobs, {code}") for code in metered_resources()]
    return [*ours, *((name, name) for name in recorded_traces(settings.APPORTION_TRACES))]


def gather_drill(drill: Drill) -> tuple[Trace, Cluster, Directive]:
    """Reads the jobs and says what is tried on them, in the middle of their time.

    Refuses: OUT_OF_RANGE where the jobs span less than the days, or are too many for a page;
        INCOMPLETE where nothing says how large the cluster is.
    Raises: BadInput.
    """
    if drill.trace.startswith(METERED):
        resource = drill.trace.removeprefix(METERED)
        trace = read_trace("", TraceFormat.OFFICE, resource=resource)
    else:
        trace = read_recorded(settings.APPORTION_TRACES, drill.trace)
    span = int(trace.submit[-1] - trace.submit[0])
    if span < drill.days * DAY:
        remedy = f"Try at most {span // DAY} days on these jobs."
        _refuse(Code.OUT_OF_RANGE, "the days", remedy, days=drill.days)
    if len(trace) > MOST_JOBS:
        remedy = "Replay it with: apportion simulate directive"
        _refuse(Code.OUT_OF_RANGE, "the jobs", remedy, jobs=len(trace), most=MOST_JOBS)
    cluster = _cluster(drill)
    tried = place_window(trace, drill.days * DAY)
    starts_at, ends_at = (int(at.timestamp()) for at in (tried.starts_at, tried.ends_at))
    finish = None if drill.finish_days is None else ends_at + drill.finish_days * DAY
    quota = quota_of(drill.group, trace, cluster)
    return (
        trace,
        cluster,
        Directive(
            name="drill",
            declared_by="",
            purpose="",
            group=drill.group,
            amount=min(cluster.capacity, quota + cluster.capacity * drill.share // PERCENT),
            quota=quota,
            starts_at=starts_at,
            ends_at=ends_at,
            preempt=drill.preempt,
            payback=Fraction(drill.leave, PERCENT),
            signers=(),
            finish_by=finish,
        ),
    )


def play_drill(
    drill: Drill,
    gathered: tuple[Trace, Cluster, Directive],
    *,
    tell: Callable[[str], object],
) -> Facts:
    """Replays the drill and nine other ways to do it; touches no table.

    Refuses: what the core refuses.
    """
    trace, cluster, directive = gathered
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = preview(
            directive, trace, cluster, Policy(order=drill.policy), tell=tell, spread=pool.map
        )
    facts = preview_facts(told)
    facts["jobs"], facts["left_out"] = len(trace), len(trace.rejects)
    facts["capacity"], facts["policy"] = cluster.capacity, drill.policy.value
    return facts


def _cluster(drill: Drill) -> Cluster:
    if drill.procs:
        return Cluster(procs=drill.procs)
    told = read_site_cluster()
    if told is None:
        remedy = "Say how many there are, or describe the cluster (APPORTION_CLUSTER)."
        raise Refused([Refusal(code=Code.INCOMPLETE, subject="the cluster", remedy=remedy)])
    cluster = told[0]
    return Cluster(procs=cluster.capacity) if cluster.is_gang else cluster


def _refuse(code: Code, subject: str, remedy: str, **numbers: int) -> None:
    raise Refused([Refusal(code=code, subject=subject, remedy=remedy, numbers={**numbers})])
