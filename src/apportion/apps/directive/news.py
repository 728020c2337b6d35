"""Code red: in force, over, paid back or broken; told to all who lead projects and who decide."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.directive.models import Directive
from apportion.apps.people.news import News
from apportion.apps.people.queries import people_as
from apportion.core.notice.paces import About


def news_since(since: datetime) -> list[News]:
    """Lists the steps of directives since."""
    fresh = Q(adopted_at__gte=since) | Q(over_at__gte=since)
    fresh |= Q(settled_at__gte=since) | Q(missed_at__gte=since)
    rows = list(Directive.objects.filter(fresh).order_by("id"))
    people = _everybody_concerned() if rows else ()
    found = []
    for row in rows:
        steps = (
            ("in_force", f"in force until {row.ends_at:%Y-%m-%d}", row.adopted_at),
            ("over", f"over; to be paid back by {row.payback_by:%Y-%m-%d}", row.over_at),
            ("paid_back", "paid back", row.settled_at),
            ("missed", "its payback was missed", row.missed_at),
        )
        found += [
            News(
                key=f"directive:{row.ref}:{verb}",
                about=About.DIRECTIVE,
                kind=f"directive.{verb}",
                words=f"Code red {row.ref}: {words}",
                body=row.purpose,
                path=reverse("directive:show", args=[row.ref]),
                at=at,
                people=people,
                facts={
                    "directive": row.ref,
                    "state": row.state,
                    "ends_at": row.ends_at.isoformat(),
                    "payback_by": row.payback_by.isoformat(),
                },
            )
            for verb, words, at in steps
            if at is not None and at >= since
        ]
    return found


def _everybody_concerned() -> tuple[int, ...]:
    leads = {project.lead_id for project in projects_by_slug().values()}
    seats = {person.pk for kind in ("board", "operator") for person in people_as(kind)}
    return tuple(sorted(leads | seats))
