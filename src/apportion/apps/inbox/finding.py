"""Finding a page, an act, a round, a request, a project or a person by a few letters of its name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apportion.apps.apply.queries import search_all_requests, search_projects
from apportion.apps.inbox.places import ACTS, PAGES, Place
from apportion.apps.people.queries import Person, may, search_people
from apportion.apps.rounds.queries import Round, current_of, list_rounds

MOST = 8  # of a kind
LONGEST = 80  # letters that are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was found: its name, what it is, and where."""

    name: str
    note: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What was found of one kind, the best first."""

    name: str
    found: tuple[Found, ...]


def find(
    words: str, *, person: Person, now: datetime, rounds: list[Round] | None = None
) -> tuple[Kind, ...]:
    """Finds what a person may open; without words, what they may do and where they may go."""
    words = " ".join(words.split())[:LONGEST]
    known = list_rounds() if rounds is None else rounds
    row = current_of(known, now)
    kinds = [
        Kind(name="To do", found=_places(ACTS, words, person, row)),
        Kind(name="Pages", found=_places(PAGES, words, person, row)),
    ]
    if words:
        kinds += [
            Kind(name=name, found=tuple(read(words)))
            for name, verb, read in _kinds(known)
            if may(person, verb)
        ]
    return tuple(kind for kind in kinds if kind.found)


def _places(
    places: Iterable[Place], words: str, person: Person, row: Round | None
) -> tuple[Found, ...]:
    """Chooses places whose name or other names hold every word, those named so first."""
    wanted = words.casefold().split()
    chosen = [
        place
        for place in places
        if may(person, place.verb)
        and (row is not None or not place.of_round)
        and all(word in f"{place.name} {place.words}".casefold() for word in wanted)
    ]
    chosen.sort(key=lambda place: not place.name.casefold().startswith(words.casefold()))
    return tuple(
        Found(
            name=place.name,
            note=row.name if row is not None and place.of_round else "",
            path=reverse(
                place.route, args=[row.slug] if row is not None and place.of_round else []
            ),
        )
        for place in chosen
    )


Read = Callable[[str], Iterable[Found]]


def _kinds(rounds: list[Round]) -> tuple[tuple[str, str, Read], ...]:
    """Lists what is read from the tables, with the verb of its page."""
    return (
        ("Rounds", "round.see", lambda words: _rounds(rounds, words)),
        ("Requests", "request.see", _requests),
        ("Projects", "project.see", _projects),
        ("People", "people.see", _people),
    )


def _rounds(rounds: list[Round], words: str) -> list[Found]:
    wanted = words.casefold()
    return [
        Found(
            name=row.name,
            note=row.get_state_display(),
            path=reverse("report:round", args=[row.slug]),
        )
        for row in rounds
        if wanted in row.name.casefold() or wanted in row.slug.casefold()
    ][:MOST]


def _requests(words: str) -> list[Found]:
    return [
        Found(
            name=row.title,
            note=f"{row.ref}, {row.round.name}",
            path=reverse("report:request", args=[row.ref]),
        )
        for row in search_all_requests(words)[:MOST]
    ]


def _projects(words: str) -> list[Found]:
    return [
        Found(name=row.title, note=row.area.name, path=reverse("report:project", args=[row.slug]))
        for row in search_projects(words)[:MOST]
    ]


def _people(words: str) -> list[Found]:
    page = reverse("people:people")
    return [
        Found(name=str(row), note=row.username, path=f"{page}?q={row.username}")
        for row in search_people(words)[:MOST]
    ]
