"""The account part of the DOE IRI Facility API, as values that become JSON.

Source: doe-iri/iri-facility-api-python, app/routers/v1/account and app/types; errors are RFC 9457.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apportion.core.units import BASE_UNITS, DisplayUnit

PREFIX = "/iri/v1"
PROBLEM = "application/problem+json"
TITLES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Content",
}
# Kinds whose place among the standard's own domains is known; others stand under their own name.
DOMAINS = {"gpu": "compute:gpu", "cpu": "compute:cpu", "storage": "storage:byte"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # what never changed
Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFact:
    """A project and who works on it, the lead first."""

    slug: str
    title: str
    area: str
    people: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationFact:
    """What a project was granted of a resource and used of it. Units: base units."""

    project: str
    resource: str
    unit: DisplayUnit
    granted: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFact:
    """What one who works on a project may use of an allocation, and used. Units: base units."""

    whole: AllocationFact
    username: str
    most: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityFact:
    """A resource that can be allocated; it changed when its rate last did, if it has one."""

    resource: str
    unit: DisplayUnit
    changed_at: datetime | None


def unit_urn(resource: str, unit: DisplayUnit) -> str:
    """Names the unit of an allocation: hours of a GPU stand beside the standard's node-hours."""
    kind = resource.partition(":")[0]
    return f"urn:doe-iri:allocation:{DOMAINS.get(kind, kind)}-{unit.value}s"


def project_json(fact: ProjectFact) -> Json:
    """Tells a project."""
    return {
        "id": fact.slug,
        "name": fact.title,
        "description": f"{fact.title} ({fact.area})",
        "user_ids": list(fact.people),
        "last_modified": _stamp(fact.changed_at),
        "self_uri": f"{PREFIX}/account/projects/{fact.slug}",
    }


def allocation_json(fact: AllocationFact) -> Json:
    """Tells what a project may use of one capability."""
    return {
        "id": allocation_id(fact),
        "project_uri": f"{PREFIX}/account/projects/{fact.project}",
        "capability_uri": f"{PREFIX}/account/capabilities/{fact.resource}",
        "entries": [_entry(fact, fact.granted, fact.used)],
    }


def share_json(fact: ShareFact) -> Json:
    """Tells one person's part of an allocation."""
    whole = fact.whole
    return {
        "id": share_id(fact),
        "user_id": fact.username,
        "entries": [_entry(whole, fact.most, fact.used)],
        "project_allocation_uri": f"{PREFIX}/account/projects/{whole.project}"
        f"/project_allocations/{allocation_id(whole)}",
    }


def share_id(fact: ShareFact) -> str:
    """Names one person's part among all."""
    return f"{allocation_id(fact.whole)}.{fact.username}"


def allocation_id(fact: AllocationFact) -> str:
    """Names an allocation among all projects."""
    return f"{fact.project}.{fact.resource}"


def capability_json(fact: CapabilityFact) -> Json:
    """Tells a resource that can be allocated."""
    return {
        "id": fact.resource,
        "name": fact.resource,
        "description": f"{fact.resource}, counted in {fact.unit.value}s",
        "last_modified": _stamp(fact.changed_at),
        "self_uri": f"{PREFIX}/account/capabilities/{fact.resource}",
        "units": [unit_urn(fact.resource, fact.unit)],
    }


def problem_json(
    *, status: int, detail: str, path: str, wrong: Iterable[tuple[str, str]] = ()
) -> Json:
    """Tells what is wrong with a call; `wrong` names parameters and what is wrong with each."""
    told: Json = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": path,
    }
    named: Sequence[Json] = [{"name": name, "reason": reason} for name, reason in wrong]
    return told | {"invalid_params": named} if named else told


def _entry(fact: AllocationFact, most: int, used: int) -> Json:
    return {
        "allocation": most / BASE_UNITS[fact.unit],
        "usage": used / BASE_UNITS[fact.unit],
        "unit": unit_urn(fact.resource, fact.unit),
    }


def _stamp(at: datetime | None) -> str:
    return (at or EPOCH).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
