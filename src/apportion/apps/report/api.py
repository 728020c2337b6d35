"""What the office tells of itself, for programs: standing, forecasts, periods, the record."""

from typing import Any

from pydantic import AwareDatetime, Field

from apportion.adapters.files.parse_statement import parse_statement
from apportion.apps.apply.queries import find_project
from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.ledger.closing import close_period, lapses_of, open_period, preview_close
from apportion.apps.ledger.periods import find_period
from apportion.apps.ledger.queries import balances
from apportion.apps.people.queries import may
from apportion.apps.report import commands, period_commands, record_commands
from apportion.apps.report.alert_actions import acknowledge_alert
from apportion.apps.report.alert_queries import find_alerts
from apportion.apps.report.claims import answer_on, own_record
from apportion.apps.report.outlook import ahead_facts, look_ahead
from apportion.apps.report.period_end import gatherer
from apportion.apps.report.published import record_document
from apportion.apps.rounds.queries import find_round, list_rounds, resource_units, spending_of
from apportion.core.ledger import Kind
from apportion.core.periods import Closing
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import DisplayUnit
from apportion.core.windows import Window

calls = Calls("record")
Name = Field(min_length=1, max_length=60)
IN_ROUND = "name asked awarded used overrun left ran_dry_at:at"
LAPSES = "kind owner resource before lapses remains"
PERIOD = "name starts_at:at ends_at:at state round closed_at:at closed_by journal_size:n"


class AlertRow(Answer):
    """An alert. Units: left in base units."""

    id: int
    project: str
    resource: str
    kind: str
    raised_at: AwareDatetime
    left: int
    acknowledged_by: str | None
    cleared_at: AwareDatetime | None


class ForecastAnswer(Answer):
    """When a project runs dry, by resource, with an interval, and what would make it last."""

    project: str
    forecast: dict[str, Any]


class LapseRow(Answer):
    """What an account loses when a period closes. Units: base units."""

    kind: str
    owner: str
    resource: str
    before: int
    lapses: int
    remains: int


class ClosingAnswer(Answer):
    """What a close did, or would do."""

    ref: str
    state: str
    lapses: list[LapseRow]
    returns: int
    differences: int


class NewPeriod(Body):
    """A period to open; its days are those of the round where none are said."""

    name: str = Name
    round: str | None = Field(default=None, max_length=60)
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class Close(Body):
    """What the scheduler says was used, in base units by resource."""

    used: dict[str, int] = Field(default={}, max_length=100)
    dry_run: bool = False


class Statement(Body):
    """A statement about shares: the text of a claim.toml."""

    toml: str = Field(min_length=1, max_length=1_000_000)


calls.listing(
    "/rounds/{slug}/standing",
    "standing.see",
    commands.in_round,
    "standing",
    row=row("StandingRow", IN_ROUND),
)
calls.listing(
    "/standing",
    "standing.see",
    commands.beside,
    "standing",
    row=row("BesideRow", " ".join(commands.COLUMNS)),
)
calls.listing(
    "/equity",
    "equity.see",
    record_commands.equity,
    "report equity",
    row=row("EquityRow", "concern subject area evidence"),
)
calls.listing(
    "/periods", "ledger.see", period_commands.show_all, "period list", row=row("PeriodRow", PERIOD)
)
calls.listing(
    "/periods/{name}/lapses",
    "ledger.see",
    period_commands.show,
    "period show",
    row=row("LapsesRow", LAPSES),
)


@calls.read("/record", "record.see", "report record", answer=dict[str, Any])
def record(caller: Caller) -> Any:
    """Gives the signed public record; nobody needs to be known for it."""
    return record_document(now=caller.now)


@calls.act("/claims", "standing.see", "claim check", answer=dict[str, Any])
def claim(caller: Caller, body: Statement) -> Any:
    """Says whether a statement about shares is true, on this office's own record."""
    held = parse_statement(body.toml.encode(), "toml")
    document = answer_on(held, own_record(now=caller.now))
    return {name: document[name] for name in ("schema", "claim", "answer")}


