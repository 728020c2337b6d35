"""Published traces as CSV to segments: the Philly layout, and the general one of FORMATS.md."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from apportion.core.faults import Fault
from apportion.core.meter.lines import Note, read_lines
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import read_instant, read_whole

COMMENT = "#"  # as the file of rejected rows tells why each was
REMEDY = "The row was left out; every other row counts"
PHILLY_COLUMNS = ("timestamp", "duration", "num_gpus", "gpu_time", "cluster")
JOB_COLUMNS = ("job", "submit", "duration", "procs")
JOB_OPTIONS = ("estimate", "group", "account", "user", "state", "start")


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column name, and where it stands."""

    cells: Mapping[str, str]
    text: str
    file: str
    line: int

    def fault(self, field: str, what: str) -> Fault:
        """Says what is wrong with one cell."""
        value = self.cells.get(field)
        return Fault(
            file=self.file, line=self.line, field=field, value=value, what=what, remedy=REMEDY
        )


def parse_philly(chunks: Iterable[bytes], *, file: str, zone: tzinfo = UTC) -> Iterator[Outcome]:
    """Reads the Philly layout: `timestamp,duration,num_gpus,gpu_time,cluster`, resource `gpu`.

    The trace has no start times, so a job is taken to start when it was submitted; no ids, so
    rows are told apart by content and occurrence; no zone, so UTC is taken unless stated. The
    cluster is text: `6214e9` is a name. Pieces of one trace should be cut between timestamps,
    or rows that repeat another across two pieces look like the same row imported twice.

    Shape: gpu_time is not read but checked: it must be duration x num_gpus.
    """
    seen: Counter[str] = Counter()
    for row in read_rows(chunks, file=file, columns=PHILLY_COLUMNS):
        if not isinstance(row, Row):
            yield row
            continue
        seen[row.text] += 1
        yield _philly_job(row, zone, seen[row.text])


def parse_jobs(chunks: Iterable[bytes], *, file: str, zone: tzinfo | None) -> Iterator[Outcome]:
    """Reads `job,submit,duration,procs` and what else a row has, as resource `cpu`.

    The project is the account, else the group, else the user. Without a `start` column a job is
    taken to start when it was submitted.
    """
    for row in read_rows(chunks, file=file, columns=JOB_COLUMNS, options=JOB_OPTIONS):
        yield _plain_job(row, zone) if isinstance(row, Row) else row


def read_rows(
    chunks: Iterable[bytes], *, file: str, columns: Sequence[str], options: Sequence[str] = ()
) -> Iterator[Row | Note | Fault]:
    """Reads CSV with a header line, a row a line, so that one broken quote spoils one row."""
    header: tuple[str, ...] | None = None
    for item in read_lines(chunks, file=file):
        if isinstance(item, (Note, Fault)):
            yield item
            continue
        number, text = item
        if not text.strip() or text.startswith(COMMENT):
            continue
        cells = tuple(next(csv.reader([text]))) if '"' in text else tuple(text.split(","))
        if header is None:
            header = tuple(name.strip().lower() for name in cells)
            if problem := _header_problem(header, columns, options):
                yield Fault(file=file, line=number, value=text, what=problem[0], remedy=problem[1])
                return
        elif len(cells) != len(header):
            what = f"{len(cells)} columns where {len(header)} are due"
            yield Fault(file=file, line=number, value=text, what=what, remedy=REMEDY)
        else:
            yield Row(dict(zip(header, cells, strict=True)), text, file, number)
    if header is None:
        remedy = f"Name the columns {','.join(columns)} in the first line"
        yield Fault(file=file, line=1, what="no line of column names", remedy=remedy)


def _header_problem(
    header: Sequence[str], columns: Sequence[str], options: Sequence[str]
) -> tuple[str, str] | None:
    remedy = f"Name the columns {','.join(columns)}"
    if options:
        remedy += f" and, where known, {','.join(options)}"
    if missing := [name for name in columns if name not in header]:
        return f"no column {', '.join(missing)}", remedy
    if doubled := sorted(name for name, count in Counter(header).items() if count > 1):
        return f"column {', '.join(doubled)} twice", remedy
    return None


def _philly_job(row: Row, zone: tzinfo, occurrence: int) -> Outcome:
    numbers = _numbers(row, zone, submit="timestamp", size="num_gpus")
    if isinstance(numbers, Fault):
        return numbers
    submit, seconds, size = numbers
    try:
        if read_whole(row.cells["gpu_time"]) != seconds * size:
            return row.fault("gpu_time", "not duration x num_gpus")
    except ValueError as error:
        return row.fault("gpu_time", str(error))
    if not row.cells["cluster"].strip():
        return row.fault("cluster", "empty")
    if seconds == 0 or size == 0:
        return Skip.NEVER_RAN
    digest = hashlib.sha256(row.text.encode()).hexdigest()[:32]
    return (
        Segment(
            run=f"philly/{digest}/{occurrence}",
            project=row.cells["cluster"].strip(),
            user="",
            resource="gpu",
            submitted_at=submit,
            started_at=submit,
            ended_at=submit + seconds,
            size=size,
            occurrence=occurrence,
            file=row.file,
            line=row.line,
        ),
    )


def _plain_job(row: Row, zone: tzinfo | None) -> Outcome:
    numbers = _numbers(row, zone, submit="submit", size="procs")
    if isinstance(numbers, Fault):
        return numbers
    submit, seconds, size = numbers
    cells = row.cells
    if not cells["job"].strip():
        return row.fault("job", "empty")
    if seconds == 0 or size == 0:
        return Skip.NEVER_RAN
    try:
        start = read_instant(cells.get("start", ""), zone)
    except ValueError as error:
        return row.fault("start", str(error))
    start = submit if start is None else start
    return (
        Segment(
            run=f"csv/{cells['job'].strip()}/{submit}/{start}",
            project=cells.get("account") or cells.get("group") or cells.get("user") or "",
            user=cells.get("user", ""),
            resource="cpu",
            submitted_at=submit,
            started_at=start,
            ended_at=start + seconds,
            size=size,
            state=cells.get("state", ""),
            job=cells["job"].strip(),
            file=row.file,
            line=row.line,
        ),
    )


def _numbers(
    row: Row, zone: tzinfo | None, *, submit: str, size: str
) -> tuple[int, int, int] | Fault:
    field = submit
    try:
        submitted = read_instant(row.cells[submit], zone)
        if submitted is None:
            return row.fault(submit, "empty")
        field = "duration"
        seconds = read_whole(row.cells["duration"])
        field = size
        units = read_whole(row.cells[size])
    except ValueError as error:
        return row.fault(field, str(error))
    if wrong := implausible(size=units, seconds=seconds):
        return row.fault("duration", wrong)
    return submitted, seconds, units
