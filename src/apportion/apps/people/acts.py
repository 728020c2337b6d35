"""The trail of what was done to accounts, roles and tokens: who, for whom, about whom, when."""

from datetime import datetime

from apportion.apps.people.models import Act, Person
from apportion.apps.people.queries import acts_for


def note_act(
    *, by: Person | None, about: Person | None, verb: str, words: str, now: datetime
) -> Act:
    """Writes one line of the trail; `by` is None where the office itself or a directory acted.

    Somebody who acts for another is named with the one they act for.
    """
    giver = acts_for(by) if by else None
    return Act.objects.create(
        at=now, by=by, on_behalf_of=giver, about=about, verb=verb, words=words[:300]
    )


def acts_about(person: Person, *, most: int = 50) -> list[Act]:
    """Lists what was done about a person, the latest first."""
    return list(
        person.acts_about.select_related("by", "on_behalf_of").order_by("-at", "-id")[:most]
    )
