"""The rating of use, written once in Ibis and rendered as SQL for DuckDB and for Spark.

All of it is integers. `//` of Ibis divides as doubles and floors, which is exact below 2**53;
tables.py refuses prices that could reach that.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table

from apportion.core.meter.segments import LONGEST_SECONDS
from apportion.core.meter.stamps import LAST_SECOND
from apportion.core.meter.tariff import DAY, WHOLE, Tariff

RAN, NEVER_RAN, RUNNING, ODD = range(4)
NO_INSTANT = "Unknown"
LAST_CELL = "last_cell"  # there in every row that is not cut short
Columns = Sequence[tuple[str, str]]

STRETCHES: Columns = (
    ("resource", "int64"),
    ("queue_group", "int64"),
    ("day", "int64"),
    ("low", "int64"),
    ("high", "int64"),
    ("microcredits", "int64"),
    ("base_units", "int64"),
)
SHAPES: Columns = (("shape", "string"), ("resource", "int64"), ("size", "int64"))
USE: Columns = (
    ("shape", "string"),
    ("queue_group", "int64"),
    ("share", "int64"),
    ("started_at", "int64"),
    ("ended_at", "int64"),
)
JOBS: Columns = (
    ("kind", "int64"),
    ("job", "int64"),
    ("account", "string"),
    ("submitted_at", "int64"),
    *USE,
)
TROUBLED: Columns = (("job", "int64"),)


def table(name: str, columns: Columns) -> Table:
    """Names a table that the engine holds."""
    return ibis.table(dict(columns), name=name)


def rated(use: Table, *, by: Sequence[str], has_refunds: bool) -> Table:
    """Sums by some columns what use comes to: unit-seconds, microcredits, what is given back.

    Units: started_at and ended_at in epoch seconds, share in millionths.
    Shape: a row of `use` is a shape (`shapes` says how many units of which resources) over a
        span; it is split at midnights, UTC, and at changes of price (`stretches`). Each part is
        rounded to whole microcredits by itself, ties to even, as in core/meter/rate.py.
    """
    shapes, stretches = table("shapes", SHAPES), table("stretches", STRETCHES)
    days = ibis.range(use.started_at // DAY, (use.ended_at - 1) // DAY + 1).unnest()
    daily = use.mutate(day=days)
    sized = daily.join(shapes, "shape")
    priced = sized.join(stretches, ["resource", "queue_group", "day"])
    seconds = ibis.least(priced.ended_at, priced.high) - ibis.greatest(
        priced.started_at, priced.low
    )
    parts = priced.filter(seconds > 0).mutate(used=priced["size"] * seconds)
    price = _price(parts.used, parts.microcredits, parts.base_units)
    whole_parts = parts.mutate(price=price)
    sums = whole_parts.group_by(list(by))
    used, cost = whole_parts.used.sum(), whole_parts.price.sum()
    nothing = ibis.literal(0, "int64")
    if not has_refunds:
        whole = sums.agg(unit_seconds=used, microcredits=cost)
        return whole.mutate(refunded_seconds=nothing, refunded_microcredits=nothing)
    return sums.agg(
        unit_seconds=used,
        microcredits=cost,
        refunded_seconds=_half_even(whole_parts.used, whole_parts.share).sum(),
        refunded_microcredits=_half_even(whole_parts.price, whole_parts.share).sum(),
    )


def jobs_of_records(records: Table, tariff: Tariff) -> Table:
    """Reads records of sacct that are as they should be into typed jobs; steps are left out.

    Shape: what is not plainly one thing or another is ODD, and left to the row-by-row reader,
        which says what it is: that reader's rules are the ones that hold.
    """
    typed = _typed(records)
    return typed.select(
        kind=_kind(typed),
        job=typed.job,
        account=typed.account,
        submitted_at=typed.submitted_at,
        shape=typed.alloctres,
        queue_group=_queue_group(typed, tariff),
        share=_share(typed, tariff),
        started_at=typed.started_at,
        ended_at=typed.started_at + typed.seconds,
    )


def odd_jobs(records: Table) -> Table:
    """Lists the ids, as text, of jobs with a record that is ODD."""
    typed = _typed(records)
    return typed.filter(_kind(typed) == ODD).select("jobidraw").distinct()


def sound_jobs(*, window: tuple[int, int] | None = None) -> Table:
    """Takes the jobs that ran and are in no trouble, clipped to a window."""
    ran = _sound().filter(lambda t: t.kind == RAN)
    if window is None:
        return ran
    low, high = window
    clipped = ran.mutate(
        started_at=ibis.greatest(ran.started_at, low), ended_at=ibis.least(ran.ended_at, high)
    )
    return clipped.filter(clipped.started_at < clipped.ended_at)


def repeated_jobs(*, has_ids: bool) -> Table:
    """Finds jobs of which two records may have one key, whatever else they say.

    Where the text has Slurm's ids of runs (`has_ids`), every job with two records is one.
    """
    jobs = table("jobs", JOBS)
    ran = jobs.filter(jobs.kind == RAN)
    several = ran.group_by("job").agg(runs=ran.count()).filter(lambda t: t.runs > 1)
    runs = ran.semi_join(several, "job")
    if has_ids:
        return runs.select("job").distinct()
    keys = runs.group_by(["job", "submitted_at", "started_at"]).agg(copies=runs.count())
    return keys.filter(keys.copies > 1).select("job").distinct()


def counts() -> Table:
    """Counts the jobs in no trouble by kind and queues, with their first and last instants."""
    sound = _sound()
    return sound.group_by(["kind", "queue_group"]).agg(
        rows=sound.count(),
        first=sound.started_at.min(),
        last=sound.ended_at.max(),
    )


def job_numbers(jobs: Table) -> Table:
    """Counts jobs that ran, the different ids among them, and odd records."""
    ran = jobs.kind == RAN
    return jobs.agg(jobs=ran.sum(), ids=jobs.job.nunique(where=ran), odd=(jobs.kind == ODD).sum())


def shapes_in_use() -> Table:
    """Counts the jobs that ran by what was allocated to them."""
    jobs = table("jobs", JOBS)
    ran = jobs.filter(jobs.kind == RAN)
    return ran.group_by("shape").agg(jobs=ran.count())


def sound_shapes() -> Table:
    """Counts the jobs in no trouble by what was allocated to them."""
    ran = sound_jobs()
    return ran.group_by("shape").agg(jobs=ran.count())


def misread_jobs() -> Table:
    """Lists the jobs of an allocation that cannot be read."""
    jobs = table("jobs", JOBS)
    bad = table("bad_shapes", (("shape", "string"),))
    return jobs.filter(jobs.kind == RAN).semi_join(bad, "shape").select("job").distinct()


def sql(expression: Table, *, dialect: str) -> str:
    """Renders an expression for an engine."""
    return str(ibis.to_sql(expression, dialect=dialect, pretty=False))


def _sound() -> Table:
    jobs, troubled = table("jobs", JOBS), table("troubled", TROUBLED)
    return jobs.anti_join(troubled, "job")


def _typed(records: Table) -> Table:
    """Casts what looks like numbers; `_kind` compares them with their text."""
    rows = records.filter(~_is_step(records))
    return rows.mutate(
        submitted_at=rows.submit.try_cast("int64"),
        started_at=rows.start.try_cast("int64"),
        finished_at=rows.end.try_cast("int64"),
        seconds=rows.elapsedraw.try_cast("int64"),
        job=rows.jobidraw.try_cast("int64"),
    )


def _price(used: IntegerValue, microcredits: IntegerValue, base: IntegerValue) -> IntegerValue:
    """Multiplies and divides without passing 2**53: whole base units first, then the rest."""
    whole = used // base
    part = (used - whole * base) * microcredits
    quotient = part // base
    low = whole * microcredits + quotient
    twice = 2 * (part - quotient * base)
    up = (twice > base) | ((twice == base) & (low % 2 == 1))
    return low + up.cast("int64")


def _half_even(amount: IntegerValue, share: IntegerValue) -> IntegerValue:
    whole = amount // WHOLE
    part = (amount - whole * WHOLE) * share
    quotient = part // WHOLE
    low = whole * share + quotient
    twice = 2 * (part - quotient * WHOLE)
    up = (twice > WHOLE) | ((twice == WHOLE) & (low % 2 == 1))
    return low + up.cast("int64")


def _is_step(rows: Table) -> BooleanValue:
    is_whole = rows[LAST_CELL].notnull() & ~rows.is_misfit
    return rows.jobidraw.contains(".") & (rows.jobidraw >= "0") & (rows.jobidraw < ":") & is_whole


def _is_plain(number: IntegerValue, text: StringValue) -> BooleanValue:
    """Says whether a text was plain digits; ` 12` and `1e3` are numbers to an engine too."""
    return (number >= 0) & (number.cast("string") == text)


def _kind(rows: Table) -> IntegerValue:
    is_whole = rows[LAST_CELL].notnull() & ~rows.is_misfit & _is_plain(rows.job, rows.jobidraw)
    is_submitted = is_whole & _is_plain(rows.submitted_at, rows.submit)
    is_started = is_submitted & _is_plain(rows.started_at, rows.start)
    is_started &= (rows.submitted_at <= LAST_SECOND) & (rows.started_at <= LAST_SECOND)
    between = rows.finished_at - rows.started_at
    is_ended = is_started & _is_plain(rows.finished_at, rows.end)
    is_ended &= (rows.finished_at <= LAST_SECOND) & _is_plain(rows.seconds, rows.elapsedraw)
    fits = is_ended & (rows.seconds <= between) & (rows.seconds <= LONGEST_SECONDS)
    ends_plainly = rows.end == NO_INSTANT
    return ibis.cases(
        (fits & (rows.seconds > 0), RAN),
        (fits, NEVER_RAN),
        (is_started & ends_plainly, RUNNING),
        (is_submitted & (rows.start == NO_INSTANT) & ends_plainly, NEVER_RAN),
        else_=ODD,
    ).cast("int64")


def _queue_group(rows: Table, tariff: Tariff) -> IntegerValue:
    """Numbers the set of classes that take a job, as Prices.queue_group does."""
    group: IntegerValue = ibis.literal(0, "int64")
    for at, one in enumerate(tariff.classes):
        takes: BooleanValue = ibis.literal(True)
        if one.qos:
            takes &= rows.qos.isin(sorted(one.qos))
        if one.queues:
            takes &= rows.partition.isin(sorted(one.queues))
        group += takes.cast("int64") * (1 << at)
    return group


def _share(rows: Table, tariff: Tariff) -> IntegerValue:
    share: IntegerValue = ibis.literal(0, "int64")
    for state, part in sorted(tariff.refunds.items()):
        ended_so = (rows.state == state) | rows.state.startswith(f"{state} ")
        share = ibis.ifelse(ended_so, ibis.literal(part, "int64"), share)
    return share
