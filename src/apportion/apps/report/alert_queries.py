"""Reads of alerts, and of what they are decided from."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from apportion.apps.apply.queries import Project, works_on
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.pace import use_by_day
from apportion.apps.people.queries import Person
from apportion.apps.report.models import Alert, AlertPass
from apportion.apps.rounds.queries import Round, list_rounds, spending_of
from apportion.core.alerts import Holding, Place, Raised
from apportion.core.forecast import LOOK_BACK_DAYS, forecast
from apportion.core.ledger import Kind
from apportion.core.refusals import Code, Refusal, Refused

FORECASTS_EVERY = timedelta(hours=1)


def gather_holdings(*, spending: Round, now: datetime, foretell: bool) -> dict[Place, Holding]:
    """Reads what each project had to spend in a period and has left; and foretells it if asked.

    Overrun counts as used. What a period had to spend is what is left and what it used.
    """
    left: dict[Place, int] = {}
    for kind in (Kind.PROJECT, Kind.OVERRUN):
        for key, amount in balances(kind=kind).items():
            left[key.owner, key.unit] = left.get((key.owner, key.unit), 0) + amount
    since = min(spending.credits_start_at, now - timedelta(days=LOOK_BACK_DAYS))
    use = use_by_day(since=since)
    starts_on, ends_on = spending.credits_start_at.date(), spending.credits_end_at.date()
    found: dict[Place, Holding] = {}
    for place, rest in left.items():
        days = use.get(place, {})
        used = sum(amount for day, amount in days.items() if day >= starts_on)
        mille = None
        if foretell and rest > 0 and days:
            told = forecast(days, balance=rest, today=now.date(), ends_on=ends_on)
            mille = told.dry_mille if told.enough else None
        found[place] = Holding(given=rest + used, left=rest, dry_mille=mille)
    return found


def spent_now(*, now: datetime) -> Round | None:
    """Finds the period that is being spent."""
    return spending_of(list_rounds(), now)


def standing_alerts(period: str) -> list[Raised]:
    """Lists the alerts of a period that stand."""
    rows = Alert.objects.filter(cleared_at__isnull=True, period=period).values_list(
        "project__slug", "resource", "kind", "given"
    )
    return [
        Raised(project=slug, resource=resource, kind=kind, given=given)
        for slug, resource, kind, given in rows
    ]


def forecasts_due(*, now: datetime) -> bool:
    """Says whether forecasts were not looked at for an hour; a clock set back makes them due."""
    last = AlertPass.objects.first()
    return last is None or last.at > now or now - last.at >= FORECASTS_EVERY


def open_alerts(project: Project) -> list[Alert]:
    """Lists the alerts of a project that stand and that nobody acknowledged, newest first."""
    return list(Alert.objects.filter(project=project, cleared_at=None, acknowledged_at=None))


def open_alerts_of(person: Person) -> list[Alert]:
    """Lists the alerts on a person's own projects that stand and that nobody acknowledged."""
    rows = Alert.objects.filter(project__lead=person, cleared_at=None, acknowledged_at=None)
    return list(rows.select_related("project").order_by("-raised_at", "-id"))


def find_alerts(person: Person | None = None) -> QuerySet[Alert]:
    """Finds all alerts, newest first; of a person's own projects where one is named."""
    rows = Alert.objects.select_related("project__area").order_by("-raised_at", "-id")
    return rows if person is None else rows.filter(project__lead=person)


def count_open_alerts(person: Person) -> int:
    """Counts the alerts on a person's own projects that nobody acknowledged."""
    return Alert.objects.filter(project__lead=person, cleared_at=None, acknowledged_at=None).count()


def find_alert(pk: int) -> Alert:
    """Finds one alert.

    Refuses: NOT_FOUND.
    """
    row = Alert.objects.select_related("project").filter(pk=pk).first()
    if row is None:
        remedy = "List them with: apportion alert list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"alert {pk}", remedy=remedy)])
    return row


def may_acknowledge(person: Person, alert: Alert) -> bool:
    """Says whether a person works on the alert's project."""
    return works_on(person, alert.project)
