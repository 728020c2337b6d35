"""Who may not judge which request, and on what ground: found, not only declared."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial

from apportion.core.review.terms import ALWAYS, Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Two people who did something together, in a year."""

    first: str
    second: str
    what: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What is known of people, by sign-in name."""

    managers: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    projects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    joint: tuple[Joint, ...] = ()
    close: tuple[tuple[str, str, str], ...] = ()  # who said it, about whom, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request as conflicts see it: who stands behind it, and who said what of it."""

    ref: str
    applicants: frozenset[str]
    declared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One ground on which one person may not judge one request."""

    request: str
    person: str
    ground: Ground
    other: str  # whom the tie is to; empty for what was said of the request itself
    words: str


def find_conflicts(
    people: Collection[str],
    cases: Iterable[Case],
    ties: Ties,
    *,
    grounds: frozenset[Ground],
    since_year: int,
) -> tuple[Found, ...]:
    """Lists every conflict between the people and the requests, the gravest ground first.

    What happened together before `since_year` no longer counts.
    """
    near: dict[str, dict[str, list[tuple[Ground, str]]]] = {
        person: defaultdict(list) for person in sorted(people)
    }
    for tie in _ties(ties, grounds | ALWAYS, since_year, people=near.keys()):
        if tie.person in near:
            near[tie.person][tie.other].append((tie.ground, tie.words))
    rank = {ground: place for place, ground in enumerate(Ground)}
    conflicts: dict[tuple[str, str, Ground, str], Found] = {}
    for case in cases:
        for person, others in near.items():
            for found in _of_case(case, person, others):
                key = (found.request, found.person, found.ground, found.other)
                conflicts.setdefault(key, found)
    return tuple(
        sorted(conflicts.values(), key=lambda f: (f.request, f.person, rank[f.ground], f.other))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tie:
    """One way in which one person is tied to another."""

    person: str
    other: str
    ground: Ground
    words: str


def _of_case(
    case: Case, person: str, others: Mapping[str, list[tuple[Ground, str]]]
) -> Iterator[Found]:
    say = partial(Found, request=case.ref, person=person)
    if person in case.applicants:
        yield say(ground=Ground.APPLICANT, other=person, words="stands behind the request")
    if person in case.declared:
        yield say(ground=Ground.DECLARED, other="", words=case.declared[person])
    for other in sorted(case.applicants & others.keys()):
        for ground, words in others[other]:
            yield say(ground=ground, other=other, words=words)


def _ties(
    ties: Ties, grounds: frozenset[Ground], since_year: int, *, people: AbstractSet[str]
) -> Iterator[_Tie]:
    """Lists who of the people is tied to whom, each tie from both its ends."""
    for said_by, about, words in ties.close:
        yield from _both(said_by, about, Ground.CLOSE, words)
    if Ground.LINE in grounds:
        yield from _lines(ties.managers)
    if Ground.TEAM in grounds:
        yield from _side_by_side(Ground.TEAM, ties.teams, people)
    if Ground.PROJECT in grounds:
        yield from _side_by_side(Ground.PROJECT, ties.projects, people)
    for work in ties.joint if Ground.COAUTHOR in grounds else ():
        if work.year >= since_year:
            words = f"{work.what or 'a work'}, {work.year}"
            yield from _both(work.first, work.second, Ground.COAUTHOR, words)


def _lines(managers: Mapping[str, str]) -> Iterator[_Tie]:
    for person in managers:
        for boss in _chain(person, managers):
            words = "reports to them, near or far"
            yield _Tie(person=person, other=boss, ground=Ground.LINE, words=words)
            words = "is their manager, near or far"
            yield _Tie(person=boss, other=person, ground=Ground.LINE, words=words)


def _side_by_side(
    ground: Ground, groups: Mapping[str, frozenset[str]], people: AbstractSet[str]
) -> Iterator[_Tie]:
    for name, members in groups.items():
        for person in members & people:
            for other in members - {person}:
                yield _Tie(person=person, other=other, ground=ground, words=name)


def _both(one: str, other: str, ground: Ground, words: str) -> Iterator[_Tie]:
    yield _Tie(person=one, other=other, ground=ground, words=words)
    yield _Tie(person=other, other=one, ground=ground, words=words)


def _chain(person: str, managers: Mapping[str, str]) -> tuple[str, ...]:
    """Follows the line upwards; a circle is walked once."""
    found: dict[str, None] = {}
    above = managers.get(person)
    while above is not None and above not in found and above != person:
        found[above] = None
        above = managers.get(above)
    return tuple(found)