@calls.rows("/alerts", "project.see", "alert list", row=AlertRow)
def alerts(caller: Caller, all: bool = False) -> list[dict[str, object]]:  # noqa: A002, FBT001, FBT002  as the flag is called
    """Lists alerts of one's own projects; all of them for those who look after all."""
    rows = find_alerts(None if may(caller.user, "ledger.see") else caller.user)
    if not all:
        rows = rows.filter(cleared_at=None, acknowledged_at=None)
    return [
        {
            "id": one.pk,
            "project": one.project.slug,
            "resource": one.resource,
            "kind": one.kind,
            "raised_at": one.raised_at,
            "left": one.left,
            "acknowledged_by": str(one.acknowledged_by) if one.acknowledged_by else None,
            "cleared_at": one.cleared_at,
        }
        for one in rows
    ]


@calls.act("/alerts/{number}/acknowledge", "alert.acknowledge", "alert acknowledge")
def acknowledge(caller: Caller, number: int) -> Done:
    """Notes that an alert was seen."""
    held = acknowledge_alert(pk=number, by=caller.user, now=caller.now)
    return Done(ref=str(number), state="acknowledged", words=held.project.slug)


@calls.read("/projects/{slug}/forecast", "project.see", "forecast", answer=ForecastAnswer)
def forecast(caller: Caller, slug: str) -> dict[str, object]:
    """Foretells when a project runs dry, with an interval, and what would make it last."""
    held = find_project(slug)
    spending = spending_of(list_rounds(), caller.now)
    units = resource_units()
    granted = balances(kind=Kind.PROJECT, owner=held.slug) if spending else {}
    ends_at = spending.credits_end_at if spending else caller.now
    found = {
        key.unit: ahead_facts(
            look_ahead(
                held.slug,
                resource=key.unit,
                unit=str(units.get(key.unit, DisplayUnit.HOUR)),
                balance=balance,
                ends_at=ends_at,
                now=caller.now,
            )
        )
        for key, balance in sorted(granted.items(), key=lambda one: one[0].unit)
    }
    return {"project": held.slug, "forecast": found}


@calls.act("/periods", "period.open", "period open")
def begin(caller: Caller, body: NewPeriod) -> Done:
    """Opens a period; it begins where the one before it ends."""
    held = find_round(body.round) if body.round else None
    starts = body.starts_at or (held.credits_start_at if held else None)
    ends = body.ends_at or (held.credits_end_at if held else None)
    if starts is None or ends is None or ends <= starts:
        remedy = "Name a round, or give starts_at and a later ends_at."
        raise Refused([Refusal(code=Code.OUT_OF_RANGE, subject=body.name, remedy=remedy)])
    window = Window(starts_at=starts, ends_at=ends)
    made = open_period(
        name=body.name, window=window, round_row=held, by=caller.user, now=caller.now
    )
    return Done(ref=made.name, state=made.state)


@calls.act("/periods/{name}/close", "period.close", "period close", answer=ClosingAnswer)
def finish(caller: Caller, name: str, body: Close) -> dict[str, object]:
    """Pays back loans that are due, lets lapse what is unused, seals and signs; for ever."""
    gather = gatherer(body.used, final=not body.dry_run)
    if body.dry_run:
        closing: Closing = preview_close(name=name, gather=gather)
    else:
        closing = close_period(name=name, gather=gather, by=caller.user, now=caller.now)
    return {
        "ref": name,
        "state": find_period(name).state,
        "lapses": [
            {
                "kind": one.account.kind.value,
                "owner": one.account.owner,
                "resource": one.account.unit,
                "before": one.before,
                "lapses": one.lapsed,
                "remains": one.remains,
            }
            for one in lapses_of(closing)
        ],
        "returns": len(closing.returns),
        "differences": len(closing.differences),
    }
