"""Reads of limits: what the books want, and what was last told and heard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, F, QuerySet, When, prefetch_related_objects

from apportion.apps.apply.queries import Project, projects_by_slug
from apportion.apps.enforce.models import (
    ClusterState,
    Counter,
    CounterAlarm,
    Lever,
    Limit,
    Order,
)
from apportion.apps.ledger.queries import credited, settled
from apportion.apps.members.queries import caps_in_force
from apportion.apps.rounds.queries import resource_units
from apportion.core.enforce.counters import Counter as CounterFact
from apportion.core.enforce.counters import Place, Reading
from apportion.core.enforce.desired import (
    Credit,
    ProjectLimit,
    desired_caps,
    desired_limits,
    is_scheduled,
    rebase,
)
from apportion.core.enforce.names import association_of
from apportion.core.enforce.plan import FailMode, Means, Site, holder_of
from apportion.core.enforce.tree import Tree
from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.ledger import Kind
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import Resource

LeverKind = Lever.Kind
LOOKED_THROUGH = 50  # batches of orders, for those about one project


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One lever as its source wants it pulled."""

    project: str
    kind: Lever.Kind
    source: str
    reason: str


def site_of_settings() -> Site:
    """Reads what the site chose."""
    return Site(
        pool=settings.APPORTION_SLURM_POOL,
        means=Means(settings.APPORTION_LIMITS_BY),
        fail_mode=FailMode(settings.APPORTION_FAIL_MODE),
    )


def scheduled_resources() -> tuple[ResourceCode, ...]:
    """Lists the resources on which a scheduler can hold limits."""
    return tuple(
        ResourceCode(code)
        for code, unit in sorted(resource_units().items())
        if is_scheduled(Resource(code=code, unit=unit))
    )


def gather_desired(*, now: datetime, cluster: str = "") -> tuple[ProjectLimit, ...]:
    """Reads what each project was given by now as the limits that the scheduler should hold.

    What the cluster's counters have forgotten is taken off; members, caps and levers come with it.
    """
    scheduled = set(scheduled_resources())
    caps = caps_in_force(now=now)
    limits = desired_limits(
        Credit(project=ProjectId(key.owner), resource=ResourceCode(key.unit), unit_seconds=given)
        for key, given in credited(kind=Kind.PROJECT, until=now).items()
        if key.unit in scheduled
    )
    projects = projects_by_slug()
    prefetch_related_objects(list(projects.values()), "lead", "members__person")
    lost = _lost(cluster)
    levers = _levers()
    return tuple(
        replace(
            _with_office(rebase(limit, lost.get(limit.project, {})), projects, levers),
            caps=desired_caps(caps.get(limit.project, {}), resources=scheduled),
        )
        for limit in limits
        if limit.project in projects
    )


def counters_of(cluster: str) -> dict[Place, CounterFact]:
    """Reads what a cluster's counters said last."""
    rows = Counter.objects.filter(cluster=cluster).select_related("project", "resource")
    return {
        (ProjectId(row.project.slug), ResourceCode(row.resource.code)): CounterFact(
            minutes=row.minutes, lost=row.lost_minutes
        )
        for row in rows
    }


def readings_of(tree: Tree, *, site: Site) -> dict[Place, Reading]:
    """Picks the counters that limits are compared with, of projects that the books know."""
    resources = scheduled_resources()
    found: dict[Place, Reading] = {}
    for slug in projects_by_slug():
        name = association_of(ProjectId(slug))
        there = tree.associations.get(name)
        holder = tree.qos.get(holder_of(name)) if site.means is Means.QOS else there
        if there is None or holder is None:
            continue
        for code in resources:
            if code in holder.used:
                place = (ProjectId(slug), code)
                found[place] = Reading(minutes=holder.used[code], running=there.running)
    return found


def settled_usage(*, now: datetime) -> dict[Place, int]:
    """Sums the usage that the books hold of each project. Units: unit-seconds."""
    return {
        (ProjectId(key.owner), ResourceCode(key.unit)): used
        for key, used in settled(until=now).items()
    }


def needs_qos(site: Site) -> bool:
    """Says whether a look must ask too which QOS each account may use."""
    return site.means is Means.QOS or Lever.objects.filter(kind=Lever.Kind.BOOST).exists()


def list_limits() -> list[Limit]:
    """Lists the limits that were told to the scheduler, with what it last said of them."""
    return list(Limit.objects.select_related("project", "resource"))


def last_generation(cluster: str = "") -> int:
    """Reads the number of the newest orders to a cluster; 0 before the first."""
    row = ClusterState.objects.filter(name=cluster).first()
    return row.generation if row else 0


