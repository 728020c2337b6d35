"""The SQL of rating a text, rendered once a process: rendering takes longer than rating a short text."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import ibis
from ibis.expr.types import Table

from apportion.adapters.rating import expression as ex
from apportion.core.meter.cut import Span
from apportion.core.meter.tariff import QueueClass, Tariff

DEFAULTED = ("cluster", "account", "partition", "qos")  # empty where the text lacks them
KEPT = 64
Refunds = tuple[tuple[str, int], ...]
PLAIN: Mapping[str, Callable[[], Table]] = {
    "counts": ex.counts,
    "shapes in use": ex.shapes_in_use,
    "sound shapes": ex.sound_shapes,
    "misread jobs": ex.misread_jobs,
    "all job numbers": lambda: ex.job_numbers(ex.table("jobs", ex.JOBS)),
    "sound job numbers": lambda: ex.job_numbers(ex.sound_jobs()),
}


def jobs(dialect: str, *, fields: tuple[str, ...], tariff: Tariff) -> str:
    """Reads the records into typed jobs."""
    return _jobs(dialect, fields, tariff.classes, tuple(sorted(tariff.refunds.items())))


@lru_cache(KEPT)
def plain(dialect: str, name: str) -> str:
    """Renders a query that depends on nothing."""
    return ex.sql(PLAIN[name](), dialect=dialect)


@lru_cache(KEPT)
def odd_jobs(dialect: str, *, fields: tuple[str, ...]) -> str:
    """Lists the ids of jobs with a record that is odd."""
    return ex.sql(ex.odd_jobs(_records(fields)), dialect=dialect)


@lru_cache(KEPT)
def repeated_jobs(dialect: str, *, has_ids: bool) -> str:
    """Lists the jobs of which two records may have one key."""
    return ex.sql(ex.repeated_jobs(has_ids=has_ids), dialect=dialect)


@lru_cache(KEPT)
def days(dialect: str, *, bounds: Span | None, has_refunds: bool) -> str:
    """Rates the sound jobs by account, resource and day."""
    by = ["account", "resource", "day"]
    query = ex.rated(ex.sound_jobs(window=bounds), by=by, has_refunds=has_refunds)
    return ex.sql(query, dialect=dialect)


@lru_cache(KEPT)
def _jobs(
    dialect: str, fields: tuple[str, ...], classes: tuple[QueueClass, ...], refunds: Refunds
) -> str:
    tariff = Tariff(classes=classes, refunds=dict(refunds))
    return ex.sql(ex.jobs_of_records(_records(fields), tariff), dialect=dialect)


def _records(fields: tuple[str, ...]) -> Table:
    columns = [(name, "string") for name in fields]
    columns += [(ex.LAST_CELL, "string"), ("is_misfit", "boolean")]
    records = ex.table("records", columns)
    missing = [name for name in DEFAULTED if name not in fields]
    return records.mutate(**{name: ibis.literal("") for name in missing})
