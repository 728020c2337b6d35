"""Reads of opinions: panel scores and stakes."""

from fractions import Fraction

from django.db.models import Count, F, QuerySet, Sum

from apportion.apps.apply.queries import Request
from apportion.apps.people.queries import Person
from apportion.apps.review.models import Conflict, Opinion
from apportion.core.ids import PersonId
from apportion.core.review import Stake, is_conflicted
from apportion.core.review.calibration import Calibration, Mark, calibrate


def panel_scores(round_slug: str) -> dict[str, Fraction]:
    """Averages the written opinions of each request of a round, exactly."""
    rows = (
        Opinion.objects.filter(request__round__slug=round_slug, written_at__isnull=False)
        .order_by()
        .values_list("request__ref")
        .annotate(Sum("score_hundredths"), Count("id"))
    )
    return {ref: Fraction(int(total), 100 * count) for ref, total, count in rows}


def calibration_of(round_slug: str) -> Calibration:
    """Fits the reviewers of a round as a model, from every opinion written so far."""
    rows = Opinion.objects.filter(request__round__slug=round_slug, written_at__isnull=False)
    return calibrate(
        Mark(request=ref, reviewer=name, score=Fraction(hundredths, 100))
        for ref, name, hundredths in rows.order_by().values_list(
            "request__ref", "reviewer__username", "score_hundredths"
        )
        if hundredths is not None
    )


def has_opinions(round_slug: str) -> bool:
    """Says whether anybody has written an opinion in a round yet."""
    return Opinion.objects.filter(
        request__round__slug=round_slug, written_at__isnull=False
    ).exists()


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


Written = Opinion  # the type of an opinion, for doors that may not touch tables


def reviews_of(person: Person) -> QuerySet[Opinion]:
    """Finds what a person was asked to read, what is still to be written first."""
    rows = Opinion.objects.filter(reviewer=person)
    rows = rows.select_related("request__project__area", "request__round")
    return rows.order_by(F("written_at").asc(nulls_first=True), "request__ref")


def count_open_reviews(person: Person) -> int:
    """Counts what a person has still to write."""
    return Opinion.objects.filter(
        reviewer=person, written_at__isnull=True, request__state="submitted"
    ).count()


def opinion_by(person: Person, request: Request) -> Opinion | None:
    """Finds a person's opinion of a request."""
    return Opinion.objects.filter(request=request, reviewer=person).first()


def count_missing_opinions(round_slug: str) -> tuple[int, int]:
    """Counts opinions asked for and not written, and the requests that they are missing for."""
    rows = Opinion.objects.filter(
        request__round__slug=round_slug, request__state="submitted", written_at__isnull=True
    )
    found = rows.aggregate(opinions=Count("id"), requests=Count("request", distinct=True))
    return found["opinions"], found["requests"]
