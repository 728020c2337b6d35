"""Reads of consents: which decisions the public record may tell."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from apportion.apps.decide.history import Decided, decided_awards
from apportion.apps.people.queries import Person
from apportion.apps.publishing.models import Telling
from apportion.core.claims.disclosure import Rule

COLUMNS = ("request", "round", "area", "outcome", "may_be_told", "said_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person last said of one of their own decisions; None: nothing yet."""

    request: str
    round: str
    area: str
    outcome: str
    may_be_told: bool | None
    said_at: datetime | None


def rule() -> Rule:
    """What the site's policy says of single decisions."""
    return Rule(settings.APPORTION_PUBLISH)


def consented() -> frozenset[str]:
    """Lists the requests whose authors let their decision be told."""
    rows = Telling.objects.order_by("id").values_list("request__ref", "gives")
    newest = dict(rows)
    return frozenset(ref for ref, gives in newest.items() if gives)


def said_by(person: Person) -> list[Said]:
    """Lists a person's decided requests with what the person said of each."""
    mine = first_awards([one for one in decided_awards() if one.author == person.username])
    rows = Telling.objects.filter(request__ref__in=[one.request for one in mine]).order_by("id")
    last = {
        ref: (gives, at) for ref, gives, at in rows.values_list("request__ref", "gives", "said_at")
    }
    return [
        Said(
            request=one.request,
            round=one.round,
            area=one.area,
            outcome=one.outcome,
            may_be_told=last[one.request][0] if one.request in last else None,
            said_at=last[one.request][1] if one.request in last else None,
        )
        for one in mine
    ]


def first_awards(awards: list[Decided]) -> list[Decided]:
    """Takes one award of each request."""
    first: dict[str, Decided] = {}
    for award in awards:
        first.setdefault(award.request, award)
    return list(first.values())
