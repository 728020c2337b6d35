"""What `coldfront dumpdata` writes: users, projects, allocations and their attributes.

Every row that cannot be used is told by its model and number, and stops no other.

Source: ColdFront 1.1, models of coldfront.core.project, .allocation and .resource.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from apportion.adapters.files.faults import Faults
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import is_id

MOST_BYTES = 200_000_000
MOST_ROWS = 1_000_000
WANTED = {
    "auth.user": "username",
    "project.project": "title",
    "project.projectuser": "user",
    "project.projectstatuschoice": "name",
    "project.projectuserstatuschoice": "name",
    "allocation.allocation": "project",
    "allocation.allocationstatuschoice": "name",
    "allocation.allocationattribute": "value",
    "allocation.allocationattributetype": "name",
    "allocation.allocationuser": "user",
    "allocation.allocationuserstatuschoice": "name",
    "resource.resource": "name",
}
ALIVE = frozenset({"Active", "New"})
ACTIVE = "Active"
ACCOUNT = "slurm_account_name"
Rows = Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account there."""

    username: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What a project may use of a resource there.

    Shape: attributes by name, as text; the first of each name.
    """

    number: int
    resource: str
    ends_on: date | None
    attributes: Mapping[str, str]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project there that is not archived, with its active allocations."""

    number: int
    title: str
    lead: str
    people: tuple[str, ...]
    allocations: tuple[Allocation, ...] = field(default=())

    @property
    def account(self) -> str:
        """Names its account on the scheduler, where an allocation says it."""
        named = (one.attributes.get(ACCOUNT, "") for one in self.allocations)
        return next((name for name in named if name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """All that is taken from a dump, and what could not be."""

    people: tuple[Person, ...]
    projects: tuple[Project, ...]
    left_out: int  # projects that are archived
    faults: tuple[Fault, ...]


def parse_dump(data: bytes, *, file: str) -> Installation:
    """Reads a dump.

    Raises: BadInput where it is too large, no JSON, or no dump.
    """
    faults = Faults(file)
    tables = _tables(_entries(data, file), faults)
    people = {number: _person(number, row, faults) for number, row in tables["auth.user"].items()}
    known = {number: person for number, person in people.items() if person is not None}
    names = {number: person.username for number, person in known.items()}
    allocations = _allocations(tables, names, faults)
    status = _words(tables["project.projectstatuschoice"])
    projects, left_out = [], 0
    for number, row in tables["project.project"].items():
        if status.get(_number(row, "status"), ACTIVE) not in ALIVE:
            left_out += 1
            continue
        lead = names.get(_number(row, "pi"))
        title = str(row.get("title", "")).strip()
        if lead is None or not title:
            what = "no user is its PI" if lead is None else "it has no title"
            faults.add(what=what, remedy=MEND, field=f"project.project {number}")
            continue
        members = _members(tables, number, names, faults)
        mine = tuple(allocations.get(number, ()))
        people_there = tuple(dict.fromkeys((lead, *members, *(u for a in mine for u in a.people))))
        projects.append(
            Project(number=number, title=title, lead=lead, people=people_there, allocations=mine)
        )
    return Installation(
        people=tuple(known.values()),
        projects=tuple(projects),
        left_out=left_out,
        faults=tuple(faults.found),
    )


MEND = "Mend it there and dump again, or go on without it"


def _entries(data: bytes, file: str) -> Sequence[object]:
    if len(data) > MOST_BYTES:
        raise _refused(file, f"{len(data):,} bytes, more than {MOST_BYTES:,}")
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refused(file, f"no JSON: {error}"[:200]) from None
    if not isinstance(entries, list):
        raise _refused(file, "no list of rows")
    if len(entries) > MOST_ROWS:
        raise _refused(file, f"{len(entries):,} rows, more than {MOST_ROWS:,}")
    return entries


def _refused(file: str, what: str) -> BadInput:
    remedy = "Write it with: coldfront dumpdata auth user project allocation resource -o FILE"
    return BadInput([Fault(file=file, what=what, remedy=remedy)])


def _tables(
    entries: Sequence[object], faults: Faults
) -> Mapping[str, dict[int, dict[str, object]]]:
    """Sorts rows by their model; of what is no row, the place in the list is told."""
    tables: dict[str, dict[int, dict[str, object]]] = {name: {} for name in WANTED}
    for place, entry in enumerate(entries, start=1):
        model = entry.get("model") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(model, str):
            faults.add(what="no row of a dump", remedy=MEND, field=f"row {place}")
            continue
        if model not in WANTED:
            continue
        number, fields = entry.get("pk"), entry.get("fields")
        if (
            not isinstance(number, int)
            or not isinstance(fields, dict)
            or WANTED[model] not in fields
        ):
            what = f"no number, or no {WANTED[model]}"
            faults.add(what=what, remedy=MEND, field=f"{model}, row {place}")
        elif number in tables[model]:
            faults.add(what="stands twice", remedy=MEND, field=f"{model} {number}")
        else:
            tables[model][number] = fields
    return tables


def _person(number: int, row: Mapping[str, object], faults: Faults) -> Person | None:
    username = str(row["username"]).strip()
    if not is_id(username):
        remedy = "Give the user a sign-in name of letters, digits and . _ - : /"
        faults.add(
            what="cannot be a name here", remedy=remedy, field=f"auth.user {number}", value=username
        )
        return None
    name = f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
    return Person(
        username=username, name=name[:120] or username, is_active=row.get("is_active") is True
    )


def _members(
    tables: Mapping[str, Rows], project: int, names: Mapping[int, str], faults: Faults
) -> Iterator[str]:
    status = _words(tables["project.projectuserstatuschoice"])
    for number, row in tables["project.projectuser"].items():
        if _number(row, "project") != project:
            continue
        if status.get(_number(row, "status"), ACTIVE) != ACTIVE:
            continue
        username = names.get(_number(row, "user"))
        if username is None:
            faults.add(
                what="its user is not there", remedy=MEND, field=f"project.projectuser {number}"
            )
        else:
            yield username


def _allocations(
    tables: Mapping[str, Rows], names: Mapping[int, str], faults: Faults
) -> dict[int, list[Allocation]]:
    """Collects the active allocations of each project."""
    status = _words(tables["allocation.allocationstatuschoice"])
    resources = _words(tables["resource.resource"])
    attributes, users = _attributes(tables, faults), _users(tables, names)
    found: dict[int, list[Allocation]] = {}
    for number, row in tables["allocation.allocation"].items():
        if status.get(_number(row, "status"), ACTIVE) != ACTIVE:
            continue
        project, named = _number(row, "project"), row.get("resources")
        first = named[0] if isinstance(named, list) and named else None
        resource = resources.get(first if isinstance(first, int) else -1)
        if project not in tables["project.project"] or resource is None:
            what = "its project or its resource is not there"
            faults.add(what=what, remedy=MEND, field=f"allocation.allocation {number}")
            continue
        found.setdefault(project, []).append(
            Allocation(
                number=number,
                resource=resource,
                ends_on=_day(row.get("end_date")),
                attributes=attributes.get(number, {}),
                people=tuple(users.get(number, ())),
            )
        )
    return found


def _attributes(tables: Mapping[str, Rows], faults: Faults) -> dict[int, dict[str, str]]:
    types = _words(tables["allocation.allocationattributetype"])
    found: dict[int, dict[str, str]] = {}
    for number, row in tables["allocation.allocationattribute"].items():
        name = types.get(_number(row, "allocation_attribute_type"))
        if name is None:
            field_name = f"allocation.allocationattribute {number}"
            faults.add(what="its type is not there", remedy=MEND, field=field_name)
            continue
        found.setdefault(_number(row, "allocation"), {}).setdefault(name, str(row["value"]).strip())
    return found


def _users(tables: Mapping[str, Rows], names: Mapping[int, str]) -> dict[int, list[str]]:
    status = _words(tables["allocation.allocationuserstatuschoice"])
    found: dict[int, list[str]] = {}
    for row in tables["allocation.allocationuser"].values():
        username = names.get(_number(row, "user"))
        if username and status.get(_number(row, "status"), ACTIVE) == ACTIVE:
            found.setdefault(_number(row, "allocation"), []).append(username)
    return found


def _words(table: Rows) -> dict[int, str]:
    return {number: str(row["name"]) for number, row in table.items()}


def _number(row: Mapping[str, object], name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else -1


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
