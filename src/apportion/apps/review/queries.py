"""Reads of opinions: panel scores and stakes."""

from fractions import Fraction
from functools import lru_cache

from django.db.models import Count, F, Q, QuerySet, Sum

from apportion.adapters.files.parse_review import parse_review
from apportion.apps.apply.queries import Request
from apportion.apps.people.queries import Anyone, Person, may, roles_of
from apportion.apps.review.models import Conflict, Opinion
from apportion.apps.rounds.queries import Round, policy_text
from apportion.core.ids import PersonId
from apportion.core.review import Stake, is_conflicted
from apportion.core.review.calibration import Calibration, Mark, calibrate
from apportion.core.review.terms import Names, ReviewTerms

# What was set aside or declined is kept, and counts for nothing.
COUNTS = Q(declined_at__isnull=True, set_aside_at__isnull=True)


def terms_of(row: Round) -> ReviewTerms:
    """Reads how a round is reviewed, from the policy in force."""
    return _terms(policy_text(row), row.slug)


@lru_cache(maxsize=16)  # one text of a few pages each
def _terms(text: str, slug: str) -> ReviewTerms:
    return parse_review(text.encode(), f"{slug}/round.toml")


def hides_applicants(viewer: Anyone, row: Round) -> bool:
    """Says whether who asks must stay hidden from a viewer: a blind round, from whom only reviews."""
    if not _only_reviews(viewer) or row.state not in {"open", "review"}:
        return False
    return terms_of(row).names is Names.BLIND


def hides_any_applicants(viewer: Anyone) -> bool:
    """Says whether names of applicants must stay hidden from a viewer; remembered for one request."""
    known: bool | None = getattr(viewer, "_hides", None)
    if known is None:
        rows = Round.objects.filter(state__in=["open", "review"]) if _only_reviews(viewer) else ()
        known = any(hides_applicants(viewer, row) for row in rows)
        viewer._hides = known  # type: ignore[union-attr]  # noqa: SLF001  a per-request memo
    return known


def _only_reviews(viewer: Anyone) -> bool:
    """Those who also see the whole panel decide with names; a reviewer who also applies does not."""
    return "reviewer" in roles_of(viewer) and not may(viewer, "review.panel")


def panel_scores(round_slug: str) -> dict[str, Fraction]:
    """Averages the written opinions of each request of a round, exactly."""
    rows = (
        Opinion.objects.filter(COUNTS, request__round__slug=round_slug, written_at__isnull=False)
        .order_by()
        .values_list("request__ref")
        .annotate(Sum("score_hundredths"), Count("id"))
    )
    return {ref: Fraction(int(total), 100 * count) for ref, total, count in rows}


def calibration_of(round_slug: str) -> Calibration:
    """Fits the reviewers of a round as a model, from every opinion written so far."""
    return fit_reviewers(marks_of(round_slug))


@lru_cache(maxsize=16)  # kept by the opinions themselves: another score is another model
def fit_reviewers(marks: tuple[Mark, ...]) -> Calibration:
    """Fits a model to opinions, once for the same ones: a seventh of a second for 1,500."""
    return calibrate(marks)


def marks_of(round_slug: str) -> tuple[Mark, ...]:
    """Reads every opinion of a round that counts, as the model sees it."""
    rows = Opinion.objects.filter(COUNTS, request__round__slug=round_slug, written_at__isnull=False)
    return tuple(
        Mark(request=ref, reviewer=name, score=Fraction(hundredths, 100))
        for ref, name, hundredths in rows.order_by().values_list(
            "request__ref", "reviewer__username", "score_hundredths"
        )
        if hundredths is not None
    )


def has_opinions(round_slug: str) -> bool:
    """Says whether anybody has written an opinion in a round yet."""
    return Opinion.objects.filter(
        COUNTS, request__round__slug=round_slug, written_at__isnull=False
    ).exists()


def stake_of(request: Request) -> Stake:
    """Collects who stands behind a request."""
    members = {
        *request.project.members.values_list("person__username", flat=True),
        *request.co_authors.values_list("person__username", flat=True),
    }
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
    """Lists the opinions on a request that count."""
    return list(
        request.opinions.filter(COUNTS).select_related("reviewer").order_by("assigned_at", "id")
    )


Written = Opinion  # the type of an opinion, for doors that may not touch tables


def reviews_of(person: Person) -> QuerySet[Opinion]:
    """Finds what a person was asked to read, what is still to be written first."""
    rows = Opinion.objects.filter(COUNTS, reviewer=person)
    rows = rows.select_related("request__project__area", "request__round")
    return rows.order_by(F("written_at").asc(nulls_first=True), "request__ref")


def count_open_reviews(person: Person) -> int:
    """Counts what a person has still to write."""
    return Opinion.objects.filter(
        COUNTS, reviewer=person, written_at__isnull=True, request__state="submitted"
    ).count()


def opinion_by(person: Person, request: Request) -> Opinion | None:
    """Finds a person's opinion of a request."""
    return Opinion.objects.filter(request=request, reviewer=person).first()


def count_missing_opinions(round_slug: str) -> tuple[int, int]:
    """Counts opinions asked for and not written, and the requests that they are missing for."""
    rows = Opinion.objects.filter(
        COUNTS, request__round__slug=round_slug, request__state="submitted", written_at__isnull=True
    )
    found = rows.aggregate(opinions=Count("id"), requests=Count("request", distinct=True))
    return found["opinions"], found["requests"]
