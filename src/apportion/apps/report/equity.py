"""The equity monitor in the office: gathers what it looks at."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from apportion.apps.apply.history import Asked, requests_written
from apportion.apps.change.queries import notices_given
from apportion.apps.decide.history import Decided, decided_awards
from apportion.apps.directive.queries import shelved_projects
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.daily import paces
from apportion.apps.report.published import outcomes_of
from apportion.core.claims.equity import Equity, weigh_equity
from apportion.core.claims.monitor import Award, Burn, Call, Finding, Sight, monitor
from apportion.core.ledger import Key, Kind
from apportion.core.report import PACE_DAYS

COLUMNS = ("concern", "subject", "area", "evidence")


def look_at_equity(*, now: datetime) -> tuple[tuple[Finding, ...], Equity]:
    """Lists what is unfair or may be, and how areas were treated; in a handful of statements."""
    awards = decided_awards()
    equity = weigh_equity(outcomes_of(awards))
    return monitor(_sight(awards, now), equity), equity


def rows_of(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Writes findings under the columns of a listing."""
    return [
        {
            "concern": one.concern.value,
            "subject": one.subject,
            "area": one.area,
            "evidence": one.evidence,
        }
        for one in findings
    ]


def _sight(awards: Sequence[Decided], now: datetime) -> Sight:
    written, held = requests_written(), balances(kind=Kind.PROJECT)
    pace = paces(since=now - timedelta(days=PACE_DAYS))
    last: dict[str, datetime] = {}
    for one in pace:
        last[one.project] = max(one.last_ended_at, last.get(one.project, one.last_ended_at))
    lately = {(one.project, one.resource): one.lately for one in pace}
    funded = {(award.project, award.resource) for award in awards if award.awarded}
    return Sight(
        today=now.date(),
        awards=tuple(map(_award, awards)),
        burns=tuple(
            Burn(
                project=project,
                resource=resource,
                left=held.get(Key(Kind.PROJECT, project, resource), 0),
                spent_last_week=lately.get((project, resource), 0),
            )
            for project, resource in sorted(funded)
            if Key(Kind.PROJECT, project, resource) in held
        ),
        last_job_on={project: at.date() for project, at in last.items()},
        announced=shelved_projects() | {project for project, _, _ in notices_given()},
        open_requests=frozenset(one.project for one in written if not one.is_decided),
        teams=_calls(written, awards, now, _team),
        people=_calls(written, awards, now, _author),
    )


def _award(award: Decided) -> Award:
    return Award(
        project=award.project,
        area=award.area,
        round=award.round,
        resource=award.resource,
        minimum=award.minimum,
        asked=award.asked,
        awarded=award.awarded,
        starts_on=award.starts_at.date(),
        ends_on=award.ends_at.date(),
    )


def _team(asked: Asked) -> str:
    return asked.project


def _author(asked: Asked) -> str:
    return asked.author


def _calls(
    written: Sequence[Asked], awards: Sequence[Decided], now: datetime, who: Callable[[Asked], str]
) -> tuple[Call, ...]:
    """Lists the rounds that are closed to requests, with who asked and who got nothing at all."""
    funded = {award.request for award in awards if award.awarded}
    rounds: dict[str, list[Asked]] = {}
    for one in written:
        if one.is_submitted and one.closes_at <= now:
            rounds.setdefault(one.round, []).append(one)
    return tuple(
        Call(
            round=slug,
            askers=frozenset(map(who, asked)),
            refused=frozenset(who(one) for one in asked if one.is_decided)
            - frozenset(who(one) for one in asked if one.request in funded),
        )
        for slug, asked in rounds.items()
    )
