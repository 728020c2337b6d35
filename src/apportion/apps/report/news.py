"""Alerts: a project told that its credits go."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.people.news import News
from apportion.apps.report.alert_queries import find_alerts
from apportion.core.notice.paces import About


def news_since(since: datetime) -> list[News]:
    """Lists the alerts that were raised since, for those who work on the project."""
    rows = find_alerts().filter(raised_at__gte=since).prefetch_related("project__members")
    return [
        News(
            key=f"alert:{row.pk}",
            about=About.ALERT,
            kind="alert.raised",
            words=f"{row.project.title}, {row.resource}: {row.get_kind_display()}",
            path=reverse("report:project", args=[row.project.slug]),
            at=row.raised_at,
            people=(
                row.project.lead_id,
                *(one.person_id for one in row.project.members.all()),
            ),
            facts={"project": row.project.slug, "resource": row.resource, "alert": row.kind},
        )
        for row in rows
    ]
