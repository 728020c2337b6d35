"""Conflicts found: who may not judge which request, on what ground, and what is set aside for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import Project, Request
from apportion.apps.people.queries import Person, Where, demand, people_as
from apportion.apps.people.ties import read_ties
from apportion.apps.people.written import WrittenQuery
from apportion.apps.review.models import Conflict, Happening, Opinion
from apportion.apps.review.queries import COUNTS, terms_of
from apportion.apps.review.steps import demand_step
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import Round
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.conflicts import Case, Found, Joint, Ties, find_conflicts
from apportion.core.review.life import Verb
from apportion.core.review.terms import Ground

ASKED = ("submitted", "decided")
TOLD = {
    Ground.APPLICANT: "You stand behind it yourself.",
    Ground.DECLARED: "You declared a stake in it.",
    Ground.CLOSE: "A tie to somebody behind it was declared.",
    Ground.LINE: "Somebody behind it is in your line of management.",
    Ground.TEAM: "Somebody behind it is in a team of yours.",
    Ground.PROJECT: "You work on a project with somebody behind it.",
    Ground.COAUTHOR: "You wrote something together with somebody behind it.",
}
# Each opinion that is written asks for them all.
WORKING = WrittenQuery(
    lambda: Project.objects.filter(members__isnull=False).values_list(
        "slug", "lead__username", "members__person__username"
    )
)
ASKED_TOGETHER = WrittenQuery(
    lambda: Request.objects.filter(co_authors__isnull=False).values_list(
        "state", "ref", "title", "created_at", "author__username", "co_authors__person__username"
    )
)

SAID = {
    Ground.APPLICANT: "stake of",
    Ground.DECLARED: "declared",
    Ground.CLOSE: "declared tie with",
    Ground.LINE: "line of management with",
    Ground.TEAM: "same team as",
    Ground.PROJECT: "same project as",
    Ground.COAUTHOR: "wrote together with",
}


def conflicts_in(row: Round, *, now: datetime) -> tuple[Found, ...]:
    """Finds every conflict between the reviewers and the requests that a round has to decide."""
    requests = Request.objects.filter(round=row, state="submitted")
    people = {person.username for person in people_as("reviewer")}
    people |= set(
        Opinion.objects.filter(request__in=requests).values_list("reviewer__username", flat=True)
    )
    return _find(row, requests.values_list("pk", flat=True), people, now=now)


def conflicts_of(person: Person, request: Request, *, now: datetime) -> tuple[Found, ...]:
    """Finds why one person may not judge one request; nothing where they may."""
    return _find(request.round, [request.pk], {person.username}, now=now)


def conflicts_with(people: Iterable[str], request: Request, *, now: datetime) -> dict[str, str]:
    """Names those of the people who may not judge a request, each with one ground, without names."""
    found = _find(request.round, [request.pk], set(people), now=now)
    return {one.person: TOLD[one.ground] for one in reversed(found)}


def bars_from_deciding(
    people: Iterable[str], row: Round, *, now: datetime, ref: str | None = None
) -> dict[str, tuple[Found, ...]]:
    """Lists for each of the people why they may not decide a round, or one request of it.

    What a fast lane grants is granted by its rule; there only a stake of one's own bars.
    """
    requests = Request.objects.filter(round=row, state="submitted")
    if ref is not None:
        requests = requests.filter(ref=ref)
    is_ruled = row.kind == Round.Kind.FAST
    terms = terms_of(row)
    found = find_conflicts(
        set(people),
        _cases(requests.values_list("pk", flat=True)),
        Ties() if is_ruled else _ties(),
        grounds=terms.board_grounds,
        since_year=now.year - terms.coauthor_years,
    )
    barred: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        barred[one.person].append(one)
    return {person: tuple(held) for person, held in barred.items()}


def bars_between(
    people: Iterable[str], others: Collection[str], *, now: datetime
) -> dict[str, str]:
    """Names those of the people who stand in a line of management with any of the others."""
    case = Case(ref="", applicants=frozenset(others), declared={})
    found = find_conflicts(
        set(people), [case], _ties(), grounds=frozenset({Ground.LINE}), since_year=now.year
    )
    return {one.person: "in a line of management with who decided first" for one in found}


def demand_no_conflict(person: Person, request: Request, *, now: datetime) -> None:
    """Passes where a person may judge a request.

    Refuses: CONFLICT_OF_INTEREST with the ground, and no name: the round may be blind.
    """
    found = conflicts_of(person, request, now=now)
    if found:
        remedy = f"{TOLD[found[0].ground]} Somebody without a stake in it has to judge it."
        numbers: dict[str, int | str] = {"ground": found[0].ground.value}
        raise Refused(
            [
                Refusal(
                    code=Code.CONFLICT_OF_INTEREST,
                    subject=request.ref,
                    remedy=remedy,
                    numbers=numbers,
                )
            ]
        )


def set_aside_conflicted(*, row: Round, now: datetime) -> list[str]:
    """Sets aside the opinions of those who have become conflicted since; each once, kept on record.

    Run it before a score is used, and from time to time: the ties of people change.
    """
    waiting = Opinion.objects.filter(COUNTS, request__round=row, request__state="submitted")
    if not waiting.exists():
        return []
    told = []
    with transaction.atomic():
        row = lock_round(row)
        found: dict[tuple[str, str], Found] = {}
        for one in conflicts_in(row, now=now):
            found.setdefault((one.request, one.person), one)
        for opinion in waiting.select_related("request", "reviewer").order_by("id"):
            why = found.get((opinion.request.ref, opinion.reviewer.username))
            if why is not None:
                told.append(put_aside(opinion, why=write_ground(why), now=now))
    return told


def recheck_conflicts(*, row: Round, by: Person, now: datetime) -> list[str]:
    """Looks for conflicts that came about since people were asked, at the chair's word.

    Refuses: NOT_ALLOWED.
    """
    demand(by, "review.assign", Where(row.slug))
    return set_aside_conflicted(row=row, now=now)


def put_aside(opinion: Opinion, *, why: str, now: datetime, by: Person | None = None) -> str:
    """Takes an opinion out of the count and keeps it, with why; says so in a line."""
    demand_step(opinion, Verb.SET_ASIDE)
    opinion.set_aside_at, opinion.set_aside_why = now, why[:300]
    opinion.save(update_fields=["set_aside_at", "set_aside_why"])
    given = "after it was given" if opinion.written_at else "before it was given"
    Happening.objects.create(
        round_id=opinion.request.round_id,
        request=opinion.request,
        person=opinion.reviewer,
        by=by,
        kind=Happening.Kind.SET_ASIDE,
        words=f"{why}; {given}"[:400],
        at=now,
    )
    return f"{opinion.request.ref}: the opinion of {opinion.reviewer.username} is set aside: {why}"


def write_ground(found: Found) -> str:
    """Says a conflict in one line, with names: for the chair and the record."""
    return f"{SAID[found.ground]}{found.other and ' ' + found.other}: {found.words}"


def _find(
    row: Round, requests: Iterable[int], people: Collection[str], *, now: datetime
) -> tuple[Found, ...]:
    terms = terms_of(row)
    return find_conflicts(
        people,
        _cases(requests),
        _ties(),
        grounds=terms.grounds,
        since_year=now.year - terms.coauthor_years,
    )


def _cases(requests: Iterable[int]) -> list[Case]:
    """Collects who stands behind each request, in two statements."""
    rows = Request.objects.filter(pk__in=list(requests))
    behind: dict[str, set[str]] = defaultdict(set)
    for ref, *names in rows.values_list(
        "ref",
        "author__username",
        "project__lead__username",
        "project__members__person__username",
        "co_authors__person__username",
    ):
        behind[ref].update(name for name in names if name is not None)
    declared: dict[str, dict[str, str]] = defaultdict(dict)
    said = Conflict.objects.filter(request__in=rows)
    for ref, name, reason in said.values_list("request__ref", "person__username", "reason"):
        declared[ref][name] = reason
    return [
        Case(ref=ref, applicants=frozenset(names), declared=declared[ref])
        for ref, names in sorted(behind.items())
    ]


def _ties() -> Ties:
    """Collects what is known of people, and of who works and asks together."""
    known = read_ties()
    projects: dict[str, set[str]] = defaultdict(set)
    for slug, *names in WORKING.fetch():
        projects[slug].update(name for name in names if name is not None)
    return Ties(
        managers=known.managers,
        teams=known.teams,
        projects={slug: frozenset(names) for slug, names in projects.items() if len(names) > 1},
        joint=(
            *(
                Joint(first=work.first, second=work.second, what=work.title, year=work.year)
                for work in known.works
            ),
            *_asked_together(),
        ),
        close=tuple((one.person, one.about, one.ground) for one in known.declared),
    )


def _asked_together() -> list[Joint]:
    """Lists who wrote requests together: author and co-authors, each with each."""
    writers: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for state, ref, title, at, author, other in ASKED_TOGETHER.fetch():
        if state not in ASKED:
            continue
        writers[ref, title, at.year] |= {author, other}
    return [
        Joint(first=first, second=second, what=title, year=year)
        for (_, title, year), names in sorted(writers.items())
        for first in sorted(names)
        for second in sorted(names)
        if first < second
    ]
