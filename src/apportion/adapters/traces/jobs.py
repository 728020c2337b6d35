"""CSV traces to jobs: the layout of FORMATS.md, the Philly layout, and segments that were metered."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo

from apportion.adapters.traces.parse import (
    JOB_COLUMNS,
    JOB_OPTIONS,
    PHILLY_COLUMNS,
    Row,
    read_rows,
)
from apportion.core.faults import Fault
from apportion.core.meter.lines import Note
from apportion.core.meter.segments import Segment
from apportion.core.meter.stamps import read_instant, read_whole
from apportion.core.simulate.trace import TraceJob


def parse_csv_jobs(
    chunks: Iterable[bytes], *, file: str, zone: tzinfo | None = None
) -> Iterator[TraceJob | Fault]:
    """Reads `job,submit,duration,procs` and, where there is one, `estimate,group,account,user,state`.

    A column `start` holds what was recorded. Names stay text, whatever they look like.
    """
    for row in read_rows(chunks, file=file, columns=JOB_COLUMNS, options=JOB_OPTIONS):
        if isinstance(row, Row):
            yield _csv_job(row, zone)
        elif not isinstance(row, Note):
            yield row


def parse_philly_jobs(
    chunks: Iterable[bytes], *, file: str, zone: tzinfo = UTC
) -> Iterator[TraceJob | Fault]:
    """Reads the Philly layout; a job is named by its row, counted from 1, and starts are unknown."""
    count = 0
    for row in read_rows(chunks, file=file, columns=PHILLY_COLUMNS):
        if isinstance(row, Note):
            continue
        count += 1
        yield _philly_job(row, count, zone) if isinstance(row, Row) else row


def jobs_of_segments(segments: Iterable[Segment], *, resource: str) -> Iterator[TraceJob]:
    """Turns metered segments of one resource into jobs; runs of one job are told apart as `7#2`.

    `resource` may name a kind: `gpu` takes `gpu:h100` too, as one run's sum.
    """
    runs: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.resource == resource or segment.resource.startswith(f"{resource}:"):
            runs.setdefault(segment.run, []).append(segment)
    seen: Counter[str] = Counter()
    for run, parts in runs.items():
        first = parts[0]
        name = first.job or run
        seen[name] += 1
        yield TraceJob(
            job=name if seen[name] == 1 else f"{name}#{seen[name]}",
            submit=first.submitted_at,
            duration=first.ended_at - first.started_at,
            procs=sum(part.size for part in parts),
            group=first.project,
            account=first.project,
            user=first.user,
            state=first.state,
            start=first.started_at,
            line=first.line,
        )


def _csv_job(row: Row, zone: tzinfo | None) -> TraceJob | Fault:
    cells, field = row.cells, "job"
    if not cells["job"].strip():
        return row.fault("job", "empty")
    try:
        field = "submit"
        submit = read_instant(cells["submit"], zone)
        if submit is None:
            return row.fault("submit", "empty")
        field = "duration"
        duration = read_whole(cells["duration"])
        field = "procs"
        procs = read_whole(cells["procs"])
        field = "estimate"
        estimate = read_whole(cells["estimate"]) if cells.get("estimate", "").strip() else None
        field = "start"
        start = read_instant(cells.get("start", ""), zone)
    except ValueError as error:
        return row.fault(field, str(error))
    return TraceJob(
        job=cells["job"].strip(),
        submit=submit,
        duration=duration,
        procs=procs,
        estimate=estimate,
        group=cells.get("group", "").strip(),
        account=cells.get("account", "").strip(),
        user=cells.get("user", "").strip(),
        state=cells.get("state", "").strip(),
        start=start,
        line=row.line,
    )


def _philly_job(row: Row, number: int, zone: tzinfo) -> TraceJob | Fault:
    field = "timestamp"
    try:
        submit = read_instant(row.cells["timestamp"], zone)
        if submit is None:
            return row.fault("timestamp", "empty")
        field = "duration"
        duration = read_whole(row.cells["duration"])
        field = "num_gpus"
        procs = read_whole(row.cells["num_gpus"])
    except ValueError as error:
        return row.fault(field, str(error))
    group = row.cells["cluster"].strip()
    return TraceJob(
        job=str(number),
        submit=submit,
        duration=duration,
        procs=procs,
        group=group,
        account=group,
        line=row.line,
    )
