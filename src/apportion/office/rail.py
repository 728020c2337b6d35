"""The rail on the left of every page: where one may go, and what waits there."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from apportion.apps.apply.queries import count_projects, count_requests
from apportion.apps.people.queries import Person, may
from apportion.apps.review.queries import count_open_reviews
from apportion.apps.rounds.queries import Round, current_of, list_rounds
from apportion.apps.rounds.wording import days_until
from apportion.office import clock

# What everybody of the office may open who may do the verb, in the order of the rail.
PLACES = (
    ("change.see", "Changes", "change:register"),
    ("appeal.see", "Appeals", "appeal:register"),
    ("ledger.see", "Ledger", "ledger:books"),
    ("usage.see", "Metering", "meter:metering"),
    ("limits.see", "Enforcement", "enforce:limits"),
    ("limits.see", "Code red", "directive:register"),
    ("equity.see", "Equity", "report:equity"),
    ("people.see", "People", "people:people"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One place to go. `here` says that the page is in it."""

    name: str
    href: str
    note: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some links under a heading."""

    name: str
    links: tuple[Link, ...]


def rail(request: HttpRequest) -> dict[str, object]:
    """Gives templates the rail; nothing is read for a page that does not show it."""
    return {"rail": SimpleLazyObject(lambda: build_rail(request))}


def build_rail(request: HttpRequest) -> tuple[Part, ...]:
    """Lists what the person may open, with counts."""
    person = request.user
    if not isinstance(person, Person):
        return ()
    # A page that has read the rounds leaves them on the request.
    rounds: list[Round] = getattr(request, "rounds", None) or list_rounds()
    now = getattr(request, "now", None) or clock.now()
    row = current_of(rounds, now)
    parts = (
        Part(name="", links=tuple(_main(request, person, row, now))),
        Part(name="Mine", links=tuple(_mine(request, person))),
        Part(name="Everyone", links=(_link(request, "Public record", reverse("report:record")),)),
    )
    return tuple(part for part in parts if part.links)


def _main(request: HttpRequest, person: Person, row: Round | None, now: object) -> list[Link]:
    links = _of_round(request, person, row, now) if row is not None else []
    if may(person, "project.see"):
        projects = reverse("report:projects")
        links.append(_link(request, "Projects", projects, str(count_projects())))
    links += [
        _link(request, name, reverse(route)) for verb, name, route in PLACES if may(person, verb)
    ]
    return links


def _of_round(request: HttpRequest, person: Person, row: Round, now: object) -> list[Link]:
    if not may(person, "round.see"):
        return []
    home = reverse("report:round", args=[row.slug])
    note = str(count_requests(row.slug))
    links = [_link(request, row.name, home, note, but="decide/")]
    if may(person, "slate.see"):
        when = days_until(row.decision_at, now)  # type: ignore[arg-type]  # an instant
        undecided = row.state in {Round.State.OPEN, Round.State.REVIEW}
        board = reverse("decide:board", args=[row.slug])
        links.append(_link(request, "Decide", board, when.removeprefix("in ") * undecided))
    if may(person, "review.panel"):
        links.append(_link(request, "Panel", reverse("review:panel", args=[row.slug])))
    return links


def _mine(request: HttpRequest, person: Person) -> list[Link]:
    links = []
    if may(person, "request.file"):
        links.append(_link(request, "My requests", reverse("report:mine")))
        links.append(_link(request, "What may be told", reverse("publishing:mine")))
    if may(person, "alert.acknowledge"):
        links.append(_link(request, "My alerts", reverse("report:alerts")))
    if may(person, "review.write"):
        note = str(count_open_reviews(person) or "")
        links.append(_link(request, "My reviews", reverse("review:mine"), note))
    if may(person, "standing.see"):
        links.append(_link(request, "Standing", reverse("report:standing")))
    if may(person, "notice.own"):
        links.append(_link(request, "What I am told", reverse("notice:mine")))
    if may(person, "people.declare"):
        links.append(_link(request, "My ties", reverse("people:ties")))
    if may(person, "account.own"):
        links.append(_link(request, "My account", reverse("mfa_index")))
    return links


def _link(request: HttpRequest, name: str, href: str, note: str = "", but: str = "") -> Link:
    inside = request.path.startswith(href)
    elsewhere = bool(but) and request.path.startswith(href + but)
    return Link(name=name, href=href, note=note, here=inside and not elsewhere)
