"""What projects used day by day, by end state and by job name: what forecasts are made of."""

from datetime import UTC, date, datetime

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from apportion.apps.meter.models import Charge
from apportion.core.ways_to_last import Ended

MOST_NAMES = 2_000  # the largest; beyond them nobody looks for a way to save


def use_by_day(
    *, since: datetime, project: str | None = None
) -> dict[tuple[str, str], dict[date, int]]:
    """Sums use by project, resource and UTC day of a job's end, without refunds. One statement.

    Units: unit_seconds.
    """
    found: dict[tuple[str, str], dict[date, int]] = {}
    days = TruncDate("ended_at", tzinfo=UTC)
    rows = _since(since, project).annotate(day=days).values_list("project__slug", "resource", "day")
    for slug, resource, day, used, back in rows.annotate(
        Sum("unit_seconds"), Sum("refunded_seconds")
    ):
        found.setdefault((slug, resource), {})[day] = int(used) - int(back or 0)
    return found


def use_by_state(project: str, *, resource: str, since: datetime) -> list[Ended]:
    """Sums a project's use by the state in which jobs ended."""
    rows = _since(since, project).filter(resource=resource, is_open=False)
    sums = rows.values_list("state").annotate(Count("job", distinct=True), Sum("unit_seconds"))
    return [Ended(state=state, jobs=jobs, used=int(used)) for state, jobs, used in sums]


def use_by_name(project: str, *, resource: str, since: datetime) -> dict[str, int]:
    """Sums a project's use by job name, the largest first."""
    rows = _since(since, project).filter(resource=resource)
    sums = rows.values_list("name").annotate(used=Sum("unit_seconds")).order_by("-used", "name")
    return {name: int(used) for name, used in sums[:MOST_NAMES]}


def _since(since: datetime, project: str | None) -> QuerySet[Charge]:
    rows = Charge.objects.filter(project__isnull=False, ended_at__gt=since).order_by()
    return rows if project is None else rows.filter(project__slug=project)
