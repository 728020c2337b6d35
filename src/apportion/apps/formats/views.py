"""The account part of the DOE IRI Facility API: read with a token, for one's own projects."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from apportion.adapters.iri.render import (
    EPOCH,
    AllocationFact,
    CapabilityFact,
    ProjectFact,
    allocation_id,
    allocation_json,
    capability_json,
    project_json,
    share_id,
    share_json,
)
from apportion.apps.formats.answers import json_answer
from apportion.apps.formats.bearer import by_token, refuse
from apportion.apps.formats.queries import (
    allocation_facts,
    capability_facts,
    project_facts,
    share_facts,
)
from apportion.apps.people.queries import Person

USUAL, MOST = 100, 1000
SEE = "project.see"
Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Person, Args], HttpResponse]


class _Wrong(Exception):
    """Parameters that cannot be used: each with what is wrong with it."""

    def __init__(self, *wrong: tuple[str, str]) -> None:
        self.wrong = wrong


def _knows(*names: str) -> Callable[[View[Args]], View[Args]]:
    """Refuses parameters that a door does not know, by name, before it opens."""

    def check(view: View[Args]) -> View[Args]:
        @wraps(view)
        def passed(
            request: HttpRequest, person: Person, *args: Args.args, **kwargs: Args.kwargs
        ) -> HttpResponse:
            unknown = tuple((name, "unknown") for name in request.GET if name not in names)
            twice = tuple(
                (name, "given twice") for name in names if len(request.GET.getlist(name)) > 1
            )
            if unknown or twice:
                return refuse(request, 422, "Parameters cannot be used.", unknown + twice)
            try:
                return view(request, person, *args, **kwargs)
            except _Wrong as error:
                return refuse(request, 422, "Parameters cannot be used.", error.wrong)

        return passed  # type: ignore[return-value]  # functools.wraps hides the plain signature

    return check


@by_token(SEE)
@_knows()
def whoami(_request: HttpRequest, person: Person) -> HttpResponse:
    """Tells whose token is shown."""
    return json_answer({"id": person.username, "name": person.name or person.username})


@by_token(SEE)
@_knows("name", "modified_since", "offset", "limit")
def capabilities(request: HttpRequest, _person: Person) -> HttpResponse:
    """Lists the resources that can be allocated."""
    found = _changed_since(request, capability_facts())
    name = request.GET.get("name")
    if name == "":
        raise _Wrong(("name", "empty"))
    if name is not None:
        found = [fact for fact in found if fact.resource == name]
    first, most = _number(request, "offset", 0), _number(request, "limit", USUAL)
    return json_answer([capability_json(fact) for fact in found[first : first + most]])


@by_token(SEE)
@_knows("modified_since")
def capability(request: HttpRequest, _person: Person, resource: str) -> HttpResponse:
    """Tells one resource."""
    found = [
        fact for fact in _changed_since(request, capability_facts()) if fact.resource == resource
    ]
    if not found:
        return refuse(request, 404, "Capability not found.")
    return json_answer(capability_json(found[0]))


@by_token(SEE)
@_knows()
def projects(_request: HttpRequest, person: Person) -> HttpResponse:
    """Lists the projects on which the token's person works."""
    return json_answer([project_json(fact) for fact in project_facts(person)])


@by_token(SEE)
@_knows()
def project(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """Tells one project; another's is as if it were not there."""
    found = _own(person, slug)
    return json_answer(project_json(found)) if found else refuse(request, 404, "Project not found.")


@by_token(SEE)
@_knows()
def allocations(request: HttpRequest, person: Person, slug: str) -> HttpResponse:
    """Lists what a project was granted of each resource, and used of it."""
    if _own(person, slug) is None:
        return refuse(request, 404, "Project not found.")
    return json_answer([allocation_json(fact) for fact in allocation_facts(slug)])


@by_token(SEE)
@_knows()
def allocation(request: HttpRequest, person: Person, slug: str, name: str) -> HttpResponse:
    """Tells one of a project's allocations."""
    found = _allocation(person, slug, name)
    if found is None:
        return refuse(request, 404, "Project allocation not found.")
    return json_answer(allocation_json(found))


@by_token(SEE)
@_knows()
def shares(request: HttpRequest, person: Person, slug: str, name: str) -> HttpResponse:
    """Lists what each who works on a project may use of one of its allocations, and used."""
    found = _allocation(person, slug, name)
    if found is None:
        return refuse(request, 404, "Project allocation not found.")
    return json_answer([share_json(fact) for fact in share_facts(found, now=_now(request))])


@by_token(SEE)
@_knows()
def share(request: HttpRequest, person: Person, slug: str, name: str, part: str) -> HttpResponse:
    """Tells one person's part of an allocation."""
    found = _allocation(person, slug, name)
    for fact in share_facts(found, now=_now(request)) if found else ():
        if share_id(fact) == part:
            return json_answer(share_json(fact))
    return refuse(request, 404, "User allocation not found.")


@by_token(SEE)
def nothing(request: HttpRequest, _person: Person, rest: str) -> HttpResponse:
    """Answers below the facade, in its own form, where it has no door."""
    return refuse(request, 404, f"There is nothing at {rest!r}; see docs/formats.md.")


def _own(person: Person, slug: str) -> ProjectFact | None:
    return next((fact for fact in project_facts(person) if fact.slug == slug), None)


def _allocation(person: Person, slug: str, name: str) -> AllocationFact | None:
    if _own(person, slug) is None:
        return None
    return next((fact for fact in allocation_facts(slug) if allocation_id(fact) == name), None)


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]  # the clock's middleware sets it
    return now


def _changed_since(request: HttpRequest, found: list[CapabilityFact]) -> list[CapabilityFact]:
    text = request.GET.get("modified_since")
    if text is None:
        return found
    try:
        since = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _Wrong(("modified_since", "not an ISO 8601 date and time")) from None
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return [fact for fact in found if (fact.changed_at or EPOCH) >= since]


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MOST):
        raise _Wrong((name, f"not a whole number from 0 to {MOST}"))
    return int(text)
