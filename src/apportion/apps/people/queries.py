"""Who may do what: the one predicate through which every read and write passes."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from apportion.apps.people.models import Person, Role
from apportion.apps.people.written import WrittenQuery
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
PUBLIC = frozenset(
    {"record.see", "admission.ask", "health.ask", "metrics.ask", "notice.unsubscribe"}
)
PERSON = WrittenQuery(Person.objects.all, column="username")
ROLES_OF = WrittenQuery(
    lambda: Role.objects.values_list("kind", "round_slug", "area_slug"), column="person", place=-1
)


def roles_of(person: Anyone, *, round_slug: str = "", area_slug: str = "") -> frozenset[str]:
    """Collects the roles that a person holds: everywhere, or in a round or an area as well.

    A role for one round or area counts there alone. The rows are remembered for one request.
    """
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    rows: Sequence[Sequence[str]] | None = getattr(person, "_roles", None)
    if rows is None:
        rows = ROLES_OF.fetch(person.pk)
        person._roles = rows  # type: ignore[attr-defined]  # noqa: SLF001  a per-request memo
    giver = acts_for(person)
    lent = roles_of(giver, round_slug=round_slug, area_slug=area_slug) if giver else frozenset()
    here = {
        kind
        for kind, in_round, in_area in rows
        if in_round in ("", round_slug) and in_area in ("", area_slug)
    }
    return frozenset(here) | lent


def acts_for(person: Anyone) -> Person | None:
    """Gives the one for whom a person acts in this request, where a delegation lets them."""
    giver: Person | None = getattr(person, "_acts_for", None)
    return giver


def may(person: Anyone, verb: str, *, round_slug: str = "", area_slug: str = "") -> bool:
    """Says whether a person may do something, there; unknown verbs are denied."""
    if verb in PUBLIC:
        return True
    held = roles_of(person, round_slug=round_slug, area_slug=area_slug)
    return bool(PERMITS.get(verb, frozenset()) & held)


def demand(person: Anyone, verb: str, *, round_slug: str = "", area_slug: str = "") -> None:
    """Passes where the person may, and refuses otherwise.

    Refuses: NOT_ALLOWED.
    """
    if not may(person, verb, round_slug=round_slug, area_slug=area_slug):
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
