"""Who may do what: the one predicate through which every read and write passes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from apportion.apps.people.models import Person, Role
from apportion.apps.people.written import WrittenQuery
from apportion.core.faults import InvariantBroken
from apportion.core.refusals import Code, Refusal, Refused

Signed = Person  # the type of somebody known, for doors that may not touch tables
Anyone = Person | AnonymousUser
R, V, B, O, A = (  # noqa: E741  one letter a role keeps the table readable
    Role.Kind.RESEARCHER,
    Role.Kind.REVIEWER,
    Role.Kind.BOARD,
    Role.Kind.OPERATOR,
    Role.Kind.AUDITOR,
)
EVERYONE = frozenset({R, V, B, O, A})

# Verb -> roles. A verb that is not here is allowed to nobody.
PERMITS: dict[str, frozenset[Role.Kind]] = {
    "round.see": EVERYONE,
    "round.open": frozenset({B, O}),
    "request.file": frozenset({R}),
    "request.see": EVERYONE,
    "review.write": frozenset({V}),
    "review.see": frozenset({V, B, A}),
    "review.assign": frozenset({B}),
    "review.panel": frozenset({B, A}),
    "review.reply": frozenset({R}),
    "slate.see": frozenset({B, A}),
    "slate.propose": frozenset({B}),
    "slate.adopt": frozenset({B}),
    "fastlane.check": frozenset({V, B}),
    "letter.edit": frozenset({B}),
    "outcome.see": EVERYONE,
    "project.see": EVERYONE,
    "project.members": frozenset({R, O}),
    "alert.acknowledge": frozenset({R}),
    "appeal.see": EVERYONE,
    "appeal.file": frozenset({R}),
    "appeal.read": frozenset({B, A}),
    "appeal.decide": frozenset({B}),
    "appeal.name": frozenset({B, O}),
    "change.see": EVERYONE,
    "change.ask": frozenset({R, B}),
    "change.decide": frozenset({B}),
    "winddown.notice": frozenset({B}),
    "winddown.reply": frozenset({R, B}),
    "progress.file": frozenset({R, B}),
    "equity.see": frozenset({B, A}),
    "ledger.see": frozenset({B, O, A}),
    "ledger.erase": frozenset({O}),
    "period.open": frozenset({B, O}),
    "period.close": frozenset({B, O}),
    "loan.open": frozenset({B}),
    "loan.return": frozenset({B, O}),
    "directive.see": EVERYONE,
    "directive.draft": frozenset({B, O}),
    "directive.sign": frozenset({B}),
    "directive.adopt": frozenset({B}),
    "directive.end": frozenset({B}),
    "limits.see": frozenset({B, O, A}),
    "limits.apply": frozenset({O}),
    "rates.see": EVERYONE,
    "rates.set": frozenset({B, O}),
    "usage.import": frozenset({O}),
    "usage.attribute": frozenset({O}),
    "usage.see": frozenset({B, O, A}),
    "people.manage": frozenset({O}),
    "people.declare": EVERYONE,
    "token.own": EVERYONE,
    "account.own": EVERYONE,
    "role.lend": EVERYONE,
    "inbox.see": EVERYONE,
    "notice.own": EVERYONE,
    "notice.see": frozenset({O, A}),
    "notice.send": frozenset({O}),
    "standing.see": EVERYONE,
    "metrics.see": frozenset({B, O, A}),
    "export.write": frozenset({B, O, A}),
    "people.see": frozenset({B, O, A}),
}
# Verbs that are done in a round or an area: a role given for another one does not count there.
PLACED = frozenset(
    {
        *("round.open", "request.file", "project.members", "alert.acknowledge"),
        *("review.write", "review.see", "review.assign", "review.panel", "review.reply"),
        *("slate.see", "slate.propose", "slate.adopt", "fastlane.check"),
        *("appeal.file", "appeal.read", "appeal.decide", "appeal.name"),
        *("change.ask", "change.decide", "progress.file"),
        *("winddown.notice", "winddown.reply"),
    }
)
PUBLIC = frozenset(
    {"record.see", "admission.ask", "health.ask", "metrics.ask", "notice.unsubscribe"}
)
PERSON = WrittenQuery(Person.objects.all, column="username")
ROLES_OF = WrittenQuery(
    lambda: Role.objects.values_list("kind", "round_slug", "area_slug"), column="person", place=-1
)


@dataclass(frozen=True, slots=True)
class Where:
    """Where something is done: in a round, in an area, in both; empty is the whole office."""

    round: str = ""
    area: str = ""


OFFICE = Where()


def roles_of(person: Anyone, where: Where = OFFICE) -> frozenset[str]:
    """Collects the roles that a person holds: everywhere, or in a round or an area as well.

    A role for one round or area counts there alone.
    """
    return frozenset(
        kind
        for kind, in_round, in_area in _held(person)
        if in_round in ("", where.round) and in_area in ("", where.area)
    )


def _held(person: Anyone) -> Sequence[Sequence[str]]:
    """Reads a person's roles with their places, lent ones too; remembered for one request."""
    if not isinstance(person, Person) or not person.is_active:
        return ()
    rows: Sequence[Sequence[str]] | None = getattr(person, "_roles", None)
    if rows is None:
        rows = ROLES_OF.fetch(person.pk)
        person._roles = rows  # type: ignore[attr-defined]  # noqa: SLF001  a per-request memo
    giver = acts_for(person)
    return [*rows, *_held(giver)] if giver else rows


