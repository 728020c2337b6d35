"""What waits for signers: directives that were previewed and are not signed by them."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.directive.models import Directive
from apportion.apps.directive.queries import latest_preview
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.core.directive.terms import State


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists previews that somebody else drafted and this person has not signed."""
    if not may(person, "directive.sign"):
        return []
    rows = Directive.objects.filter(state__in=[State.PREVIEWED, State.SIGNED], ends_at__gt=now)
    rows = rows.exclude(drafted_by=person).prefetch_related("previews__signatures")
    found = []
    for row in rows.order_by("starts_at", "ref"):
        preview = latest_preview(row)
        if preview is None or any(one.person_id == person.pk for one in preview.signatures.all()):
            continue
        found.append(
            Waiting(
                key=f"directive:{row.ref}:{preview.number}",
                kind="sign",
                words=f"Code red {row.ref}: {row.purpose}",
                act="Read the preview",
                path=reverse("directive:show", args=[row.ref]),
                due_at=row.starts_at,
                since_at=row.drafted_at,
            )
        )
    return found
