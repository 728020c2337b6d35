"""Whether the office can work: each check with its answer, none of them told in detail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from apportion.apps.ledger.pulse import Pulse, take_pulse
from apportion.apps.meter.collecting import list_collectors

LATEST = timedelta(minutes=15)  # by which a beat of the conductor that was due is missed
AHEAD = timedelta(minutes=1)  # by which clocks of two machines may differ
SYNCS = 6  # turns that a cluster may miss before it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    good: bool
    note: str


def check_readiness(*, now: datetime) -> tuple[Check, ...]:
    """Looks at the database, its tables, the clock, and how long due work has waited."""
    try:
        done = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return (_check("database", "cannot be reached"),)
    missing = sorted(wanted_migrations() - done)
    if missing:
        note = f"{len(missing)} to run: apportion init"
        return (_check("database"), _check("migrations", note))
    try:
        pulse = take_pulse(now=now)
        late = list(_late_clusters(now))
    except DatabaseError:
        return (_check("database", "does not answer"),)
    return (
        _check("database"),
        _check("migrations"),
        _check("clock", _clock(pulse, now)),
        _check("queue", _queue(pulse, now)),
        _check("metering", "; ".join(late)),
    )


@cache
def wanted_migrations() -> frozenset[tuple[str, str]]:
    """Lists what this version of the office wants of the database; read once a process."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _check(name: str, wrong: str = "") -> Check:
    return Check(name=name, good=not wrong, note=wrong or "ok")


def _clock(pulse: Pulse, now: datetime) -> str:
    if pulse.written_at is not None and pulse.written_at > now + AHEAD:
        return "behind what the books were last written at"
    return ""


def _queue(pulse: Pulse, now: datetime) -> str:
    oldest = pulse.oldest_lapsed_at
    if oldest is None or now - oldest <= LATEST:
        return ""
    waited = int((now - oldest).total_seconds())
    return f"due work has waited {waited} s: is apportion tick run?"


def _late_clusters(now: datetime) -> Iterator[str]:
    """Names clusters whose turn was missed; one that was never read counts once it has a row."""
    longest = timedelta(minutes=SYNCS * settings.APPORTION_SYNC_MINUTES)
    for row in list_collectors():
        at = row.synced_at
        if row.cluster in settings.APPORTION_SLURM and at is not None and now - at > longest:
            yield f"{row.cluster} was last read {int((now - at).total_seconds())} s ago"
