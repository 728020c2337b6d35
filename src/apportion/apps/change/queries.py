"""Reads of changes, notices and reports, and what an ask is weighed against."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Min, Q, QuerySet, Sum

from apportion.adapters.files.parse_changes import parse_changes
from apportion.apps.appeal.queries import reserves_for
from apportion.apps.apply.queries import Project, find_project, works_on
from apportion.apps.change.models import Change, ProgressReport, Step, WindDown
from apportion.apps.grant.queries import granted_by_area, grants_of
from apportion.apps.ledger.queries import find_accounts
from apportion.apps.people.queries import Person, may
from apportion.apps.rounds.queries import (
    Round,
    list_rounds,
    policy_of,
    policy_text,
    spending_of,
)
from apportion.core.change.asking import WAITING, Ask, Facts, State, What, Wish, check_ask
from apportion.core.change.rules import Rules
from apportion.core.change.winddown import ALIVE, Notice, Stage
from apportion.core.ids import ProjectId, ResourceCode, RoundId
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refusal, Refused

COLUMNS = (
    "ref",
    "what",
    "project",
    "other",
    "resource",
    "amount",
    "state",
    "asked_at",
    "answer_by",
    "answered_at",
)
NOTICE_COLUMNS = ("ref", "project", "stage", "noticed_at", "last_day", "replied", "confirmed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """An ask beside what it is weighed against, and all that stands against it now."""

    ask: Ask
    facts: Facts
    rules: Rules
    refusals: tuple[Refusal, ...]


def rules_of(row: Round) -> Rules:
    """Reads what may change after the awards of a round."""
    return parse_changes(policy_text(row).encode(), f"{row.slug}/round.toml")


def home_round(project: Project, resource: str, now: datetime) -> Round:
    """Finds the round that a project's credits came from last, or the one being spent.

    Refuses: ROUND_NOT_OPEN where there is none.
    """
    mine = [one for one in grants_of(project.slug) if one.resource.code == resource]
    row = mine[0].decision.request.round if mine else spending_of(list_rounds(), now)
    if row is None:
        remedy = "Nothing can change before a round has granted something."
        subject = f"project {project.slug}, {resource}"
        raise Refused([Refusal(code=Code.ROUND_NOT_OPEN, subject=subject, remedy=remedy)])
    return row


def weigh(wish: Wish, *, ref: str, now: datetime) -> Weighed:
    """Weighs an ask against the books as they stand; changes nothing.

    What does not belong to its kind is left out: only a transfer goes to another project, only an
    extension names a day.

    Refuses: NOT_FOUND, ROUND_NOT_OPEN.
    """
    project = find_project(wish.project)
    transfers = wish.what is What.TRANSFER and wish.other
    other = find_project(wish.other or "") if transfers else None
    row = home_round(project, wish.resource, now)
    later = next_start(now)
    until = wish.until if wish.what is What.EXTENSION else None
    ask = Ask(
        ref=ref,
        what=wish.what,
        project=ProjectId(project.slug),
        resource=ResourceCode(wish.resource),
        amount=0 if wish.what is What.EXTENSION else wish.amount,
        round=RoundId(row.slug),
        other=ProjectId(other.slug) if other is not None else None,
        until=later if wish.what is What.ADVANCE else until,
    )
    facts, rules = facts_of(ask, row, project, other, next_at=later), rules_of(row)
    found = check_ask(ask, facts, rules, now=now)
    return Weighed(ask=ask, facts=facts, rules=rules, refusals=found)


def facts_of(
    ask: Ask, row: Round, project: Project, other: Project | None, *, next_at: datetime | None
) -> Facts:
    """Gathers what an ask is weighed against."""
    mine = [one for one in grants_of(ask.project) if one.resource.code == ask.resource]
    mine = [one for one in mine if one.decision.request.round_id == row.pk]
    granted = Change.objects.filter(
        project=project, round=row, resource__code=ask.resource, state=State.GRANTED
    )
    before = granted.filter(what=ask.what).aggregate(total=Sum("amount"))["total"]
    first = granted.filter(what=What.EXTENSION).aggregate(at=Min("before_at"))["at"]
    ends_at = max((one.ends_at for one in mine), default=None)
    own = Key(Kind.PROJECT, ask.project, ask.resource)
    pool = Key(Kind.POOL, ask.round, ask.resource)
    accounts = find_accounts([own, pool])
    reserve = reserves_for(row).get(ask.resource)
    kept = reserve.left if reserve else 0  # what appeals took has left the pool already
    gone = wound_down([slug for slug in (ask.project, ask.other) if slug is not None])
    return Facts(
        granted=sum(one.amount for one in mine),
        available=accounts[own].available if own in accounts else 0,
        before=int(before or 0),
        pool=(accounts[pool].available if pool in accounts else 0) - kept,
        room=_room(ask, row, project, other),
        ends_at=ends_at,
        first_end=first or ends_at,
        next_at=next_at,
        closed=tuple(ProjectId(slug) for slug in gone),
    )


def next_start(now: datetime) -> datetime | None:
    """Finds when the next round's credits start."""
    starts = [row.credits_start_at for row in list_rounds() if row.credits_start_at > now]
    return min(starts, default=None)


