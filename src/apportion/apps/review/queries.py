"""Reads of opinions: panel scores and stakes."""

from fractions import Fraction

from django.db.models import Count, Sum

from apportion.apps.apply.queries import Request
from apportion.apps.people.queries import Person
from apportion.apps.review.models import Conflict, Opinion
from apportion.core.ids import PersonId
from apportion.core.review import Stake, is_conflicted


def panel_scores(round_slug: str) -> dict[str, Fraction]:
    """Averages the written opinions of each request of a round, exactly."""
    rows = (
        Opinion.objects.filter(request__round__slug=round_slug, written_at__isnull=False)
        .order_by()
        .values_list("request__ref")
        .annotate(Sum("score_hundredths"), Count("id"))
    )
    return {ref: Fraction(int(total), 100 * count) for ref, total, count in rows}


def stake_of(request: Request) -> Stake:
    """Collects who stands behind a request."""
    members = request.project.members.values_list("person__username", flat=True)
    declared = Conflict.objects.filter(request=request).values_list("person__username", flat=True)
    return Stake(
        lead=PersonId(request.project.lead.username),
        author=PersonId(request.author.username),
        members=frozenset(PersonId(name) for name in members),
        declared=frozenset(PersonId(name) for name in declared),
    )


def has_stake(person: Person, request: Request) -> bool:
    """Says whether a person may not judge a request."""
    return is_conflicted(PersonId(person.username), stake_of(request))


def opinions_of(request: Request) -> list[Opinion]:
    """Lists the opinions on a request."""
    return list(request.opinions.select_related("reviewer").order_by("assigned_at", "id"))
