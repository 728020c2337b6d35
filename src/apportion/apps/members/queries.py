"""Reads of members and of their caps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apportion.apps.apply.queries import Project
from apportion.apps.members.models import Cap
from apportion.apps.people.queries import Person

Caps = dict[str, dict[str, int | None]]  # by member and resource; None was capped once


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody who works on a project now."""

    person: Person
    is_lead: bool


def workers_on(project: Project) -> list[Worker]:
    """Lists the lead first, then the members by sign-in name, those who left the lab too."""
    rows = project.members.select_related("person").order_by("person__username")
    others = [row.person for row in rows if row.person_id != project.lead_id]
    return [
        Worker(person=project.lead, is_lead=True),
        *(Worker(person=one, is_lead=False) for one in others),
    ]


def newest_caps(*, project: Project) -> list[Cap]:
    """Lists the newest word on each member and resource of a project, liftings too."""
    rows = Cap.objects.filter(project=project).select_related("member", "resource", "set_by")
    newest = {(row.member_id, row.resource_id): row for row in rows.order_by("id")}
    return list(newest.values())


def caps_in_force(*, now: datetime, projects: Iterable[str] | None = None) -> dict[str, Caps]:
    """Maps projects to the caps of their members; a cap that is over or lifted reads None.

    Units: base units.
    """
    rows = Cap.objects.order_by("id")
    if projects is not None:
        rows = rows.filter(project__slug__in=set(projects))
    columns = ("project__slug", "member__username", "resource__code", "amount", "ends_at")
    found: dict[str, Caps] = {}
    for slug, member, resource, amount, ends_at in rows.values_list(*columns):
        is_over = ends_at is not None and ends_at <= now
        found.setdefault(slug, {}).setdefault(member, {})[resource] = None if is_over else amount
    return found


def is_in_force(cap: Cap, now: datetime) -> bool:
    """Says whether a word still holds somebody."""
    return cap.amount is not None and (cap.ends_at is None or cap.ends_at > now)
