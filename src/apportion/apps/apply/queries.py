"""Reads of projects and requests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from django.db.models import Q, QuerySet
from django.utils.text import slugify

from apportion.apps.apply.models import Project, Request, RequestAmount
from apportion.apps.people.queries import Person, Where
from apportion.apps.people.written import WrittenQuery
from apportion.apps.rounds.queries import Round
from apportion.core.apply.call import Call
from apportion.core.apply.content import check_content, read_amounts
from apportion.core.apply.draft import QUESTION_CHARACTERS, Draft
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import format_quantity

PROJECT = WrittenQuery(lambda: Project.objects.select_related("area", "lead"), column="slug")
REQUEST = WrittenQuery(
    lambda: Request.objects.select_related("round", "project__area", "project__lead", "author"),
    column="ref",
)


def find_project(slug: str) -> Project:
    """Finds a project by its slug.

    Refuses: NOT_FOUND.
    """
    row = PROJECT.find(slug)
    if row is None:
        raise _missing(f"project {slug!r}", "List projects with: apportion project list")
    return row


def find_request(ref: str) -> Request:
    """Finds a request by its reference.

    Refuses: NOT_FOUND.
    """
    row = REQUEST.find(ref)
    if row is None:
        raise _missing(f"request {ref!r}", "List requests with: apportion request list")
    return row


def projects_by_slug(slugs: Iterable[str] | None = None) -> dict[str, Project]:
    """Finds many projects at once, with their areas; all of them by default."""
    rows = Project.objects.select_related("area")
    if slugs is not None:
        rows = rows.filter(slug__in=set(slugs))
    return {row.slug: row for row in rows}


def submitted_requests(round_slug: str) -> list[Request]:
    """Lists what a round has to decide, with amounts and links loaded."""
    rows = Request.objects.filter(round__slug=round_slug, state=Request.State.SUBMITTED)
    return list(
        rows.select_related("project__area").prefetch_related("amounts__resource", "requires")
    )


def requests_of_round(row: Round) -> list[Request]:
    """Lists all requests of a round, drafts and withdrawn ones too."""
    rows = Request.objects.filter(round=row).select_related("project__area")
    return list(rows.prefetch_related("amounts__resource"))


def draft_of(row: Request) -> Draft:
    """Reads a request as the core's value."""
    amounts = list(row.amounts.select_related("resource"))
    return Draft(
        ref=row.ref,
        area=AreaId(row.project.area.slug),
        title=row.title,
        question=row.question,
        minimum={ResourceCode(a.resource.code): a.minimum for a in amounts},
        ask={ResourceCode(a.resource.code): a.ask for a in amounts},
        groups=split_ids(row.groups),
    )


def split_ids(text: str) -> tuple[str, ...]:
    """Splits ids joined by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def where_asked(row: Request) -> Where:
    """Says where a request stands, for a role that counts there alone."""
    return Where(row.round.slug, row.project.area.slug)


def where_works(project: Project) -> Where:
    """Says where a project stands, for a role that counts there alone."""
    return Where(area=project.area.slug)


def works_on(person: Person, project: Project) -> bool:
    """Says whether a person leads a project or works on it."""
    return project.lead_id == person.pk or project.members.filter(person=person).exists()


def _missing(subject: str, remedy: str) -> Refused:
    return Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])


SEEN = (Request.State.SUBMITTED, Request.State.DECIDED)  # what others than the author see


def search_requests(round_slug: str, words: str = "") -> QuerySet[Request]:
    """Finds the requests that stand in a round, newest first, by words of title, ref or project."""
    rows = Request.objects.filter(round__slug=round_slug, state__in=SEEN)
    if words:
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(ref__icontains=words)
            | Q(project__title__icontains=words)
            | Q(project__area__name__icontains=words)
        )
    rows = rows.select_related("project__area").prefetch_related("amounts__resource")
    return rows.order_by("-submitted_at", "id")


def search_all_requests(words: str) -> QuerySet[Request]:
    """Finds requests of every round by words of title, ref or project, the latest first."""
    rows = Request.objects.filter(state__in=SEEN).filter(
        Q(title__icontains=words) | Q(ref__icontains=words) | Q(project__title__icontains=words)
    )
    return rows.select_related("round").order_by("-submitted_at", "id")


def count_requests(round_slug: str) -> int:
    """Counts the requests that stand in a round."""
    return Request.objects.filter(round__slug=round_slug, state__in=SEEN).count()


def requests_of(person: Person) -> QuerySet[Request]:
    """Finds what a person wrote or whose project the person works on, newest first."""
    mine = Q(author=person) | Q(project__lead=person) | Q(project__members__person=person)
    mine |= Q(co_authors__person=person)
    rows = Request.objects.filter(mine).distinct()
    rows = rows.select_related("round", "project__area").prefetch_related("amounts__resource")
    return rows.order_by("-created_at", "-id")


def projects_of(person: Person) -> list[Project]:
    """Lists the projects for which a person may file."""
    mine = Q(lead=person) | Q(members__person=person)
    return list(Project.objects.filter(mine).distinct().select_related("area"))


def search_projects(words: str = "") -> QuerySet[Project]:
    """Finds projects by words of title, slug or area."""
    rows = Project.objects.select_related("area", "lead")
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(slug__icontains=words) | Q(area__name__icontains=words)
        )
    return rows


def count_projects() -> int:
    """Counts all projects."""
    return Project.objects.count()


def asks_of(round_slug: str) -> dict[str, tuple[int, ...]]:
    """Collects what was asked of each resource in a round. Units: base units, smallest first."""
    asked: dict[str, list[int]] = {}
    rows = RequestAmount.objects.filter(request__round__slug=round_slug, request__state__in=SEEN)
    for code, ask in rows.order_by("ask").values_list("resource__code", "ask"):
        asked.setdefault(code, []).append(ask)
    return {code: tuple(asks) for code, asks in asked.items()}


def area_asks(round_row: Round, *, but: Request) -> dict[str, dict[str, list[int]]]:
    """Collects what others asked of each resource, by area. Units: base units."""
    found: dict[str, dict[str, list[int]]] = {}
    rows = RequestAmount.objects.filter(request__round=round_row, request__state__in=SEEN)
    columns = ("resource__code", "request__project__area__slug", "ask")
    for code, area, ask in rows.exclude(request=but).values_list(*columns):
        found.setdefault(code, {}).setdefault(area, []).append(ask)
    return found


def sibling_requests(project: Project, round_slug: str, but: str | None) -> list[str]:
    """Names the project's other requests that stand in the same round."""
    rows = Request.objects.filter(project=project, round__slug=round_slug, state__in=SEEN)
    return list(rows.exclude(ref=but or "").values_list("ref", flat=True)[:5])


