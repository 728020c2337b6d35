"""Standing over all rounds: what areas and people asked, got, used and waited, beside the others.

Small groups are told to the board alone; everybody else reads them taken together, and reads their
own standing, whatever its size.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apportion.apps.decide.standings import (
    Given,
    Told,
    told_amounts,
    told_projects,
    told_requests,
)
from apportion.apps.meter.daily import use_of_areas, use_of_projects
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


NOTHING = Amounts(asked=0, awarded=0, used=0)


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
    told = tuple(told_requests(viewer, now=now))
    sizes: Counter[str] = Counter()
    for one in told:
        sizes[one.area] += one.requests
    everything = may(viewer, "equity.see")
    groups = {area: area for area in sizes} if everything else group_small(sizes, LEAST)
    cases = [_case(one, groups[one.area]) for one in told if one.area in groups]
    given = tuple(told_amounts(viewer, resource=resource, now=now))
    return Standings(
        areas=_areas(cases, _amounts(given, groups, use_of_areas(resource))),
        own=_own(viewer, told, given, resource=resource, now=now, everything=everything),
        withheld=sum(sizes.values()) - sum(case.count for case in cases),
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


def _areas(cases: Sequence[Case], amounts: Mapping[str, Amounts]) -> tuple[Stands, ...]:
    known = {area.slug: area for area in list_areas()}
    found = [
        Stands(
            name=known[one.name].name if one.name in known else "Small areas together",
            slug=one.name,
            position=known[one.name].position if one.name in known else -1,
            amounts=amounts.get(one.name, NOTHING),
            beside=one,
        )
        for one in stand_beside(cases)
    ]
    return tuple(sorted(found, key=lambda one: (one.slug == OTHERS, one.position, one.slug)))


def _own(
    viewer: Anyone,
    told: Sequence[Told],
    given: Sequence[Given],
    *,
    resource: str,
    now: datetime,
    everything: bool,
) -> Stands | None:
    """Puts the viewer beside everybody else in one group, so that nobody else is told apart."""
    if not any(one.mine for one in told):
        return None
    both = {one.name: one for one in stand_beside([_case(one, str(one.mine)) for one in told])}
    own = both[str(True)]
    if not everything and own.others.requests < LEAST:
        own = replace(own, others=treat(()))  # the others are too few to be told
    mine = [one for one in given if one.mine]
    projects = told_projects(viewer, resource=resource, now=now)
    return Stands(
        name="You",
        slug=getattr(viewer, "username", ""),
        position=-1,
        amounts=Amounts(
            asked=sum(one.asked for one in mine),
            awarded=sum(one.awarded for one in mine),
            used=use_of_projects(projects, resource=resource),
        ),
        beside=own,
    )


def _case(told: Told, group: str) -> Case:
    return Case(
        group=group,
        approved=told.outcome != "not_yet",
        cut=told.outcome in {"partial", "minimum"},
        waited_days=told.waited_days,
        count=told.requests,
    )


def _amounts(
    given: Sequence[Given], groups: Mapping[str, str], used: Mapping[str, int]
) -> dict[str, Amounts]:
    """Adds up by group what its areas asked, were awarded and used."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in given:
        if one.area in groups:
            held = sums[groups[one.area]]
            held[0] += one.asked
            held[1] += one.awarded
    for area, amount in used.items():
        if area in groups:
            sums[groups[area]][2] += amount
    return {
        group: Amounts(asked=asked, awarded=awarded, used=amount)
        for group, (asked, awarded, amount) in sums.items()
    }


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
