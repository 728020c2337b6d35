"""What projects used day by day, by end state and by job name: what forecasts are made of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from apportion.apps.meter.models import Charge
from apportion.core.ways_to_last import Ended


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What a project used of a resource lately: by day, by end state, by job name."""

    by_day: dict[date, int]
    ended: tuple[Ended, ...]
    by_name: dict[str, int]


def recent_use(project: str, *, resource: str, since: datetime) -> Recent:
    """Sums a project's use of a resource three ways. One statement."""
    days = TruncDate("ended_at", tzinfo=UTC)
    groups = _since(since, project).filter(resource=resource).annotate(day=days)
    sums = groups.values_list("day", "state", "name").annotate(
        Count("job", distinct=True), Sum("unit_seconds"), Sum("refunded_seconds")
    )
    by_day: dict[date, int] = {}
    by_state: dict[str, tuple[int, int]] = {}
    by_name: dict[str, int] = {}
    for day, state, name, jobs, gross, back in sums:
        used = int(gross) - int(back or 0)
        by_day[day] = by_day.get(day, 0) + used
        by_name[name] = by_name.get(name, 0) + used
        before = by_state.get(state, (0, 0))
        by_state[state] = (before[0] + jobs, before[1] + used)
    ended = (Ended(state=s, jobs=jobs, used=used) for s, (jobs, used) in sorted(by_state.items()))
    return Recent(by_day=by_day, ended=tuple(ended), by_name=by_name)


def _since(since: datetime, project: str | None) -> QuerySet[Charge]:
    rows = Charge.objects.filter(project__isnull=False, ended_at__gt=since).order_by()
    return rows if project is None else rows.filter(project__slug=project)
