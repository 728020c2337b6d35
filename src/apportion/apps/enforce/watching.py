"""Watching counters and levers: what fell without us, and what is held or boosted and why."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.enforce.models import Counter, CounterAlarm, Lever
from apportion.apps.enforce.queries import (
    Pull,
    counters_of,
    find_alarm,
    readings_of,
    settled_usage,
    site_of_settings,
)
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import resources_by_code
from apportion.core.enforce.counters import Alarm, watch_counters
from apportion.core.enforce.plan import FailMode
from apportion.core.enforce.tree import Tree

ALARM = "alarm "


def record_counters(*, cluster: str, tree: Tree, now: datetime) -> tuple[Alarm, ...]:
    """Keeps what the counters say; raises an alarm for each that lost more, and gives those.

    Where the site fails closed, the project may submit nothing until the alarm is acknowledged.
    """
    site = site_of_settings()
    with transaction.atomic():
        before = counters_of(cluster)
        heard = readings_of(tree, site=site)
        after, alarms = watch_counters(before, heard, settled_usage(now=now))
        changed = {place: one for place, one in after.items() if before.get(place) != one}
        if not changed:
            return ()
        projects, resources = projects_by_slug(), resources_by_code()
        Counter.objects.bulk_create(
            [
                Counter(
                    cluster=cluster,
                    project=projects[project],
                    resource=resources[resource],
                    minutes=counter.minutes,
                    lost_minutes=counter.lost,
                    read_at=now,
                )
                for (project, resource), counter in changed.items()
            ],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["cluster", "project", "resource"],
            update_fields=["minutes", "lost_minutes", "read_at"],
        )
        for alarm in alarms:
            row = CounterAlarm.objects.create(
                cluster=cluster,
                project=projects[alarm.project],
                resource=resources[alarm.resource],
                cause=alarm.cause.value,
                was_minutes=alarm.was,
                now_minutes=alarm.now,
                lost_minutes=alarm.lost,
                raised_at=now,
            )
            if site.fail_mode is FailMode.CLOSED:
                Lever.objects.create(
                    project=row.project,
                    kind=Lever.Kind.HOLD,
                    source=f"{ALARM}{row.pk}",
                    reason=f"its counter on {cluster} fell without us; see alarm {row.pk}",
                    since_at=now,
                )
    return alarms


def acknowledge_alarm(*, number: int, by: Person, now: datetime) -> CounterAlarm:
    """Notes that somebody looked into an alarm, and lets the project go on; once is enough.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "limits.apply")
    with transaction.atomic():
        row = find_alarm(number)
        if row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by = now, by
            row.save(update_fields=["acknowledged_at", "acknowledged_by"])
            Lever.objects.filter(source=f"{ALARM}{row.pk}").update(lifted_at=now)
    return row


def pull_levers(*, pulls: Sequence[Pull], prefix: str, now: datetime) -> int:
    """Makes the levers of a kind of source those that it wants now; counts what changed.

    A lever that is lifted stays until the scheduler was read back without it.
    """
    changed = 0
    with transaction.atomic():
        rows = Lever.objects.filter(source__startswith=prefix).select_related("project")
        known = {(row.project.slug, row.kind, row.source): row for row in rows}
        projects = projects_by_slug(pull.project for pull in pulls)
        wanted = {(pull.project, pull.kind.value, pull.source): pull for pull in pulls}
        for key, pull in wanted.items():
            row = known.get(key)
            if row is not None and row.lifted_at is None:
                continue
            if pull.project in projects:
                Lever.objects.update_or_create(
                    project=projects[pull.project],
                    kind=pull.kind,
                    source=pull.source,
                    defaults={"reason": pull.reason, "since_at": now, "lifted_at": None},
                )
                changed += 1
        for key, row in known.items():
            if key not in wanted and row.lifted_at is None:
                row.lifted_at = now
                row.save(update_fields=["lifted_at"])
                changed += 1
    return changed
