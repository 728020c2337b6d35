"""Appeals filed and ruled upon: for those who appealed and for those who decide."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apportion.apps.appeal.models import Appeal
from apportion.apps.people.news import News
from apportion.core.notice.paces import About


def news_since(since: datetime) -> list[News]:
    """Lists the appeals that were filed, became late or came to an end since."""
    fresh = Q(filed_at__gte=since) | Q(over_at__gte=since) | Q(late_at__gte=since)
    rows = Appeal.objects.filter(fresh).select_related("request__project")
    rows = rows.prefetch_related("deciders").order_by("id")
    found: list[News] = []
    for row in rows:
        mine = (row.filed_by_id, row.request.author_id, row.request.project.lead_id)
        deciders = tuple(one.person_id for one in row.deciders.all() if one.recused_at is None)
        if row.filed_at >= since:
            found.append(_news(row, "filed", "has been filed", row.filed_at, deciders))
        if row.late_at is not None and row.late_at >= since:
            found.append(_news(row, "late", "is overdue", row.late_at, (*mine, *deciders)))
        if row.over_at is not None and row.over_at >= since:
            words = row.get_state_display().lower()
            found.append(_news(row, "closed", words, row.over_at, mine))
    return found


def _news(row: Appeal, verb: str, words: str, at: datetime, people: tuple[int, ...]) -> News:
    return News(
        key=f"appeal:{row.ref}:{verb}:{row.state if verb == 'closed' else ''}",
        about=About.APPEAL,
        kind=f"appeal.{verb}",
        words=f"The appeal {row.ref}: {words}",
        body=row.reasons if verb == "closed" else "",
        path=reverse("appeal:show", args=[row.ref]),
        at=at,
        people=tuple(dict.fromkeys(people)),
        facts={"appeal": row.ref, "request": row.request.ref, "state": row.state},
    )
