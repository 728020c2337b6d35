"""Standing over all rounds: what areas and people asked, got, used and waited, beside the others.

Small groups are told to the board alone; everybody else reads them taken together, and reads their
own standing, whatever its size.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.decide.standings import Told, told_awards
from apportion.apps.meter.queries import use_rows
from apportion.apps.people.queries import Anyone, may
from apportion.apps.rounds.queries import list_areas
from apportion.core.claims.equity import LEAST, OTHERS, group_small
from apportion.core.claims.standing import Beside, Case, stand_beside, treat

COLUMNS = (
    "name",
    "requests",
    "asked",
    "awarded",
    "used",
    "approved",
    "approved_low",
    "approved_high",
    "approved_others",
    "cut",
    "cut_low",
    "cut_high",
    "cut_others",
    "waited_days",
    "waited_low",
    "waited_high",
    "waited_others",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a group asked, was awarded and used of one resource. Units: base units."""

    asked: int
    awarded: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """One line: a group with its amounts, beside the others."""

    name: str
    slug: str
    position: int  # of its area, which is its colour; -1 of what has none
    amounts: Amounts
    beside: Beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Areas, and the one who asks. Shape: `withheld` requests are in no group that is told."""

    areas: tuple[Stands, ...]
    own: Stands | None
    withheld: int
    everything: bool  # whether small groups are told apart


def read_standings(viewer: Anyone, *, resource: str, now: datetime) -> Standings:
    """Reads the standing of every area, and of the viewer, as the viewer may know it."""
    told = told_awards(now=now)
    everything = may(viewer, "equity.see")
    first = {award.request: award for award in reversed(told)}
    areas = [award.area for award in first.values()]
    groups = {area: area for area in areas} if everything else group_small(areas, LEAST)
    name = getattr(viewer, "username", "")
    cases = [_case(award, groups[award.area]) for award in first.values() if award.area in groups]
    people = [_case(award, award.author) for award in first.values()]
    used = _used_by_project(resource)
    by_area: dict[str, int] = defaultdict(int)
    for slug, project in projects_by_slug(used).items():
        by_area[groups.get(project.area.slug, "")] += used[slug]
    own = next((one for one in stand_beside(_two(people, name)) if one.name == name), None)
    if own is not None and not everything and own.others.requests < LEAST:
        own = replace(own, others=treat(()))  # the others are too few to be told
    mine = [award for award in told if award.author == name and award.resource == resource]
    return Standings(
        areas=_areas(cases, told, groups, by_area, resource),
        own=None
        if own is None
        else Stands(
            name="You",
            slug=name,
            position=-1,
            amounts=_amounts(mine, sum(used.get(slug, 0) for slug in {a.project for a in mine})),
            beside=own,
        ),
        withheld=len(first) - len(cases),
        everything=everything,
    )


def row_of(one: Stands, *, hours: int) -> dict[str, object]:
    """Writes a line under the columns of a listing. Units: amounts in display units."""
    own, others = one.beside.own, one.beside.others
    return {
        "name": one.slug,
        "requests": own.requests,
        "asked": f"{one.amounts.asked / hours:.2f}",
        "awarded": f"{one.amounts.awarded / hours:.2f}",
        "used": f"{one.amounts.used / hours:.2f}",
        "approved": _share(own.approved.share),
        "approved_low": _share(own.approved.low),
        "approved_high": _share(own.approved.high),
        "approved_others": _share(others.approved.share),
        "cut": _share(own.cut.share),
        "cut_low": _share(own.cut.low),
        "cut_high": _share(own.cut.high),
        "cut_others": _share(others.cut.share),
        "waited_days": own.waited.median,
        "waited_low": own.waited.low,
        "waited_high": own.waited.high,
        "waited_others": others.waited.median,
    }


def _areas(
    cases: Sequence[Case],
    told: Sequence[Told],
    groups: Mapping[str, str],
    used: Mapping[str, int],
    resource: str,
) -> tuple[Stands, ...]:
    known = {area.slug: area for area in list_areas()}
    held: dict[str, list[Told]] = defaultdict(list)
    for award in told:
        if award.resource == resource and award.area in groups:
            held[groups[award.area]].append(award)
    found = [
        Stands(
            name=known[one.name].name if one.name in known else "Small areas together",
            slug=one.name,
            position=known[one.name].position if one.name in known else -1,
            amounts=_amounts(held[one.name], used.get(one.name, 0)),
            beside=one,
        )
        for one in stand_beside(cases)
    ]
    return tuple(sorted(found, key=lambda one: (one.slug == OTHERS, one.position, one.slug)))


def _case(award: Told, group: str) -> Case:
    waited = None if award.submitted_at is None else (award.told_at - award.submitted_at).days
    return Case(
        request=award.request,
        group=group,
        approved=award.outcome != "not_yet",
        cut=award.outcome in {"partial", "minimum"},
        waited_days=waited,
    )


def _two(cases: Sequence[Case], name: str) -> list[Case]:
    """Puts everybody else into one group, so that nobody else is told apart."""
    return [
        case
        if case.group == name
        else Case(
            request=case.request,
            group=OTHERS,
            approved=case.approved,
            cut=case.cut,
            waited_days=case.waited_days,
        )
        for case in cases
    ]


def _amounts(awards: Sequence[Told], used: int) -> Amounts:
    return Amounts(
        asked=sum(award.asked for award in awards),
        awarded=sum(award.awarded for award in awards),
        used=used,
    )


def _used_by_project(resource: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for use in use_rows():
        if use.resource == resource and use.project:
            found[use.project] += use.unit_seconds
    return dict(found)


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
