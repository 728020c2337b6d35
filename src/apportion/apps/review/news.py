"""Who is asked for an opinion, reminded of one, or told that one is overdue."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.people.news import News
from apportion.apps.review.models import Happening
from apportion.core.notice.paces import About

WORDS = {
    Happening.Kind.ASKED: "You are asked to read {}",
    Happening.Kind.REMINDED: "Your opinion on {} is still to be written",
    Happening.Kind.ESCALATED: "Your opinion on {} is overdue; the chair is told",
}


def news_since(since: datetime) -> list[News]:
    """Lists what reviewers are told since."""
    rows = Happening.objects.filter(kind__in=WORDS, at__gte=since, person__isnull=False)
    rows = rows.select_related("request__round")
    return [
        News(
            key=f"review:{row.pk}",
            about=About.REMINDER,
            words=WORDS[Happening.Kind(row.kind)].format(row.request.title),
            path=reverse("review:opinion", args=[row.request.ref]),
            at=row.at,
            people=(row.person_id,) if row.person_id else (),
        )
        for row in rows.order_by("id")
    ]
