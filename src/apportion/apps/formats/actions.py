"""Taking over a ColdFront installation: people, projects and members, once and in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apportion.adapters.coldfront.parse import Allocation, Installation, Project
from apportion.apps.apply.actions import add_member, start_project
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.actions import lock_tip, post_transfers
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Person, demand, people_named
from apportion.apps.rounds.queries import find_area, resource_units
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import is_id, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.units import NotAQuantity, parse_quantity
from apportion.core.windows import to_epoch_us

POOL = "coldfront"
RESEARCHER = "researcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What becomes of one project. Units: credits in base units by resource."""

    project: Project
    slug: str
    is_new: bool
    credits: Mapping[str, int]


def plan_coldfront(
    dump: Installation, *, credit: Mapping[str, str], file: str
) -> tuple[tuple[Taken, ...], tuple[Fault, ...]]:
    """Says what would become of each project, and which amounts cannot be used.

    `credit` maps names of attributes, such as `Core Usage (Hours)`, to resources of the office.
    Raises: BadInput for a resource that there is not.
    """
    units = resource_units()
    unknown = sorted(set(credit.values()) - set(units))
    if unknown:
        remedy = f"There are {', '.join(sorted(units))}"
        what = f"no resource {unknown[0]!r}"
        raise BadInput([Fault(file="coldfront", field="--credit", what=what, remedy=remedy)])
    known, faults, taken = projects_by_slug(), [], []
    used: set[str] = set()
    for project in dump.projects:
        slug = _slug(project, used)
        used.add(slug)
        amounts: dict[str, int] = {}
        for one in project.allocations:
            for name, resource in credit.items():
                if name not in one.attributes:
                    continue
                try:
                    size = parse_quantity(one.attributes[name], units[resource])
                except NotAQuantity as error:
                    faults.append(_fault(file, one, name, error))
                    continue
                amounts[resource] = amounts.get(resource, 0) + size
        taken.append(Taken(project=project, slug=slug, is_new=slug not in known, credits=amounts))
    return tuple(taken), tuple(faults)


def take_over_coldfront(
    *, dump: Installation, taken: Sequence[Taken], area: str, by: Person, now: datetime
) -> int:
    """Makes what is not there yet: people who cannot sign in yet, projects, credits; counts projects.

    Repeating it changes nothing.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "people.manage")
    row, new = find_area(area), [one for one in taken if one.is_new]
    names = {person.username: person.name for person in dump.people}
    with transaction.atomic():
        lock_tip()
        wanted = [username for one in new for username in one.project.people]
        people = people_named(wanted)
        for username in dict.fromkeys(wanted):
            if username not in people:
                people[username] = add_person(
                    username=username, name=names[username], roles=[RESEARCHER]
                )
        legs: list[Transfer] = []
        for one in new:
            project = start_project(
                slug=one.slug,
                title=one.project.title[:160],
                area=row,
                lead=people[one.project.lead],
                now=now,
            )
            for username in one.project.people:
                if username != one.project.lead:
                    add_member(project=project, person=people[username])
            for resource, amount in sorted(one.credits.items()):
                legs.extend(_credit(one.slug, resource, amount, now=now))
        if legs:
            post_transfers(legs, now=now, actor=by.username, memo="taken over from ColdFront")
    return len(new)


def _slug(project: Project, used: set[str]) -> str:
    account = project.account.lower()
    return account if account and is_id(account) and account not in used else f"cf-{project.number}"


def _fault(file: str, one: Allocation, name: str, error: NotAQuantity) -> Fault:
    return Fault(
        file=file,
        field=f"allocation.allocation {one.number}, {name}",
        value=one.attributes[name],
        what=error.what,
        remedy=error.remedy,
    )


def _credit(slug: str, resource: str, amount: int, *, now: datetime) -> tuple[Transfer, ...]:
    """Issues what an allocation stands for, through a pool of ColdFront's name."""
    if not amount:
        return ()
    pool, at_us, source = (
        Key(Kind.POOL, POOL, resource),
        to_epoch_us(now),
        f"{POOL}:{slug}:{resource}",
    )
    ends = (
        (Key(Kind.ISSUED, POOL, resource), pool, TransferCode.OPEN),
        (pool, Key(Kind.PROJECT, slug, resource), TransferCode.GRANT),
    )
    return tuple(
        Transfer(
            id=transfer_id(at_us // 1000, f"{source}:{code.value}"),
            group=source,
            debit=debit,
            credit=credit,
            amount=amount,
            code=code,
            source=source,
            note=source,
            effective_us=at_us,
        )
        for debit, credit, code in ends
    )
