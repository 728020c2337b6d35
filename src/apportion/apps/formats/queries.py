"""What other programs ask for, gathered from the apps that hold it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from apportion.adapters.iri.render import AllocationFact, CapabilityFact, ProjectFact, ShareFact
from apportion.adapters.ondemand.render import UserBalance
from apportion.apps.apply.membership import workers_of
from apportion.apps.apply.queries import Project, projects_of
from apportion.apps.ledger.queries import available
from apportion.apps.members.queries import caps_in_force
from apportion.apps.meter.queries import Balance, balance_rows, used_by_members
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import rate_card, resource_units
from apportion.core.faults import BadInput, Fault
from apportion.core.ledger import Key, Kind
from apportion.core.units import BASE_UNITS, MICROCREDITS_PER_CREDIT, DisplayUnit

CREDITS = "credit"


def user_balances(*, resource: str, now: datetime) -> tuple[str, list[UserBalance]]:
    """Collects what every user may still spend of each project: of one resource, or in credits.

    Credits are what is left of every resource at the rates in force. Gives the unit as well.
    Raises: BadInput for a resource that there is not, and where no resource has a rate.
    """
    units = resource_units()
    left = available(kind=Kind.PROJECT)
    if resource:
        if resource not in units:
            raise _wrong(f"no resource {resource!r}", f"There are {', '.join(sorted(units))}")
        per = BASE_UNITS[units[resource]]
        worth = {key.owner: size // per for key, size in left.items() if key.unit == resource}
        unit = f"{resource} {units[resource].value}"
    else:
        worth = credits_left(left, now=now)
        unit = CREDITS
    workers = workers_of(worth)
    rows = [
        UserBalance(user=user, project=project, value=value)
        for project, value in worth.items()
        for user in workers.get(project, ())
    ]
    return unit, rows


def credits_left(left: Mapping[Key, int], *, now: datetime) -> dict[str, int]:
    """Values what projects have left in whole credits, rounded down.

    Raises: BadInput where no resource has a rate.
    """
    card = rate_card()
    if not card.rates:
        raise _wrong("no resource has a rate", "Name one resource with --resource")
    worth: dict[str, int] = {}
    for key, size in left.items():
        worth[key.owner] = worth.get(key.owner, 0) + card.price(key.unit, size, now)
    return {owner: micro // MICROCREDITS_PER_CREDIT for owner, micro in worth.items()}


def _wrong(what: str, remedy: str) -> BadInput:
    return BadInput([Fault(file="export ondemand", field="resource", what=what, remedy=remedy)])


def project_facts(person: Person) -> list[ProjectFact]:
    """Lists the projects that a person leads or works on, by slug."""
    rows = sorted(projects_of(person), key=lambda row: row.slug)
    workers = workers_of(row.slug for row in rows)
    return [_project(row, workers[row.slug]) for row in rows]


def allocation_facts(project: str) -> list[AllocationFact]:
    """Lists what a project was granted of each resource, and used."""
    return [_allocation(row) for row in balance_rows(project)]


def share_facts(whole: AllocationFact, *, now: datetime) -> list[ShareFact]:
    """Lists what each who works on a project may use of an allocation: all of it, or up to a cap.

    Shape: shares may come to more than the allocation, which then ends before they do.
    """
    caps = caps_in_force(now=now, projects=[whole.project]).get(whole.project, {})
    used = used_by_members(whole.project)
    shares = []
    for username in workers_of([whole.project])[whole.project]:
        cap = caps.get(username, {}).get(whole.resource)
        most = whole.granted if cap is None else min(cap, whole.granted)
        mine = used.get(username, {}).get(whole.resource, 0)
        shares.append(ShareFact(whole=whole, username=username, most=most, used=mine))
    return shares


def capability_facts() -> list[CapabilityFact]:
    """Lists the resources that can be allocated, by name; changed when their rate last did."""
    since: dict[str, datetime] = {}
    for rate in rate_card().rates:
        since[rate.resource] = max(rate.starts_at, since.get(rate.resource, rate.starts_at))
    units: Iterable[tuple[str, DisplayUnit]] = sorted(resource_units().items())
    return [
        CapabilityFact(resource=code, unit=unit, changed_at=since.get(code)) for code, unit in units
    ]


def _project(row: Project, people: tuple[str, ...]) -> ProjectFact:
    return ProjectFact(
        slug=row.slug,
        title=row.title,
        area=row.area.name,
        people=people,
        changed_at=row.created_at,
    )


def _allocation(row: Balance) -> AllocationFact:
    return AllocationFact(
        project=row.project,
        resource=row.resource,
        unit=row.unit,
        granted=row.granted,
        used=row.used,
    )