def free_slug(title: str) -> str:
    """Makes a project's slug of its title: the first that nobody has."""
    stem = slugify(title)[:50] or "project"
    taken = set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(slug for slug in chain([stem], numbered) if slug not in taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at before a request is submitted."""

    state: str  # ok, note or no
    words: str
    ref: str = ""  # of the request that it speaks of


def check_written(
    content: Mapping[str, str],
    *,
    area: str,
    policy: Policy,
    call: Call,
    siblings: Sequence[str] = (),
    more: Sequence[Check] = (),
) -> list[Check]:
    """Lists what stands well, what to think about and what keeps a request from being submitted."""
    where = AreaId(area)
    refusals = check_content(content, ref="This request", area=where, policy=policy, call=call)
    found = [Check(state="no", words=f"{r.code.meaning} {r.remedy}") for r in refusals]
    title, question = content.get("title", "").strip(), content.get("question", "").strip()
    if title and 0 < len(question) <= QUESTION_CHARACTERS:
        found.append(Check(state="ok", words="It says what you will find out."))
    units = {str(code): policy.resources[code].unit for code in policy.pool}
    asked = read_amounts(content, units, "").amounts
    if asked and not refusals:
        found.append(Check(state="ok", words="The minimum is within what the round can award."))
        if call.fast_lane and call.fast_lane.admits(
            {ResourceCode(c): a for c, (_, a) in asked.items()}
        ):
            words = "It is small enough for the fast lane: it is granted at once while that lasts."
            found.append(Check(state="ok", words=words))
    found += _check_caps(where, asked, policy)
    if (
        asked
        and not content.get("if_minimum", "").strip()
        and any(a < b for a, b in asked.values())
    ):
        words = "It does not say what you drop if you only get the minimum."
        found.append(Check(state="note", words=words))
    if siblings:
        refs = ", ".join(siblings)
        words = f"This project already asks this round for {refs}. Say what differs."
        found.append(Check(state="note", words=words))
    return [*found, *more]


def _check_caps(where: AreaId, asked: Mapping[str, tuple[int, int]], policy: Policy) -> list[Check]:
    area = next((area for area in policy.areas if area.id == where), None)
    found = []
    for code, cap in (area.cap if area else {}).items():
        unit = policy.resources[code].unit
        if asked.get(code, (0, 0))[1] > cap and area:
            words = f"{area.name} is capped at {format_quantity(cap, unit)} {unit}s of {code}: "
            words += "the full ask cannot be granted."
            found.append(Check(state="note", words=words))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountFact:
    """One amount of a request that stands in a round. Units: base units."""

    ref: str
    title: str
    project: str
    project_slug: str
    area: str
    area_slug: str
    position: int
    resource: str
    unit: str
    minimum: int
    ask: int


def amount_facts(round_slug: str) -> list[AmountFact]:
    """Lists what the requests of a round ask for, in one statement whatever their number."""
    rows = RequestAmount.objects.filter(request__round__slug=round_slug, request__state__in=SEEN)
    columns = {
        "ref": "request__ref",
        "title": "request__title",
        "project": "request__project__title",
        "project_slug": "request__project__slug",
        "area": "request__project__area__name",
        "area_slug": "request__project__area__slug",
        "position": "request__project__area__position",
        "resource": "resource__code",
        "unit": "resource__unit",
        "minimum": "minimum",
        "ask": "ask",
    }
    found = rows.order_by("request_id", "resource_id").values_list(*columns.values())
    return [AmountFact(**dict(zip(columns, row, strict=True))) for row in found]
