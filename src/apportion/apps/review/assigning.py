"""Who reads what: a plan is suggested, the chair edits it, and it is sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import Request, find_request, where_asked
from apportion.apps.people.queries import Person, Where, demand, people_as
from apportion.apps.review.actions import assign_reviewer
from apportion.apps.review.conflicts import conflicts_in, demand_no_conflict, write_ground
from apportion.apps.review.models import Expertise, Happening, Opinion, Suggestion
from apportion.apps.review.queries import COUNTS, terms_of
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import Area, Round
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.assign import Need, Pair, Plan, Room, assign
from apportion.core.review.fit import Reader, Topic, fits

PAST = 40  # of a reviewer's earlier requests, the latest that say what they know


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A plan with what the chair reads beside it. Shape: `conflicts` by (request, reviewer)."""

    plan: Plan
    conflicts: dict[tuple[str, str], str]
    loads: dict[str, int]  # what each reviewer has to read already


def plan_round(row: Round, *, now: datetime) -> Match:
    """Works out who should read what: conflicts bar, loads bound, and the round wants so many each.

    Who was chased in vain no longer counts as reading.
    """
    terms = terms_of(row)
    readers = people_as("reviewer")
    requests = _requests(row)
    conflicts: dict[tuple[str, str], str] = {}
    barred: dict[str, dict[str, str]] = defaultdict(dict)
    for found in conflicts_in(row, now=now):
        conflicts.setdefault((found.request, found.person), write_ground(found))
        barred[found.request].setdefault(found.person, found.ground.value)
    given_up = _given_up(row)
    reading: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for opinion in _opinions(row):
        ref, name = opinion.request.ref, opinion.reviewer.username
        barred[ref].setdefault(name, "declined" if opinion.declined_at else "asked")
        if opinion.declined_at is None and (ref, name) not in given_up:
            reading[name] += 1
            having[ref] += 1
    known = {one.person_id: one for one in Expertise.objects.prefetch_related("areas")}
    rooms = [
        Room(
            name=one.username,
            reading=reading[one.username],
            most=_most(known.get(one.pk), terms.load),
        )
        for one in readers
    ]
    needs = [
        Need(
            ref=one.ref,
            wanted=max(0, terms.opinions - having[one.ref]),
            barred=dict(barred[one.ref]),
        )
        for one in requests
    ]
    plan = assign(needs, rooms, fits(_topics(requests), _readers(readers, known, row)))
    return Match(plan=plan, conflicts=conflicts, loads=dict(reading))