def wound_down(slugs: Iterable[str]) -> list[str]:
    """Names those of the projects that were wound down."""
    rows = WindDown.objects.filter(project__slug__in=list(slugs), stage=Stage.CLOSED)
    return list(rows.order_by("project__slug").values_list("project__slug", flat=True).distinct())


def find_change(ref: str) -> Change:
    """Finds a change by its reference.

    Refuses: NOT_FOUND.
    """
    row = _changes().filter(ref=ref).first()
    if row is None:
        raise _missing(f"change {ref!r}", "List changes with: apportion change list")
    return row


def find_notice(ref: str) -> WindDown:
    """Finds a notice of winding down by its reference.

    Refuses: NOT_FOUND.
    """
    row = WindDown.objects.select_related("project__area", "project__lead", "noticed_by").filter(
        ref=ref
    )
    found = row.first()
    if found is None:
        raise _missing(f"notice {ref!r}", "List notices with: apportion winddown list")
    return found


def list_changes(*, state: str = "", project: str = "") -> QuerySet[Change]:
    """Finds changes, the newest first; `state` may be `waiting`."""
    rows = _changes()
    if state == "waiting":
        rows = rows.filter(state__in=WAITING)
    elif state:
        rows = rows.filter(state=state)
    if project:
        rows = rows.filter(Q(project__slug=project) | Q(other__slug=project))
    return rows


def list_notices(*, project: str = "") -> QuerySet[WindDown]:
    """Finds notices of winding down, the newest first."""
    rows = WindDown.objects.select_related("project")
    return rows.filter(project__slug=project) if project else rows


def notices_given() -> list[tuple[str, datetime, datetime]]:
    """Lists of every notice that was not withdrawn: project, when it was given, the last day."""
    rows = WindDown.objects.exclude(stage=Stage.WITHDRAWN)
    return list(rows.order_by("id").values_list("project__slug", "noticed_at", "last_at"))


def steps_of(ref: str) -> list[Step]:
    """Lists what was done, by whom and when."""
    return list(Step.objects.filter(ref=ref).select_related("by"))


def notice_of(row: WindDown) -> Notice:
    """Reads a notice as the core's value."""
    return Notice(
        project=ProjectId(row.project.slug),
        stage=Stage(row.stage),
        noticed_at=row.noticed_at,
        last_at=row.last_at,
        replied=row.replied_at is not None,
    )


def reports_filed(project: Project) -> list[ProgressReport]:
    """Lists a project's progress reports, the newest first."""
    rows = ProgressReport.objects.filter(project=project)
    return list(rows.select_related("round", "filed_by"))


