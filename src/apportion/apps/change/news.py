"""Changes that were answered, and projects that are told to wind down."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apportion.apps.change.models import Change, WindDown
from apportion.apps.people.news import News
from apportion.core.notice.paces import About


def news_since(since: datetime) -> list[News]:
    """Lists the answers given and the steps of winding down since."""
    return [*_answers(since), *_endings(since)]


def _answers(since: datetime) -> list[News]:
    rows = Change.objects.filter(answered_at__gte=since).select_related("project", "resource")
    return [
        News(
            key=f"change:{row.ref}:{row.state}",
            about=About.CHANGE,
            kind="change.answered",
            words=f"{row.get_what_display()} for {row.project.title}: "
            f"{row.get_state_display().lower()}",
            body=row.answer,
            path=reverse("change:show", args=[row.ref]),
            at=row.answered_at,
            people=tuple(dict.fromkeys((row.asked_by_id, row.project.lead_id))),
            facts={"change": row.ref, "project": row.project.slug, "state": row.state},
        )
        for row in rows.order_by("id")
        if row.answered_at is not None
    ]


def _endings(since: datetime) -> list[News]:
    fresh = Q(noticed_at__gte=since) | Q(confirmed_at__gte=since) | Q(over_at__gte=since)
    rows = WindDown.objects.filter(fresh).select_related("project")
    found = []
    for row in rows.prefetch_related("project__members").order_by("id"):
        people = (row.project.lead_id, *(one.person_id for one in row.project.members.all()))
        steps = (
            ("noticed", f"is to end on {row.last_at:%Y-%m-%d}", row.noticed_at),
            ("confirmed", f"ends on {row.last_at:%Y-%m-%d}: it is confirmed", row.confirmed_at),
            ("over", row.get_stage_display().lower(), row.over_at),
        )
        found += [
            News(
                key=f"winddown:{row.ref}:{verb}",
                about=About.WINDDOWN,
                kind=f"winddown.{verb}",
                words=f"{row.project.title}: {words}",
                body=row.reason if verb == "noticed" else "",
                path=reverse("change:notice", args=[row.ref]),
                at=at,
                people=people,
                facts={"winddown": row.ref, "project": row.project.slug, "stage": row.stage},
            )
            for verb, words, at in steps
            if at is not None and at >= since
        ]
    return found
