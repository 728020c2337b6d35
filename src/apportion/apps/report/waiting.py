"""What waits for those who lead projects: alerts that nobody has acknowledged."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.apps.report.alert_queries import open_alerts_of


def waiting_for(person: Person, now: datetime) -> list[Waiting]:  # noqa: ARG001  every app's takes it
    """Lists the alerts on a person's own projects."""
    if not may(person, "alert.acknowledge"):
        return []
    return [
        Waiting(
            key=f"alert:{row.pk}",
            kind="alert",
            words=f"{row.project}: {row.get_kind_display()}, {row.resource}",
            act="Look and say so",
            path=f"{reverse('report:project', args=[row.project.slug])}?"
            + urlencode({"resource": row.resource}),
            since_at=row.raised_at,
        )
        for row in open_alerts_of(person)
    ]
