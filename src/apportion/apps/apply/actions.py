"""Starting projects; drafting, submitting and withdrawing requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.drafts import content_of, demand_writer, keep_words, note_step
from apportion.apps.apply.models import Member, Project, Request
from apportion.apps.apply.queries import works_on
from apportion.apps.apply.standing import find_ineligible
from apportion.apps.people.queries import Person, Where, demand
from apportion.apps.rounds.actions import close_intake, follow_up, lock_round
from apportion.apps.rounds.queries import ASIDE, Area, Round, call_of, policy_of, resource_units
from apportion.core.apply.content import ANSWER, ASK, MINIMUM, check_content
from apportion.core.ids import ID_REMEDY, AreaId, is_id
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import format_quantity

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
    co_authors: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


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
    _demand_worker(by, project, round_row)
    with transaction.atomic():
        # The round's row is the lock under which references are numbered.
        round_row = lock_round(round_row)
        demand_open(round_row, now)
        row = Request.objects.filter(ref=ref).first() if ref else None
        if row is None:
            row = _new_row(round_row, project, by=by, now=now, ref=ref)
        elif row.state != Request.State.DRAFT or row.round_id != round_row.pk:
            raise Refused([_refuse(Code.WRONG_STATE, row.ref, "Only a draft can be changed.")])
        if row.project_id != project.pk:
            row.project = project
            row.save(update_fields=["project"])
        _check_amounts(row, wish.amounts)
        _check_links(row, wish.requires)
        standing = dict.fromkeys(content_of(row), "") if row.version else {}
        content = {**standing, **_typed(wish)}
        return keep_words(row=row, content=content, base=None, by=by, now=now).row


def start_draft(
    *,
    round_row: Round,
    project: Project,
    content: Mapping[str, str],
    by: Person,
    now: datetime,
) -> Request:
    """Starts a draft from whatever is written so far, be it only a title.

    Refuses: NOT_ALLOWED, NOT_ELIGIBLE, ROUND_NOT_OPEN, OUT_OF_RANGE.
    """
    _demand_worker(by, project, round_row)
    if refusals := find_ineligible(round_row, by, project, now):
        raise Refused(refusals)
    with transaction.atomic():
        round_row = lock_round(round_row)
        demand_open(round_row, now)
        row = _new_row(round_row, project, by=by, now=now, ref=None)
        return keep_words(row=row, content=content, base=None, by=by, now=now).row


def move_draft(*, row: Request, to: Round | Project, by: Person, now: datetime) -> Request:
    """Moves a draft into another round that is open, or to another project of one's own.

    Refuses: NOT_ALLOWED, ROUND_NOT_OPEN, WRONG_STATE.
    """
    demand_writer(row, by)
    if isinstance(to, Project):
        _demand_worker(by, to, row.round)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        if row.state != Request.State.DRAFT:
            raise Refused([_refuse(Code.WRONG_STATE, row.ref, "Only a draft can be moved.")])
        if isinstance(to, Round):
            demand_open(to, now)
            row.round = to
        else:
            row.project = to
        row.save(update_fields=["round", "project"])
        note_step(row, "move", by=by, now=now, note=str(to))
    return row


def submit_request(*, row: Request, by: Person, now: datetime) -> Request:
    """Submits a draft to its round; one that comes after a cut-off counts for the next.

    Refuses: NOT_ALLOWED, NOT_ELIGIBLE, ROUND_NOT_OPEN, WRONG_STATE, and what
    core.apply.content.check_content finds.
    """
    demand_writer(row, by)
    current_intake(row=row.round, now=now)  # a draft goes on with it
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        demand_open(row.round, now, keeps_draft=row.state == Request.State.DRAFT)
        _step(row, "submit")
        refusals = (
            *find_ineligible(row.round, by, row.project, now, but=row.ref),
            *check_content(
                content_of(row),
                ref=row.ref,
                area=AreaId(row.project.area.slug),
                policy=policy_of(row.round),
                call=call_of(row.round),
            ),
        )
        if refusals:
            raise Refused(refusals)
        row.submitted_at = now
        row.save(update_fields=["state", "submitted_at"])
        note_step(row, "submit", by=by, now=now, note=f"version {row.version}")
    return row


def reopen_request(*, row: Request, by: Person, now: datetime) -> Request:
    """Takes a submitted request back into a draft while the round is still open.

    Refuses: NOT_ALLOWED, ROUND_NOT_OPEN, WRONG_STATE.
    """
    demand_writer(row, by)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        demand_open(row.round, now)
        _step(row, "reopen")
        row.submitted_at = None
        row.save(update_fields=["state", "submitted_at"])
        note_step(row, "reopen", by=by, now=now)
    return row


def withdraw_request(*, row: Request, by: Person, now: datetime, why: str = "") -> Request:
    """Withdraws a request before it is decided.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    demand_writer(row, by)
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=row.pk)
        _step(row, "withdraw")
        row.save(update_fields=["state"])
        note_step(row, "withdraw", by=by, now=now, note=why)
    return row


