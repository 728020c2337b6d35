"""The equity monitor: who was granted too little to finish, who left quietly, who stopped asking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from apportion.core.claims.equity import Equity
from apportion.core.report import PACE_DAYS

UNLIKELY = 0.05  # a difference that chance gives less often is told
EARLY = timedelta(days=14)  # dry this long before the credits end is too early
QUIET = timedelta(
    days=30
)  # without a job this long after credits end, nobody is just between rounds


class Concern(StrEnum):
    """What the monitor looks for."""

    TOO_LITTLE = "granted too little to finish"
    DENIED_MORE = "denied more than others"
    CUT_MORE = "cut more than others"
    WOUND_DOWN = "wound down without notice"
    STOPPED_ASKING = "stopped asking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a project was awarded of a resource in one round. Units: base units."""

    project: str
    area: str
    round: str
    resource: str
    minimum: int
    asked: int
    awarded: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """What a project has left of a resource and spent in the last week. Units: base units."""

    project: str
    resource: str
    left: int
    spent_last_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A round whose requests are in, and who asked in it."""

    round: str
    askers: frozenset[str]
    refused: frozenset[str]  # of the askers those who were denied everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One concern about one project, area, team or person, with what shows it."""

    concern: Concern
    subject: str
    area: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that the monitor looks at.

    Shape: `last_job_on` and `open_requests` are by project; calls stand the oldest first;
        `announced` are projects whose people had notice of their end.
    """

    today: date
    awards: tuple[Award, ...]
    burns: tuple[Burn, ...]
    last_job_on: dict[str, date]
    open_requests: frozenset[str]
    teams: tuple[Call, ...]
    people: tuple[Call, ...]
    announced: frozenset[str] = frozenset()


def monitor(sight: Sight, equity: Equity) -> tuple[Finding, ...]:
    """Lists every concern, by kind and subject; each is a question to ask, not a verdict."""
    found = [
        *_too_little(sight),
        *_beyond_chance(equity),
        *_wound_down(sight),
        *_stopped(sight.teams, "project"),
        *_stopped(sight.people, "person"),
    ]
    order = list(Concern)
    return tuple(sorted(found, key=lambda one: (order.index(one.concern), one.subject)))


def _too_little(sight: Sight) -> Iterable[Finding]:
    """An award below the ask that is dry, or at this pace will be, long before its credits end."""
    burns = {(burn.project, burn.resource): burn for burn in sight.burns}
    running: dict[tuple[str, str], list[Award]] = {}
    for award in sight.awards:
        if award.awarded and award.starts_on <= sight.today < award.ends_on:
            running.setdefault((award.project, award.resource), []).append(award)
    for place, awards in running.items():
        burn, ends_on = burns.get(place), max(award.ends_on for award in awards)
        asked, awarded = (sum(getattr(a, n) for a in awards) for n in ("asked", "awarded"))
        dry_on = None if burn is None else _dry_on(burn, sight.today)
        if awarded >= asked or burn is None or dry_on is None or dry_on > ends_on - EARLY:
            continue
        least = sum(award.minimum for award in awards)
        size = "the minimum" if awarded == least else f"{awarded * 100 // asked}% of the ask"
        dry = "is used up" if burn.left <= 0 else f"runs dry on {dry_on}"
        gone = (sight.today - min(a.starts_on for a in awards)).days
        days = (ends_on - min(a.starts_on for a in awards)).days
        yield Finding(
            concern=Concern.TOO_LITTLE,
            subject=place[0],
            area=awards[0].area,
            evidence=f"{place[1]}: granted {size}, {dry}, day {gone} of {days}",
        )


def _dry_on(burn: Burn, today: date) -> date | None:
    if burn.left <= 0:
        return today
    if burn.spent_last_week <= 0:
        return None
    days = burn.left * PACE_DAYS // burn.spent_last_week
    return today + timedelta(days=days) if days < date.max.toordinal() - today.toordinal() else None


def _beyond_chance(equity: Equity) -> Iterable[Finding]:
    """Areas that fare worse than all requests together, where chance alone hardly gives that."""
    requests = sum(area.requests for area in equity.areas)
    approved = sum(area.approved for area in equity.areas)
    cuts = sum((area.mean_cut * area.requests for area in equity.areas), Fraction(0))
    for area in equity.areas:
        fewer = area.approved * requests < approved * area.requests
        if fewer and _is_unlikely(area.approval_p):
            yield Finding(
                concern=Concern.DENIED_MORE,
                subject=area.area,
                area=area.area,
                evidence=f"{area.approved} of {area.requests} requests granted, of all {approved} "
                f"of {requests}; by chance alone p = {area.approval_p:.4f}",
            )
        if area.mean_cut * requests > cuts and _is_unlikely(area.cut_p):
            yield Finding(
                concern=Concern.CUT_MORE,
                subject=area.area,
                area=area.area,
                evidence=f"cut by {float(area.mean_cut):.0%} on average, all requests by "
                f"{float(cuts / requests):.0%}; by chance alone p = {area.cut_p:.4f}",
            )


def _is_unlikely(p: float | None) -> bool:
    return p is not None and p < UNLIKELY


def _wound_down(sight: Sight) -> Iterable[Finding]:
    """Credits ended, no job ran for a while, and no request waits: it ended without a word."""
    last: dict[str, Award] = {}
    for award in sight.awards:
        before = last.get(award.project)
        if award.awarded and (before is None or award.ends_on > before.ends_on):
            last[award.project] = award
    for project, award in last.items():
        job_on = sight.last_job_on.get(project)
        if (
            job_on is None
            or project in sight.open_requests
            or project in sight.announced
            or max(award.ends_on, job_on) > sight.today - QUIET
        ):
            continue
        yield Finding(
            concern=Concern.WOUND_DOWN,
            subject=project,
            area=award.area,
            evidence=f"credits ended on {award.ends_on}, the last job on {job_on}; "
            f"{_said(sight, project, award)}",
        )


def _said(sight: Sight, project: str, last: Award) -> str:
    later = [a.round for a in sight.awards if a.project == project and a.ends_on > last.ends_on]
    return f"denied in {', '.join(sorted(set(later)))}" if later else "asked for nothing since"


def _stopped(calls: Sequence[Call], kind: str) -> Iterable[Finding]:
    """Asked in two calls or more, or was denied the last time, and was silent in the last two."""
    if len(calls) < 3:
        return
    heard = calls[-2].askers | calls[-1].askers
    asked: dict[str, list[Call]] = {}
    for call in calls[:-2]:
        for name in call.askers:
            asked.setdefault(name, []).append(call)
    for name, before in asked.items():
        refused = name in before[-1].refused
        if name in heard or not (refused or len(before) > 1):
            continue
        why = "; the last answer was not yet" if refused else ""
        yield Finding(
            concern=Concern.STOPPED_ASKING,
            subject=name,
            area="",
            evidence=f"{kind}: asked in {len(before)} rounds, last in {before[-1].round}, "
            f"not in the {len(calls) - calls.index(before[-1]) - 1} since{why}",
        )
