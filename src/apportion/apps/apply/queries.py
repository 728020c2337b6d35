"""Reads of projects and requests."""

from collections.abc import Iterable

from apportion.apps.apply.models import Project, Request
from apportion.apps.people.queries import Person
from apportion.core.apply import Draft
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.refusals import Code, Refusal, Refused


def find_project(slug: str) -> Project:
    """Finds a project by its slug.

    Refuses: NOT_FOUND.
    """
    row = Project.objects.select_related("area", "lead").filter(slug=slug).first()
    if row is None:
        raise _missing(f"project {slug!r}", "List projects with: apportion project list")
    return row


def find_request(ref: str) -> Request:
    """Finds a request by its reference.

    Refuses: NOT_FOUND.
    """
    rows = Request.objects.select_related("round", "project__area", "project__lead", "author")
    row = rows.filter(ref=ref).first()
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


def works_on(person: Person, project: Project) -> bool:
    """Says whether a person leads a project or works on it."""
    return project.lead_id == person.pk or project.members.filter(person=person).exists()


def _missing(subject: str, remedy: str) -> Refused:
    return Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