def acts_for(person: Anyone) -> Person | None:
    """Gives the one for whom a person acts in this request, where a delegation lets them."""
    giver: Person | None = getattr(person, "_acts_for", None)
    return giver


def may(person: Anyone, verb: str, where: Where = OFFICE) -> bool:
    """Says whether a person may do something, there; unknown verbs are denied.

    What is open to every role, and done in no place, is open to a role for one place too.
    """
    if verb in PUBLIC:
        return True
    if verb not in PLACED and PERMITS.get(verb) == EVERYONE:
        return bool(_held(person))
    return bool(PERMITS.get(verb, frozenset()) & roles_of(person, where))


def may_somewhere(person: Anyone, verb: str) -> bool:
    """Says whether a person holds a role for a verb in any round or area."""
    permitted = PERMITS.get(verb, frozenset())
    return verb in PUBLIC or any(kind in permitted for kind, _, _ in _held(person))


def demand(person: Anyone, verb: str, where: Where | None = None) -> None:
    """Passes where the person may, and refuses otherwise.

    Refuses: NOT_ALLOWED.
    Raises: InvariantBroken where a verb that is done somewhere does not say where.
    """
    if where is None and verb in PLACED:
        raise InvariantBroken(f"{verb} is done in a round or an area; say in which")
    if not may(person, verb, where or OFFICE):
        wanted: Iterable[str] = sorted(role.label for role in PERMITS.get(verb, frozenset()))
        raise Refused(
            [
                Refusal(
                    code=Code.NOT_ALLOWED,
                    subject=str(person),
                    remedy=f"Ask for one of these roles: {', '.join(wanted) or 'none has it'}.",
                    numbers={"verb": verb},
                )
            ]
        )


def find_person(username: str) -> Person:
    """Finds a person by sign-in name.

    Refuses: NOT_FOUND.
    """
    person = PERSON.find(username)
    if person is None:
        raise Refused(
            [
                Refusal(
                    code=Code.NOT_FOUND,
                    subject=f"person {username!r}",
                    remedy="List people with: apportion people list",
                )
            ]
        )
    return person


def list_people() -> list[Person]:
    """Lists everyone with their roles, teams and manager."""
    rows = Person.objects.select_related("manager").prefetch_related("roles", "teams")
    return list(rows.order_by("username"))


def search_people(words: str) -> QuerySet[Person]:
    """Finds active people by words of their name or sign-in name."""
    names = Q(name__icontains=words) | Q(username__icontains=words)
    return Person.objects.filter(names, is_active=True).order_by("username")


def people_named(usernames: Iterable[str]) -> dict[str, Person]:
    """Finds many people at once by sign-in name."""
    return {row.username: row for row in Person.objects.filter(username__in=set(usernames))}


def people_as(kind: str) -> list[Person]:
    """Lists those who are active and wear a hat, by sign-in name."""
    rows = Person.objects.filter(
        is_active=True, roles__kind=kind, roles__round_slug="", roles__area_slug=""
    )
    return list(rows.order_by("username"))


def list_sample_people() -> list[Person]:
    """Lists one person for each role, to be tried in the demo: first by sign-in name."""
    chosen: dict[str, Person] = {}
    for person in list_people():
        for role in person.roles.all():
            chosen.setdefault(role.kind, person)
    ordered = [chosen[kind] for kind in Role.Kind.values if kind in chosen]
    return list(dict.fromkeys(ordered))