def advance_intake(*, now: datetime) -> list[Round]:
    """Turns rolling rounds over at their cut-offs: drafts go on to the next, what is in is decided.

    The conductor calls this, and whoever submits in between; repeating it changes nothing.
    """
    opened = []
    due = Round.objects.filter(
        kind=Round.Kind.ROLLING, state=Round.State.OPEN, requests_close_at__lte=now
    )
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Round.objects.select_for_update().get(pk=pk)
            if row.state != Round.State.OPEN:
                continue  # somebody else turned it over
            successor = follow_up(row=row, now=now)
            Request.objects.filter(round=row, state=Request.State.DRAFT).update(round=successor)
            close_intake(row=row)
            opened.append(successor)
    return opened


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
    # A request keeps its number in whatever round it is decided.
    taken = Request.objects.filter(ref__startswith=prefix)
    numbers = [
        int(ref.removeprefix(prefix))
        for ref in taken.values_list("ref", flat=True)
        if ref.removeprefix(prefix).isdigit()
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def demand_open(row: Round, now: datetime, *, keeps_draft: bool = False) -> None:
    """Passes while a round takes requests.

    Refuses: ROUND_NOT_OPEN.
    """
    if row.state == Round.State.OPEN and now < row.requests_close_at:
        return
    if row.state == Round.State.PLANNED:
        remedy = "It is not open yet."
    else:
        remedy = f"It took requests until {row.requests_close_at:%d %b %Y %H:%M} UTC."
    if keeps_draft:
        other = next_open(but=row, now=now)
        remedy += " The draft is kept"
        remedy += f"; move it into {other.slug}, which is open." if other else " for the next one."
    raise Refused([_refuse(Code.ROUND_NOT_OPEN, row.name, remedy)])


def current_intake(*, row: Round, now: datetime) -> Round:
    """Gives the round that takes what is asked of a rolling one now; any other is itself."""
    if row.kind != Round.Kind.ROLLING or now < row.requests_close_at:
        return row
    advance_intake(now=now)
    return row.children.filter(kind=Round.Kind.ROLLING).order_by("pk").last() or row


def next_open(*, but: Round, now: datetime) -> Round | None:
    """Finds another round that takes requests now: the one that closes first."""
    rows = Round.objects.filter(state=Round.State.OPEN, requests_close_at__gt=now)
    rows = rows.exclude(kind__in=ASIDE).exclude(pk=but.pk)
    return rows.order_by("requests_close_at").first()


def _new_row(
    round_row: Round, project: Project, *, by: Person, now: datetime, ref: str | None
) -> Request:
    if round_row.kind == Round.Kind.URGENT:
        others = round_row.requests.exclude(state=Request.State.WITHDRAWN)
        if others.exists():
            remedy = f"It is a round of one, and {others[0].ref} is in it."
            raise Refused([_refuse(Code.WRONG_STATE, round_row.name, remedy)])
    row = Request.objects.create(
        ref=ref or next_ref(round_row),
        round=round_row,
        project=project,
        author=by,
        title="",
        question="",
        created_at=now,
    )
    note_step(row, "draft", by=by, now=now)
    return row


def _typed(wish: Wish) -> dict[str, str]:
    """Writes a wish as if it had been typed."""
    units = resource_units()
    content = {
        "title": wish.title.strip(),
        "question": wish.question.strip(),
        "if_minimum": wish.if_minimum,
        "groups": wish.groups,
        "either_or": wish.either_or,
        "requires": "; ".join(wish.requires),
        "co_authors": "; ".join(wish.co_authors),
    }
    for code, (minimum, ask) in wish.amounts.items():
        content[f"{MINIMUM}{code}"] = format_quantity(minimum, units[code])
        content[f"{ASK}{code}"] = format_quantity(ask, units[code])
    answers = {f"{ANSWER}{name}": text for name, text in wish.answers.items()}
    return {name: text for name, text in {**content, **answers}.items() if text}


def _check_amounts(row: Request, amounts: Mapping[str, tuple[int, int]]) -> None:
    known = resource_units()
    for code, (minimum, ask) in amounts.items():
        if code not in known:
            raise Refused([_refuse(Code.NOT_FOUND, f"resource {code!r}", "Use one of the pool's.")])
        if not 0 < minimum <= ask:
            remedy = f"Give {code} a minimum above zero and at most the ask."
            raise Refused([_refuse(Code.MINIMUM_ABOVE_ASK, row.ref, remedy)])


def _check_links(row: Request, refs: tuple[str, ...]) -> None:
    found = Request.objects.filter(round_id=row.round_id, ref__in=refs).exclude(pk=row.pk)
    missing = sorted(set(refs) - set(found.values_list("ref", flat=True)))
    if missing:
        remedy = f"Name other requests of this round; not {', '.join(missing)}."
        raise Refused([_refuse(Code.NOT_FOUND, row.ref, remedy)])


def _demand_worker(by: Person, project: Project, round_row: Round) -> None:
    demand(by, "request.file", Where(round_row.slug, project.area.slug))
    if not works_on(by, project):
        raise Refused(
            [_refuse(Code.NOT_ALLOWED, project.title, "Ask its lead to add you to the project.")]
        )


def _step(row: Request, verb: str) -> None:
    after = LIFECYCLE.get((row.state, verb))
    if after is None:
        remedy = f"It is {row.get_state_display().lower()}; one cannot {verb} it."
        raise Refused([_refuse(Code.WRONG_STATE, row.ref, remedy)])
    row.state = after


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
