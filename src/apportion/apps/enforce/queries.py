"""Reads of limits: what the books want, and what was last told and heard."""

from datetime import datetime

from django.db.models import Case, F, QuerySet, When

from apportion.apps.apply.queries import Project
from apportion.apps.enforce.models import Limit
from apportion.apps.ledger.queries import credited
from apportion.apps.rounds.queries import resource_units
from apportion.core.enforce.desired import Credit, ProjectLimit, desired_limits, is_scheduled
from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.ledger import Kind
from apportion.core.units import Resource


def gather_desired(*, now: datetime) -> tuple[ProjectLimit, ...]:
    """Reads what each project was given by now as the limits that the scheduler should hold."""
    scheduled = {
        code
        for code, unit in resource_units().items()
        if is_scheduled(Resource(code=code, unit=unit))
    }
    return desired_limits(
        Credit(project=ProjectId(key.owner), resource=ResourceCode(key.unit), unit_seconds=given)
        for key, given in credited(kind=Kind.PROJECT, until=now).items()
        if key.unit in scheduled
    )


def list_limits() -> list[Limit]:
    """Lists the limits that were told to the scheduler, with what it last said of them."""
    return list(Limit.objects.select_related("project", "resource"))


def last_generation() -> int:
    """Reads the number of the newest orders; 0 before the first."""
    newest = Limit.objects.order_by("-generation").values_list("generation", flat=True).first()
    return newest or 0


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
