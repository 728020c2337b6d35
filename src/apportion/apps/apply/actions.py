"""Starting projects; drafting, submitting and withdrawing requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.models import Member, Project, Request, RequestAmount
from apportion.apps.apply.queries import draft_of, works_on
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import Area, Round, policy_of, resources_by_code
from apportion.core.apply import check_draft
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.refusals import Code, Refusal, Refused

# (state, verb) -> state; what is absent is refused.
LIFECYCLE: dict[tuple[str, str], str] = {
    (Request.State.DRAFT, "submit"): Request.State.SUBMITTED,
    (Request.State.DRAFT, "withdraw"): Request.State.WITHDRAWN,
    (Request.State.SUBMITTED, "reopen"): Request.State.DRAFT,
    (Request.State.SUBMITTED, "withdraw"): Request.State.WITHDRAWN,
    (Request.State.SUBMITTED, "decide"): Request.State.DECIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an author writes. Units: amounts as (minimum, ask) in base units."""

    title: str
    question: str
    amounts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    if_minimum: str = ""
    groups: str = ""
    either_or: str = ""
    requires: tuple[str, ...] = ()


def start_project(*, slug: str, title: str, area: Area, lead: Person, now: datetime) -> Project:
    """Starts a project, which is what requests, grants and charges belong to.

    Refuses: OUT_OF_RANGE for a slug that cannot be an id, ALREADY_DONE for one in use.
    """
    if not is_id(slug):
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"project {slug!r}", ID_REMEDY)])
    if Project.objects.filter(slug=slug).exists():
        raise Refused([_refuse(Code.ALREADY_DONE, f"project {slug!r}", "Choose another slug.")])
    return Project.objects.create(slug=slug, title=title, area=area, lead=lead, created_at=now)


def add_member(*, project: Project, person: Person) -> None:
    """Lets a person work on a project."""
    Member.objects.get_or_create(project=project, person=person)


def save_draft(
    *,
    round_row: Round,
    project: Project,
    wish: Wish,
    by: Person,
    now: datetime,
    ref: str | None = None,
) -> Request:
    """Saves a request as a draft: a new one, or the one with this reference.

    Refuses: NOT_ALLOWED, ROUND_NOT_OPEN, WRONG_STATE, MINIMUM_ABOVE_ASK, NOT_FOUND.
    """
    demand(by, "request.file")
    if not works_on(by, project):
        raise Refused(
            [_refuse(Code.NOT_ALLOWED, project.title, "Ask its lead to add you to the project.")]
        )
    with transaction.atomic():
        # The round's row is the lock under which references are numbered.
        round_row = lock_round(round_row)
        _demand_open(round_row, now)
        row = Request.objects.filter(ref=ref).first() if ref else None
        if row is None:
            row = Request(
                ref=ref or next_ref(round_row), round=round_row, author=by, created_at=now
            )
        elif row.state != Request.State.DRAFT or row.round_id != round_row.pk:
            raise Refused([_refuse(Code.WRONG_STATE, row.ref, "Only a draft can be changed.")])
        row.project, row.title, row.question = project, wish.title.strip(), wish.question.strip()
        row.if_minimum, row.groups, row.either_or = wish.if_minimum, wish.groups, wish.either_or
        row.save()
        _write_amounts(row, wish.amounts)
        row.requires.set(_find_links(row, wish.requires))
    return row


def submit_request(*, row: Request, by: Person, now: datetime) -> Request:
    """Submits a draft to its round.

    Refuses: NOT_ALLOWED, ROUND_NOT_OPEN, WRONG_STATE, and what core.apply.check_draft finds.
    """
    _demand_author(row, by)
    with transaction.atomic():
        row = Request.objects.select_for_update().select_related("project__area").get(pk=row.pk)
        _demand_open(row.round, now)
        _step(row, "submit")
        refusals = check_draft(draft_of(row), policy_of(row.round))
        if refusals:
            raise Refused(refusals)
        row.submitted_at = now
        row.save(update_fields=["state", "submitted_at"])
    return row