def suggest_reviewers(*, row: Round, by: Person, now: datetime) -> Match:
    """Keeps a plan as suggestions that the chair edits; what was suggested before is replaced.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    demand(by, "review.assign", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        _demand_undecided(row)
        match = plan_round(row, now=now)
        _keep(row, match.plan.pairs, by=by, now=now)
    return match


def edit_suggestion(
    *, request: Request, reviewer: Person, wanted: bool, by: Person, now: datetime
) -> None:
    """Adds one reader to what is suggested, or takes one out.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, ALREADY_DONE where they were asked.
    """
    demand(by, "review.assign", where_asked(request))
    demand(reviewer, "review.write", where_asked(request))
    if not wanted:
        Suggestion.objects.filter(request=request, reviewer=reviewer).delete()
        return
    demand_no_conflict(reviewer, request, now=now)
    if Opinion.objects.filter(request=request, reviewer=reviewer).exists():
        remedy = f"{reviewer} was asked before."
        raise Refused([_refuse(Code.ALREADY_DONE, request.ref, remedy)])
    Suggestion.objects.get_or_create(
        request=request, reviewer=reviewer, defaults={"fit": 0, "by": by, "suggested_at": now}
    )


def send_suggestions(*, row: Round, by: Person, now: datetime) -> list[Opinion]:
    """Asks everybody who is suggested, all at once or nobody.

    Refuses: NOT_ALLOWED, WRONG_STATE, CONFLICT_OF_INTEREST where one came about since.
    """
    demand(by, "review.assign", Where(row.slug))
    with transaction.atomic():
        row = lock_round(row)
        _demand_undecided(row)
        return _send(row, by=by, now=now)


def reassign_overdue(*, row: Round, now: datetime) -> list[Opinion]:
    """Asks others for what was chased in vain, without the chair; the policy said so.

    Where nobody can be found the chair is told instead.
    """
    with transaction.atomic():
        row = lock_round(row)
        late = {ref for ref, _ in _given_up(row)}
        match = plan_round(row, now=now)
        _keep(row, [pair for pair in match.plan.pairs if pair.ref in late], by=None, now=now)
        short = [one for one in match.plan.short if one.ref in late]
        for one in short:
            request = find_request(one.ref)
            known = Happening.objects.filter(request=request, kind=Happening.Kind.SHORT)
            if not known.exists():
                words = f"{one.wanted} wanted, {one.found} found, {one.eligible} without a conflict"
                Happening.objects.create(
                    round=row, request=request, kind=Happening.Kind.SHORT, words=words, at=now
                )
        return _send(row, by=None, now=now)


def set_expertise(
    *, person: Person, keywords: str, areas: Iterable[Area], most: int | None, by: Person
) -> Expertise:
    """Says what a reviewer knows about and how much they can read; they say it themselves.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE.
    """
    demand(by, "review.write" if by.pk == person.pk else "review.assign", Where())
    if len(keywords) > 2000 or (most is not None and not 0 <= most <= 500):
        remedy = "Write at most 2000 characters, and a load from 0 to 500."
        raise Refused([_refuse(Code.OUT_OF_RANGE, str(person), remedy)])
    with transaction.atomic():
        row, _ = Expertise.objects.update_or_create(
            person=person, defaults={"keywords": keywords.strip(), "most": most}
        )
        row.areas.set(areas)
    return row


def expertise_of(person: Person) -> Expertise | None:
    """Finds what a reviewer said of themselves."""
    return Expertise.objects.filter(person=person).prefetch_related("areas").first()


def suggestions_of(row: Round) -> list[Suggestion]:
    """Lists what is suggested in a round and not sent."""
    rows = Suggestion.objects.filter(request__round=row, request__state="submitted")
    rows = rows.select_related("request__project__area", "reviewer")
    return list(rows.order_by("request__ref", "-fit", "reviewer__username"))


def _send(row: Round, *, by: Person | None, now: datetime) -> list[Opinion]:
    rows = suggestions_of(row)
    asked = [
        assign_reviewer(request=one.request, reviewer=one.reviewer, by=by, now=now) for one in rows
    ]
    Suggestion.objects.filter(request__round=row).delete()
    return asked


def _keep(row: Round, pairs: Sequence[Pair], *, by: Person | None, now: datetime) -> None:
    Suggestion.objects.filter(request__round=row).delete()
    requests = {one.ref: one for one in _requests(row)}
    readers = {one.username: one for one in people_as("reviewer")}
    Suggestion.objects.bulk_create(
        Suggestion(
            request=requests[pair.ref],
            reviewer=readers[pair.reader],
            fit=pair.fit,
            by=by,
            suggested_at=now,
        )
        for pair in pairs
    )


def _requests(row: Round) -> list[Request]:
    rows = Request.objects.filter(round=row, state="submitted").select_related("project__area")
    return list(rows.order_by("ref"))


def _opinions(row: Round) -> Iterable[Opinion]:
    rows = Opinion.objects.filter(request__round=row, request__state="submitted")
    return rows.filter(set_aside_at__isnull=True).select_related("request", "reviewer")


def _given_up(row: Round) -> set[tuple[str, str]]:
    """Lists whom nobody waits for any more: escalated, and still not written."""
    rows = Happening.objects.filter(round=row, kind=Happening.Kind.ESCALATED)
    told = set(rows.values_list("request__ref", "person__username"))
    open_rows = Opinion.objects.filter(COUNTS, request__round=row, written_at__isnull=True)
    return told & set(open_rows.values_list("request__ref", "reviewer__username"))


def _most(known: Expertise | None, plain: int) -> int:
    own = known.most if known is not None else None
    return plain if own is None else min(own, plain)


def _topics(requests: Sequence[Request]) -> list[Topic]:
    return [
        Topic(
            ref=one.ref,
            words=f"{one.title} {one.question} {one.project.title} {one.project.area.name}",
            area=one.project.area.slug,
        )
        for one in requests
    ]


def _readers(people: Sequence[Person], known: dict[int, Expertise], row: Round) -> list[Reader]:
    past: dict[int, list[str]] = defaultdict(list)
    rows = Opinion.objects.filter(reviewer__in=people, written_at__isnull=False)
    rows = rows.exclude(request__round=row).order_by("-written_at", "-id")
    for reader, title, question in rows.values_list(
        "reviewer_id", "request__title", "request__question"
    ):
        if len(past[reader]) < PAST:
            past[reader].append(f"{title} {question}")
    return [
        Reader(
            name=one.username,
            keywords=known[one.pk].keywords if one.pk in known else "",
            areas=frozenset(area.slug for area in known[one.pk].areas.all())
            if one.pk in known
            else frozenset(),
            past=" ".join(past[one.pk]),
        )
        for one in people
    ]


def _demand_undecided(row: Round) -> None:
    if row.state not in {Round.State.OPEN, Round.State.REVIEW}:
        remedy = "It is decided; there is nothing to read any more."
        raise Refused([_refuse(Code.WRONG_STATE, row.name, remedy)])


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
