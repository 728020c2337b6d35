"""The conductor: does what time alone brings about, once, whatever is restarted when."""

import secrets
import sys
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from apportion.adapters.slurm.client import SlurmCluster
from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.apps.appeal.actions import chase_appeals, end_rounds
from apportion.apps.apply.actions import advance_intake
from apportion.apps.change.actions import chase_changes, collect_advances
from apportion.apps.change.reports import note_reports
from apportion.apps.change.winding import close_due
from apportion.apps.decide.signing import replace_leavers
from apportion.apps.directive.actions import advance_directives
from apportion.apps.grant.actions import publish_due
from apportion.apps.grant.fastlane import advance_fast_lanes
from apportion.apps.ledger.actions import expire_holds
from apportion.apps.meter.collecting import is_due, sync_usage
from apportion.apps.meter.wording import tell_sync
from apportion.apps.notice.sending import advance_notices
from apportion.apps.queues.passing import advance_queues
from apportion.apps.report.alert_actions import raise_alerts
from apportion.apps.review.chasing import advance_reviews
from apportion.apps.rounds.actions import open_due_rounds
from apportion.apps.rounds.wording import count_of
from apportion.core.faults import BadInput, WorldError
from apportion.core.refusals import Refused
from apportion.office import clock
from apportion.office.levers import pull_for_directives, reconcile


def advance(*, now: datetime) -> list[str]:
    """Releases lapsed holds, ends directives and collects what they owe; says what was done.

    Each step stands in its own transaction and finds what was done before, so that a kill at any
    point and any repeat leave the same books.
    """
    told = []
    released = expire_holds(now=now)
    if released:
        told.append(f"{count_of(released, 'hold')} lapsed")
    told.extend(advance_directives(now=now))
    told.extend(advance_reviews(now=now))
    told.extend(replace_leavers(now=now))
    told.extend(publish_due(now=now))
    told.extend(f"{row.slug} opened" for row in open_due_rounds(now=now))
    told.extend(f"{row.slug} opened" for row in advance_intake(now=now))
    told.extend(advance_fast_lanes(now=now, seed=secrets.token_hex(16)))
    for step in (
        chase_appeals,
        end_rounds,
        chase_changes,
        collect_advances,
        close_due,
        note_reports,
    ):
        told.extend(step(now=now))
    pull_for_directives(now=now)
    told.extend(_read_accounting(now))
    told.extend(_reconcile_limits(now))
    told.extend(_tend_queues(now))
    if raised := raise_alerts(now=now):
        told.append(f"{count_of(raised, 'alert')} raised")
    told.extend(_tell_people(now))
    return told


def _tell_people(now: datetime) -> list[str]:
    """Sends what people are to be told, last: a slow mail server keeps nothing else waiting."""
    try:
        return advance_notices(now=now, clock=clock.now)
    except (WorldError, BadInput) as error:
        return [f"notices: {error}"]


def _reconcile_limits(now: datetime) -> list[str]:
    """Looks for drift on every cluster; one that does not answer stops nothing else."""
    told: list[str] = []
    for cluster in settings.APPORTION_SLURM:
        mend = settings.APPORTION_RECONCILE == "apply"
        try:
            told.append(reconcile(SlurmCluster(cluster), mend=mend, now=now))
        except (WorldError, Refused, BadInput) as error:  # an unsafe cluster is told, not mended
            told.append(f"{cluster}: {error}")
    return [line for line in told if line]


def _tend_queues(now: datetime) -> list[str]:
    """Books what ran under Kueue and mends its queues; a cluster that is away stops nothing else."""
    if not settings.APPORTION_KUEUE:
        return []
    try:
        return advance_queues(settings.APPORTION_KUEUE, now=now)
    except (WorldError, BadInput) as error:
        return [f"kueue: {error}"]


def _read_accounting(now: datetime) -> list[str]:
    """Syncs the clusters whose turn it is; one that does not answer stops nothing else."""
    told: list[str] = []
    for cluster in settings.APPORTION_SLURM:
        if not is_due(cluster, now=now, minutes=settings.APPORTION_SYNC_MINUTES):
            continue
        try:
            told.extend(
                tell_sync(sync_usage(accounting=SlurmAccounting(cluster), by=None, now=now))
            )
        except WorldError as error:
            told.append(f"{cluster}: {error}")
    return told


def keep_time(*, clock: Callable[[], datetime], stopped: Callable[[], bool]) -> None:
    """Advances again and again; `stopped` waits between two beats and says when to stop."""
    while True:
        close_old_connections()
        try:
            advance(now=clock())
        except (Refused, DatabaseError) as error:  # the next beat tries again
            print(f"apportion: the conductor: {error}", file=sys.stderr, flush=True)
        close_old_connections()
        if stopped():
            return
