"""Raising alerts once, arming them again after a supplement, and acknowledging them."""

from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug, where_works
from apportion.apps.ledger.actions import lock_tip
from apportion.apps.people.queries import Person, demand
from apportion.apps.report.alert_queries import (
    find_alert,
    forecasts_due,
    gather_holdings,
    may_acknowledge,
    spent_now,
    standing_alerts,
)
from apportion.apps.report.models import Alert, AlertPass
from apportion.core.alerts import plan_alerts
from apportion.core.refusals import Code, Refusal, Refused


def raise_alerts(*, now: datetime) -> int:
    """Raises what is due and does not stand yet; gives how many. A repeat raises nothing."""
    with transaction.atomic():
        lock_tip()  # one pass at a time
        spending = spent_now(now=now)
        if spending is None:
            return 0
        foretell = forecasts_due(now=now)
        holdings = gather_holdings(spending=spending, now=now, foretell=foretell)
        standing = standing_alerts(spending.slug)
        change = plan_alerts(holdings, standing=standing, foretold=foretell)
        for one in change.arm_again:
            Alert.objects.filter(
                project__slug=one.project,
                resource=one.resource,
                kind=one.kind,
                period=spending.slug,
                cleared_at=None,
            ).update(cleared_at=now)
        projects = projects_by_slug({one.project for one in change.raise_now})
        rows = [
            Alert(
                project=projects[one.project],
                resource=one.resource,
                period=spending.slug,
                kind=one.kind,
                given=one.given,
                left=holdings[one.project, one.resource].left,
                raised_at=now,
            )
            for one in change.raise_now
            if one.project in projects
        ]
        Alert.objects.bulk_create(rows)
        if foretell:
            AlertPass.objects.update_or_create(pk=1, defaults={"at": now})
    return len(rows)


def acknowledge_alert(*, pk: int, by: Person, now: datetime) -> Alert:
    """Notes that somebody has seen an alert; the first one who did stays named.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    row = find_alert(pk)
    demand(by, "alert.acknowledge", where_works(row.project))
    if not may_acknowledge(by, row):
        remedy = "Ask somebody who works on the project."
        raise Refused([Refusal(code=Code.NOT_ALLOWED, subject=str(by), remedy=remedy)])
    Alert.objects.filter(pk=pk, acknowledged_at=None).update(
        acknowledged_at=now, acknowledged_by=by.username
    )
    row.refresh_from_db()
    return row
