"""What an applicant is told of a request: nothing before it is published, then all of it at once."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from apportion.apps.apply.queries import Request, requests_of, submitted_requests, works_on
from apportion.apps.decide.models import Decision, FormerDecision, HeldBack, Letter, Slate
from apportion.apps.decide.queries import document_of
from apportion.apps.decide.wording import write_board, write_reasons, write_ways
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round
from apportion.core.refusals import Code, Refusal, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A published decision, as the applicant and whoever decides an appeal of it read it.

    Units: awards in base units by resource.
    """

    ref: str
    outcome: str
    slate: int
    published_at: datetime
    decided_by: tuple[Person, ...]  # who adopted and who signed: nobody of them decides an appeal
    reasons: tuple[str, ...]
    ways: tuple[str, ...]
    board: str  # what the board wrote of this request
    awards: dict[str, int]
    appeal_until_at: datetime


def outcome_of(row: Request) -> Outcome | None:
    """Finds what was decided about a request; None until it is published."""
    decision = (
        Decision.objects.filter(request=row, published_at__isnull=False)
        .select_related("slate__adopted_by", "request__round")
        .first()
    )
    if decision is None or decision.published_at is None:
        return None
    slate = decision.slate
    overrides = document_of(slate).get("overrides", ())
    awards = decision.awards.select_related("resource")
    return Outcome(
        ref=row.ref,
        outcome=decision.outcome,
        slate=slate.number,
        published_at=decision.published_at,
        decided_by=decided_by(slate),
        reasons=write_reasons(decision.reasons),
        ways=write_ways(decision.counterfactuals),
        board=write_board(overrides).get(row.ref, ""),
        awards={award.resource.code: award.amount for award in awards},
        appeal_until_at=row.round.appeals_until_at,
    )


def decided_by(slate: Slate) -> tuple[Person, ...]:
    """Lists who stands behind a slate: whoever adopted it, and everybody who signed."""
    signed = slate.signatures.filter(signed_at__isnull=False).select_related("person")
    people = [*([slate.adopted_by] if slate.adopted_by else []), *(one.person for one in signed)]
    return tuple({person.pk: person for person in people}.values())


def former_outcomes(row: Request) -> list[FormerDecision]:
    """Lists what was decided about a request before another decision took its place."""
    return list(FormerDecision.objects.filter(request=row).select_related("slate"))


def letters_to(row: Request, person: Person) -> list[Letter]:
    """Lists the letters that a person was written about a request, the newest first."""
    rows = Letter.objects.filter(decision__request=row, person=person)
    return list(rows.order_by("-written_at", "-id"))


def letters_about(row: Request) -> list[Letter]:
    """Lists the letters written about a request, to whomever."""
    rows = Letter.objects.filter(decision__request=row).select_related("person")
    return list(rows.order_by("-written_at", "person__username"))


def letters_of_round(slug: str) -> list[Letter]:
    """Lists the letters of a round, as they were written."""
    rows = Letter.objects.filter(decision__request__round__slug=slug)
    rows = rows.select_related("person", "decision__request")
    return list(rows.order_by("decision__request__ref", "person__username", "id"))


def written_to(row: Round) -> list[Request]:
    """Lists the requests whose letters are still to be written, with who is written to."""
    found = submitted_requests(row.slug)
    prefetch_related_objects(found, "author", "project__lead")
    return found


def letters_waiting(*, most: int = 100) -> list[Letter]:
    """Lists what waits in the outbox to be delivered, the oldest first."""
    rows = Letter.objects.filter(sent_at__isnull=True).select_related("person")
    return list(rows.order_by("written_at", "id")[:most])


def outcomes_to_read(person: Person) -> list[Letter]:
    """Lists the newest letter of each request of a person's that was decided."""
    rows = Letter.objects.filter(person=person).select_related("decision__request__round")
    newest: dict[int, Letter] = {}
    for letter in rows.order_by("-written_at", "-id"):
        newest.setdefault(letter.decision_id, letter)
    return list(newest.values())


def demand_mine(row: Request, by: Person) -> None:
    """Passes for whoever wrote a request or works on its project.

    Refuses: NOT_ALLOWED.
    """
    if row.author_id != by.pk and not works_on(by, row.project):
        remedy = "Its author and its project read this; the board reads it on its own pages."
        raise Refused([Refusal(code=Code.NOT_ALLOWED, subject=row.ref, remedy=remedy)])


def answer_seconds(kind: Round.Kind, *, but: Round) -> tuple[Round | None, list[int]]:
    """Measures from submission to answer in the last round of a kind that was told; sorted."""
    told = Decision.objects.filter(published_at__isnull=False, request__round__kind=kind)
    told = told.exclude(request__round=but).select_related("request__round")
    last = told.order_by("-published_at", "-id").first()
    if last is None:
        return None, []
    rows = told.filter(request__round=last.request.round)
    return last.request.round, sorted(
        max(0, int((after - before).total_seconds()))
        for before, after in rows.values_list("request__submitted_at", "published_at")
        if before is not None and after is not None
    )


def count_undecided(person: Person) -> int:
    """Counts a person's requests that wait for their outcome."""
    return requests_of(person).filter(state=Request.State.SUBMITTED).count()


def has_untold(row: Round) -> bool:
    """Says whether an outcome of a decided round is held back still."""
    held = HeldBack.objects.filter(slate__round=row, told_at__isnull=True)
    return held.filter(request__state=Request.State.SUBMITTED).exists()


def held_back_of(row: Request) -> HeldBack | None:
    """Finds whether a request's outcome is held back; for the board alone."""
    return HeldBack.objects.filter(request=row, told_at__isnull=True).first()
