"""What became of requests: one event for each decision that is told; its letters wait in the outbox."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.decide.models import Decision, Letter
from apportion.apps.people.news import News
from apportion.core.notice.paces import About


def news_since(since: datetime) -> list[News]:
    """Lists the decisions that were published since."""
    rows = Decision.objects.filter(published_at__gte=since)
    rows = rows.select_related("request__project", "request__round", "slate")
    return [
        News(
            key=f"decision:{row.request.ref}:{row.slate.number}",
            about=About.DECISION,
            kind="decision.published",
            words=f"{row.request.ref}: {row.get_outcome_display().lower()}",
            path=reverse("report:request", args=[row.request.ref]),
            at=row.published_at,
            facts={
                "request": row.request.ref,
                "project": row.request.project.slug,
                "round": row.request.round.slug,
                "outcome": row.outcome,
            },
        )
        for row in rows.order_by("published_at", "id")
        if row.published_at is not None
    ]


def letters_out(*, most: int = 500) -> list[News]:
    """Reads the outbox, the oldest first: each letter as news for the one it is written to.

    The caller hands them over and marks them in one transaction.
    """
    rows = Letter.objects.filter(sent_at__isnull=True).select_related("decision__request")
    return [
        News(
            key=f"letter:{row.pk}",
            about=About.DECISION,
            words=row.subject,
            body=row.body,
            path=reverse("decide:outcome", args=[row.decision.request.ref]),
            at=row.written_at,
            people=(row.person_id,),
        )
        for row in rows.order_by("written_at", "id")[:most]
    ]


def mark_letters(keys: list[str], *, now: datetime) -> int:
    """Notes that letters have left the outbox; once they have, they stay out."""
    numbers = [int(key.removeprefix("letter:")) for key in keys]
    return Letter.objects.filter(pk__in=numbers, sent_at__isnull=True).update(sent_at=now)


def published_at_of(refs: list[str]) -> dict[str, datetime]:
    """Reads when the decisions of requests were told."""
    rows = Decision.objects.filter(request__ref__in=refs, published_at__isnull=False)
    told = rows.values_list("request__ref", "published_at")
    return {ref: at for ref, at in told if at is not None}
