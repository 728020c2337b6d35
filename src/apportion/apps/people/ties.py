"""What ties people to each other: teams, the line of management, works together, declarations.

Nothing here bars anybody: the review stage reads it and says what it means for a request.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apportion.adapters.files.parse_people import FIRST_YEAR, LAST_YEAR, TieRow
from apportion.apps.people.models import Coauthorship, Declaration, Person, Team
from apportion.apps.people.queries import demand, find_person
from apportion.apps.people.written import WrittenQuery
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.refusals import Code, Refusal, Refused

ADD = "Add them first: apportion people add NAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something that two people wrote together."""

    first: str
    second: str
    year: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one person said of being close to another."""

    person: str
    about: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTies:
    """All ties of the lab, by sign-in name."""

    managers: Mapping[str, str]
    teams: Mapping[str, frozenset[str]]  # those that bar, by name
    works: tuple[Work, ...]
    declared: tuple[Declared, ...]


# Each opinion that is written asks for them all.
TEAMS = WrittenQuery(
    lambda: Team.objects.filter(is_conflict=True).values_list("name", "members__username")
)
MANAGERS = WrittenQuery(
    lambda: (
        Person.objects.filter(manager__isnull=False)
        .order_by("username")
        .values_list("username", "manager__username")
    )
)
WORKS = WrittenQuery(
    lambda: Coauthorship.objects.order_by("id").values_list(
        "first__username", "second__username", "year", "title"
    )
)
DECLARED = WrittenQuery(
    lambda: Declaration.objects.order_by("id").values_list(
        "person__username", "about__username", "ground"
    )
)


def read_ties() -> PeopleTies:
    """Reads all ties in four statements, whatever the number of people."""
    teams: dict[str, set[str]] = defaultdict(set)
    for name, member in TEAMS.fetch():
        if member is not None:
            teams[name].add(member)
    return PeopleTies(
        managers={one[0]: one[1] for one in MANAGERS.fetch()},
        teams={name: frozenset(members) for name, members in sorted(teams.items())},
        works=tuple(
            Work(first=first, second=second, year=year, title=title)
            for first, second, year, title in WORKS.fetch()
        ),
        declared=tuple(
            Declared(person=person, about=about, ground=ground)
            for person, about, ground in DECLARED.fetch()
        ),
    )


def list_teams() -> list[Team]:
    """Lists teams with their members."""
    return list(Team.objects.prefetch_related("members"))


def declarations_by(person: Person) -> list[Declaration]:
    """Lists what a person has declared."""
    return list(person.declarations.select_related("about").order_by("about__username"))


def works_of(person: Person) -> list[Coauthorship]:
    """Lists what a person wrote with others, the latest first."""
    rows = Coauthorship.objects.filter(Q(first=person) | Q(second=person))
    return list(rows.select_related("first", "second").order_by("-year", "id"))


def set_team(
    *,
    slug: str,
    name: str = "",
    members: Iterable[str] = (),
    leavers: Iterable[str] = (),
    is_conflict: bool | None = None,
    by: Person,
) -> Team:
    """Makes a team, or changes one: who joins, who leaves, whether its members may judge each other.

    Refuses: NOT_ALLOWED, NOT_FOUND, OUT_OF_RANGE for a slug that cannot be an id.
    """
    demand(by, "people.manage")
    if not is_id(slug):
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"team {slug!r}", ID_REMEDY)])
    with transaction.atomic():
        team, _ = Team.objects.get_or_create(slug=slug, defaults={"name": name or slug})
        team.name = name or team.name
        team.is_conflict = team.is_conflict if is_conflict is None else is_conflict
        team.save()
        team.members.add(*(find_person(one) for one in members))
        team.members.remove(*(find_person(one) for one in leavers))
    return team


def set_manager(*, person: Person, manager: Person | None, by: Person) -> Person:
    """Says to whom a person reports; nobody where there is none.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE where the line would run in a circle.
    """
    demand(by, "people.manage")
    with transaction.atomic():
        lines = dict(Person.objects.select_for_update().values_list("pk", "manager_id"))
        above = manager.pk if manager else None
        while above is not None:
            if above == person.pk:
                remedy = f"{manager} already reports to {person}, near or far."
                raise Refused([_refuse(Code.OUT_OF_RANGE, str(person), remedy)])
            above = lines.get(above)
        person.manager = manager
        person.save(update_fields=["manager"])
    return person


def record_work(
    *, people: tuple[Person, Person], year: int, title: str = "", by: Person, now: datetime
) -> Coauthorship:
    """Records that two people wrote something together; either of them may, or whoever manages people.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE.
    """
    demand(by, "people.declare" if by in people else "people.manage")
    first, second = sorted(people, key=lambda person: person.pk)
    if first.pk == second.pk:
        raise Refused([_refuse(Code.OUT_OF_RANGE, str(first), "Name two people.")])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        remedy = f"Write the year with four digits, such as {now:%Y}."
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"{first} and {second}", remedy)])
    row, _ = Coauthorship.objects.get_or_create(
        first=first, second=second, year=year, title=title[:200], defaults={"recorded_at": now}
    )
    return row


def declare_closeness(*, by: Person, about: Person, ground: str, now: datetime) -> Declaration:
    """Says what ties oneself to somebody: neither then judges what the other asks for.

    Refuses: NOT_ALLOWED, INCOMPLETE without a ground, OUT_OF_RANGE about oneself.
    """
    demand(by, "people.declare")
    if not ground.strip():
        remedy = "Say in a few words what ties you."
        raise Refused([_refuse(Code.INCOMPLETE, str(about), remedy)])
    if by.pk == about.pk:
        remedy = "Name somebody else; your own requests you never judge."
        raise Refused([_refuse(Code.OUT_OF_RANGE, str(about), remedy)])
    row, _ = Declaration.objects.update_or_create(
        person=by, about=about, defaults={"ground": ground.strip()[:200], "declared_at": now}
    )
    return row


def import_ties(*, rows: Sequence[TieRow], file: str, by: Person, now: datetime) -> int:
    """Takes over a whole list of ties, or none of it; a list taken twice changes nothing more.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE where a line of management would run in a circle.
    Raises: BadInput, naming each person that nobody knows.
    """
    demand(by, "people.manage")
    known = {person.username: person for person in Person.objects.all()}
    faults = [
        Fault(file=file, line=row.line, field=field, what="nobody knows", value=name, remedy=ADD)
        for row in rows
        for field, name in (("person", row.person), ("with", row.other))
        if name not in known and not (field == "with" and row.kind == "team")
    ]
    if faults:
        raise BadInput(faults)
    with transaction.atomic():
        for row in rows:
            person = known[row.person]
            if row.kind == "team":
                set_team(slug=row.other, members=[row.person], by=by)
            elif row.kind == "manager":
                set_manager(person=person, manager=known[row.other], by=by)
            else:
                pair = person, known[row.other]
                record_work(people=pair, year=row.year, title=row.title, by=by, now=now)
    return len(rows)


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