def reopen_request(*, row: Request, by: Person, now: datetime) -> Request:
    """Takes a submitted request back into a draft while the round is still open.

    Refuses: NOT_ALLOWED, ROUND_NOT_OPEN, WRONG_STATE.
    """
    _demand_author(row, by)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        _demand_open(row.round, now)
        _step(row, "reopen")
        row.submitted_at = None
        row.save(update_fields=["state", "submitted_at"])
    return row


def withdraw_request(*, row: Request, by: Person) -> Request:
    """Withdraws a request before it is decided.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    _demand_author(row, by)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        _step(row, "withdraw")
        row.save(update_fields=["state"])
    return row


def lower_minimum(*, row: Request, resource: str, to: int) -> None:
    """Writes a smaller minimum into a submitted request, once its applicant agreed; evidence calls it.

    Refuses: WRONG_STATE, OUT_OF_RANGE.
    """
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        if row.state != Request.State.SUBMITTED:
            raise Refused([_refuse(Code.WRONG_STATE, row.ref, "Only before its decision.")])
        amount = row.amounts.filter(resource__code=resource).first()
        if amount is None or not 0 < to < amount.minimum:
            remedy = "Name an amount above zero and below the minimum."
            raise Refused([_refuse(Code.OUT_OF_RANGE, row.ref, remedy)])
        amount.minimum = to
        amount.save(update_fields=["minimum"])


def mark_decided(*, requests: list[Request]) -> None:
    """Moves requests on once their decision stands; the decide stage calls this."""
    Request.objects.filter(pk__in=[row.pk for row in requests]).update(state=Request.State.DECIDED)


def next_ref(round_row: Round) -> str:
    """Numbers the next request of a round: w1-7 after w1-6."""
    prefix = f"{round_row.slug}-"
    taken = Request.objects.filter(round=round_row, ref__startswith=prefix)
    numbers = [
        int(ref.removeprefix(prefix))
        for ref in taken.values_list("ref", flat=True)
        if ref.removeprefix(prefix).isdigit()
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _write_amounts(row: Request, amounts: Mapping[str, tuple[int, int]]) -> None:
    resources = resources_by_code()
    row.amounts.all().delete()
    for code, (minimum, ask) in amounts.items():
        if code not in resources:
            raise Refused([_refuse(Code.NOT_FOUND, f"resource {code!r}", "Use one of the pool's.")])
        if not 0 < minimum <= ask:
            remedy = f"Give {code} a minimum above zero and at most the ask."
            raise Refused([_refuse(Code.MINIMUM_ABOVE_ASK, row.ref, remedy)])
        RequestAmount.objects.create(
            request=row, resource=resources[code], minimum=minimum, ask=ask
        )


def _find_links(row: Request, refs: tuple[str, ...]) -> list[Request]:
    found = list(Request.objects.filter(round_id=row.round_id, ref__in=refs).exclude(pk=row.pk))
    missing = sorted(set(refs) - {link.ref for link in found})
    if missing:
        remedy = f"Name other requests of this round; not {', '.join(missing)}."
        raise Refused([_refuse(Code.NOT_FOUND, row.ref, remedy)])
    return found


def _demand_open(row: Round, now: datetime) -> None:
    if row.state != Round.State.OPEN or now >= row.requests_close_at:
        remedy = f"It took requests until {row.requests_close_at:%d %b %Y %H:%M} UTC."
        raise Refused([_refuse(Code.ROUND_NOT_OPEN, row.name, remedy)])


def _demand_author(row: Request, by: Person) -> None:
    demand(by, "request.file")
    if row.author_id != by.pk and not works_on(by, row.project):
        raise Refused(
            [_refuse(Code.NOT_ALLOWED, row.ref, "Only its author or its project may do this.")]
        )


def _step(row: Request, verb: str) -> None:
    after = LIFECYCLE.get((row.state, verb))
    if after is None:
        remedy = f"It is {row.get_state_display().lower()}; one cannot {verb} it."
        raise Refused([_refuse(Code.WRONG_STATE, row.ref, remedy)])
    row.state = after


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
