"""What waits for those who look at what the fast lane granted."""

from datetime import datetime

from django.urls import reverse

from apportion.apps.apply.fast_checks import checks_to_do
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.apps.review.queries import has_stake
from apportion.apps.rounds.wording import count_of


def waiting_for(person: Person, now: datetime) -> list[Waiting]:  # noqa: ARG001  every app's takes it
    """Lists, in one line, the drawn awards that a person may look at."""
    if not may(person, "fastlane.check"):
        return []
    drawn = [one for one in checks_to_do() if one.finding == "open"]
    drawn = [one for one in drawn if not has_stake(person, one.request)]
    if not drawn:
        return []
    return [
        Waiting(
            key="fastlane",
            kind="check",
            words=f"{count_of(len(drawn), 'award')} of the fast lane drawn to be looked at",
            act="Look at them",
            path=reverse("grant:fastlane"),
            since_at=drawn[0].drawn_at,
        )
    ]