def cluster_states() -> list[ClusterState]:
    """Lists the clusters that were looked at, with what the newest look found."""
    return list(ClusterState.objects.all())


def list_alarms(*, waiting: bool = False) -> list[CounterAlarm]:
    """Lists counters that fell or stayed behind, newest first; `waiting` for those unread."""
    rows = CounterAlarm.objects.select_related("project", "resource", "acknowledged_by")
    return list(rows.filter(acknowledged_at__isnull=True) if waiting else rows)


def find_alarm(number: int) -> CounterAlarm:
    """Finds an alarm by its number.

    Refuses: NOT_FOUND.
    """
    row = CounterAlarm.objects.filter(pk=number).select_related("project").first()
    if row is None:
        remedy = "List alarms with: apportion limits alarms"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"alarm {number}", remedy=remedy)])
    return row


def list_levers() -> list[Lever]:
    """Lists what is held or boosted now."""
    rows = Lever.objects.filter(lifted_at__isnull=True)
    return list(rows.select_related("project"))


def list_orders(limit: int = 20) -> list[Order]:
    """Lists the newest orders."""
    return list(Order.objects.select_related("by")[:limit])


def find_limits() -> QuerySet[Limit]:
    """Finds all limits, those that the scheduler has not confirmed first."""
    rows = Limit.objects.select_related("project__area", "resource")
    confirmed = Case(When(read_minutes=F("desired_minutes"), then=1), default=0)
    return rows.order_by(confirmed, "project__slug", "resource__code")


def count_unconfirmed() -> int:
    """Counts limits of which the scheduler did not say what the ledger wants."""
    return Limit.objects.exclude(
        read_minutes__isnull=False, read_minutes=F("desired_minutes")
    ).count()


def limits_of(project: Project) -> list[Limit]:
    """Lists the limits of one project."""
    return list(Limit.objects.filter(project=project).select_related("resource"))


def levers_of(project: Project) -> list[Lever]:
    """Lists what holds or boosts one project now."""
    return list(Lever.objects.filter(project=project, lifted_at__isnull=True))


def alarms_of(project: Project) -> list[CounterAlarm]:
    """Lists the alarms of one project's counters, those that nobody looked into first."""
    rows = CounterAlarm.objects.filter(project=project)
    return list(
        rows.select_related("resource", "acknowledged_by").order_by(
            F("acknowledged_at").asc(nulls_first=True), "-raised_at", "-id"
        )
    )


def counts_of(project: Project) -> dict[tuple[str, str], int]:
    """Reads what the counters of one project said last, in minutes, by cluster and resource."""
    rows = Counter.objects.filter(project=project)
    return {
        (cluster, code): minutes
        for cluster, code, minutes in rows.values_list("cluster", "resource__code", "minutes")
    }


def found_of(project: Project) -> list[dict[str, str]]:
    """Lists what the newest look at each cluster found of one project, with what mends it."""
    names = {project.slug, association_of(ProjectId(project.slug))}
    return [
        {"cluster": state.name, **one}
        for state in cluster_states()
        for one in state.found
        if one["subject"] in names
    ]


def orders_of(project: Project) -> list[dict[str, Any]]:
    """Lists the newest orders about one project, among the newest batches to the clusters."""
    name = association_of(ProjectId(project.slug))
    return [
        {"order": order, "verb": step["verb"], "reason": step["reason"]}
        for order in list_orders(LOOKED_THROUGH)
        for step in order.steps
        if step.get("account") == name
    ]


def _lost(cluster: str) -> dict[ProjectId, dict[ResourceCode, int]]:
    lost: dict[ProjectId, dict[ResourceCode, int]] = {}
    for (project, resource), counter in counters_of(cluster).items():
        if counter.lost:
            lost.setdefault(project, {})[resource] = counter.lost
    return lost


def _levers() -> dict[str, list[Lever]]:
    levers: dict[str, list[Lever]] = {}
    for row in Lever.objects.select_related("project"):
        levers.setdefault(row.project.slug, []).append(row)
    return levers


def _with_office(
    limit: ProjectLimit, projects: Mapping[str, Project], levers: Mapping[str, list[Lever]]
) -> ProjectLimit:
    project = projects[limit.project]
    members = {member.person.username for member in project.members.all()}
    mine = levers.get(limit.project, [])
    return replace(
        limit,
        members=tuple(sorted(members | {project.lead.username})),
        hold=_reasons(mine, Lever.Kind.HOLD),
        held=any(row.kind == Lever.Kind.HOLD for row in mine),
        boost=_reasons(mine, Lever.Kind.BOOST),
    )


def _reasons(levers: Iterable[Lever], kind: Lever.Kind) -> str:
    return "; ".join(row.reason for row in levers if row.kind == kind and row.lifted_at is None)
