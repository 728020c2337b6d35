"""Who may ask in a round, and what stands around a draft: rules, links, co-authors, similar projects."""

from datetime import datetime

from apportion.apps.apply.models import Project, ReportDue, Request
from apportion.apps.people.queries import Person, find_person, roles_of
from apportion.apps.rounds.queries import Round, call_of, list_areas
from apportion.core.apply.content import split_names
from apportion.core.apply.eligibility import Applicant, Rule, check_eligible, rules_for
from apportion.core.apply.similar import Alike, Text, find_alike
from apportion.core.ids import AreaId
from apportion.core.refusals import Refusal, Refused

OPEN = (Request.State.DRAFT, Request.State.SUBMITTED)
MOST_TEXTS = 2_000  # the latest requests that a new one is compared with


def rules_of(
    row: Round, person: Person, project: Project | None, now: datetime
) -> tuple[Rule, ...]:
    """Lists the rules of a round's call as this person meets them."""
    names = {area.slug: area.name for area in list_areas()}
    return rules_for(
        _applicant(row, person, project, now, but=None), call_of(row), area_names=names
    )


def find_ineligible(
    row: Round, person: Person, project: Project, now: datetime, *, but: str | None = None
) -> tuple[Refusal, ...]:
    """Lists what bars a person and a project from asking in a round; `but` is not counted as open.

    Refuses: NOT_ELIGIBLE.
    """
    call = call_of(row)
    if call.eligible == type(call.eligible)():
        return ()
    names = {area.slug: area.name for area in list_areas()}
    applicant = _applicant(row, person, project, now, but=but)
    return check_eligible(applicant, call, area_names=names)


def overdue_reports(project: Project, now: datetime) -> list[datetime]:
    """Lists when the progress reports were due that a project still owes."""
    rows = ReportDue.objects.filter(project=project, handed_in_at__isnull=True, due_at__lte=now)
    return list(rows.values_list("due_at", flat=True))


def find_similar(words: str, *, but: Project | None) -> list[tuple[Alike, Request]]:
    """Finds the requests of other projects that ask something close, the closest first."""
    rows = Request.objects.filter(state__in=(Request.State.SUBMITTED, Request.State.DECIDED))
    if but is not None:
        rows = rows.exclude(project=but)
    texts, seen = [], set()
    columns = ("ref", "project_id", "title", "question", "project__title")
    for ref, project, *parts in rows.order_by("-submitted_at", "-id").values_list(*columns)[
        :MOST_TEXTS
    ]:
        if project not in seen:  # a project that asks every round is told once
            seen.add(project)
            texts.append(Text(name=ref, words=" ".join(parts)))
    alike = find_alike(words, texts)
    found = Request.objects.select_related("project__area", "round")
    by_ref = {row.ref: row for row in found.filter(ref__in=[one.name for one in alike])}
    return [(one, by_ref[one.name]) for one in alike]


def unknown_names(content: dict[str, str], row: Request) -> list[str]:
    """Says which co-authors and requests named in a draft are not there."""
    told = []
    for name in split_names(content.get("co_authors", "")):
        try:
            find_person(name)
        except Refused:
            told.append(f"Nobody signs in as {name}; name co-authors by their sign-in names.")
    wanted = split_names(content.get("requires", ""))
    there = Request.objects.filter(round_id=row.round_id, ref__in=wanted).exclude(pk=row.pk)
    known = set(there.values_list("ref", flat=True))
    missing = [ref for ref in wanted if ref not in known]
    if missing:
        told.append(f"This round has no other request {', '.join(missing)} to depend on.")
    return told


def co_authors_of(refs: list[str]) -> dict[str, list[str]]:
    """Maps requests to the sign-in names of everybody who wrote them besides the author."""
    rows = Request.objects.filter(ref__in=refs, co_authors__isnull=False)
    found: dict[str, list[str]] = {}
    for ref, name in rows.order_by("ref").values_list("ref", "co_authors__person__username"):
        found.setdefault(ref, []).append(name)
    return found


def _applicant(
    row: Round, person: Person, project: Project | None, now: datetime, *, but: str | None
) -> Applicant:
    mine = Request.objects.filter(round=row, author=person, state__in=OPEN).exclude(ref=but or "")
    late = overdue_reports(project, now) if project else []
    return Applicant(
        name=str(person),
        roles=frozenset(roles_of(person)),
        open_requests=mine.count(),
        area=AreaId(project.area.slug) if project else None,
        overdue_reports=tuple(f"{at.day} {at:%b %Y}" for at in late),
    )
