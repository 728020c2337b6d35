"""Progress reports that projects owe: noted when one falls due, and struck off when it is filed."""

from collections.abc import Iterable
from datetime import datetime

from apportion.apps.apply.models import Project, ReportDue


def owe_reports(dues: Iterable[tuple[int, datetime]]) -> list[ReportDue]:
    """Notes reports that projects owe, and gives those that are new; the rest stay as they are.

    Shape: each due names a project by its number, with the instant at which it was due.
    """
    wanted = set(dues)
    known = set(
        ReportDue.objects.filter(project_id__in={number for number, _ in wanted}).values_list(
            "project_id", "due_at"
        )
    )
    fresh = [ReportDue(project_id=number, due_at=at) for number, at in sorted(wanted - known)]
    return ReportDue.objects.bulk_create(fresh, ignore_conflicts=True)


def hand_in(project: Project, due_at: datetime, *, now: datetime) -> None:
    """Strikes a report off; one that was never noted is noted as handed in."""
    ReportDue.objects.update_or_create(
        project=project, due_at=due_at, defaults={"handed_in_at": now}
    )


def owed_since(now: datetime) -> list[ReportDue]:
    """Lists the reports whose day has come and that were not handed in, the oldest first."""
    rows = ReportDue.objects.filter(handed_in_at__isnull=True, due_at__lte=now)
    return list(rows.select_related("project__lead").order_by("due_at", "project__slug"))