def added_beyond(at: datetime) -> dict[Key, int]:
    """Sums what was added to projects before an instant, to be used after it. Units: base units."""
    rows = Change.objects.filter(
        state=State.GRANTED,
        what__in=(What.SUPPLEMENT, What.TRANSFER),
        answered_at__lt=at,
        until_at__gt=at,
    ).annotate(slug=F("project__slug"), to=F("other__slug"), code=F("resource__code"))
    sums: dict[Key, int] = {}
    for slug, to, code, amount in rows.order_by("id").values_list("slug", "to", "code", "amount"):
        key = Key(Kind.PROJECT, to or slug, code)
        sums[key] = sums.get(key, 0) + amount
    return sums


def demand_worker(person: Person, project: Project, about: str) -> None:
    """Passes for whoever leads a project or works on it.

    Refuses: NOT_ALLOWED.
    """
    if not works_on(person, project):
        remedy = f"Ask the lead of {project.slug}, or somebody who works on it."
        raise Refused([Refusal(code=Code.NOT_ALLOWED, subject=about, remedy=remedy)])


def is_party(person: Person, row: Change) -> bool:
    """Says whether a person asked for a change or works on a project that it touches."""
    projects = [row.project, *([row.other] if row.other is not None else [])]
    return row.asked_by_id == person.pk or any(works_on(person, one) for one in projects)


def waiting_for(person: Person, mine: Collection[int]) -> list[Change]:
    """Lists the asks that a person can answer: as the other lead, or as the board.

    Shape: `mine` numbers the projects on which the person works.
    """
    board = may(person, "change.decide")
    return [
        row
        for row in _changes().filter(state__in=WAITING)
        if (row.other_id in mine and row.state == State.ASKED)
        or (
            board
            and row.asked_by_id != person.pk
            and not {row.project_id, row.other_id} & set(mine)
            and (row.other_id is None or row.state != State.ASKED)
        )
    ]


def notices_for(person: Person, mine: Collection[int]) -> list[WindDown]:
    """Lists the notices that a person should answer: as the lead, or as the second of the board."""
    board = may(person, "winddown.notice")
    return [
        row
        for row in WindDown.objects.filter(stage__in=ALIVE).select_related("project")
        if (row.replied_at is None and row.project_id in mine)
        or (board and row.stage == Stage.NOTICED and row.noticed_by_id != person.pk)
    ]


def counts() -> dict[str, int]:
    """Counts changes and notices by where they stand, for the public record."""
    states = Change.objects.order_by().values_list("what", "state")
    told: dict[str, int] = {}
    for what, state in states:
        told[f"{what} {state}"] = told.get(f"{what} {state}", 0) + 1
    for stage in WindDown.objects.order_by().values_list("stage", flat=True):
        told[f"winddown {stage}"] = told.get(f"winddown {stage}", 0) + 1
    return dict(sorted(told.items()))


def _room(ask: Ask, row: Round, project: Project, other: Project | None) -> int | None:
    """Counts what the caps above the receiving project leave; a cap that holds both is not touched."""
    policy = policy_of(row)
    to = (other or project).area.slug
    out_of = project.area.slug if other is not None else None
    granted = granted_by_area(row.slug, ask.resource)
    moved = Change.objects.filter(
        round=row,
        resource__code=ask.resource,
        state=State.GRANTED,
        what__in=(What.SUPPLEMENT, What.TRANSFER),
    )
    columns = ("what", "project__area__slug", "other__area__slug", "amount")
    for what, mine, others, amount in moved.order_by().values_list(*columns):
        if what == What.SUPPLEMENT:
            granted[mine] = granted.get(mine, 0) + amount
        else:
            granted[mine] = granted.get(mine, 0) - amount
            granted[others] = granted.get(others, 0) + amount
    rooms = []
    for area in policy.areas:
        inside = policy.subtree(area.id)
        if ask.resource in area.cap and to in inside and out_of not in inside:
            taken = sum(amount for slug, amount in granted.items() if slug in inside)
            rooms.append(area.cap[ask.resource] - taken)
    return min(rooms, default=None)


def _changes() -> QuerySet[Change]:
    return Change.objects.select_related(
        "project__area", "project__lead", "other__area", "round", "resource", "asked_by"
    )


def _missing(subject: str, remedy: str) -> Refused:
    return Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
