"""Slurm's accounting text to segments: `sacct -nPXaD`, one record a line, `|` between fields.

Source: sacct(1); the traps are listed in tests/adapters/slurm/test_parse.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from apportion.core.faults import Fault, shorten
from apportion.core.ids import is_id
from apportion.core.meter.lines import Line, Note, read_lines
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import read_instant, read_whole

# What to ask sacct for. JobName comes last because it may hold any character, `|` included.
FIELDS = (
    "jobidraw",
    "cluster",
    "account",
    "user",
    "partition",
    "qos",
    "state",
    "submit",
    "eligible",
    "start",
    "end",
    "elapsedraw",
    "timelimitraw",
    "alloctres",
    "reqtres",
    "nnodes",
    "ncpus",
    "exitcode",
    "jobname",
)
NEEDED = ("jobidraw", "cluster", "account", "submit", "start", "end", "state", "alloctres")
COMMAND = f"SLURM_TIME_FORMAT=%s sacct -nPXaD -S T0 -E T1 -o {','.join(FIELDS)}"
LONGEST_RESOURCE = 60
CLOCK_CHANGE_SECONDS = 3600  # what a local clock may jump between a job's start and its end


@dataclass(frozen=True, slots=True, kw_only=True)
class SacctLayout:
    """How the text was asked for: its fields, and the zone of its local times if it has them."""

    fields: tuple[str, ...] = FIELDS
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One line of sacct by field name, and where it stands."""

    cells: Mapping[str, str]
    line: int


def parse_sacct(
    chunks: Iterable[bytes], *, file: str, layout: SacctLayout | None = None
) -> Iterator[Outcome]:
    """Reads sacct text, with or without its header line, into one outcome a record.

    Shape: one segment per metered resource (`cpu`, `gpu`, `gpu:TYPE`) of AllocTRES, which is
        the total over all nodes. Steps never add: they lie inside their job.
    """
    layout = layout or SacctLayout()
    for item in read_records(chunks, file=file, layout=layout):
        yield _read_record(item, layout.zone, file) if isinstance(item, Record) else item


def read_records(
    chunks: Iterable[bytes], *, file: str, layout: SacctLayout
) -> Iterator[Record | Note | Fault]:
    """Cuts sacct text into records by the names of its fields, with or without a header line."""
    fields = layout.fields
    first = True
    for item in read_lines(chunks, file=file):
        if isinstance(item, (Note, Fault)):
            yield item
            continue
        number, text = item
        if first and is_header(text):
            fields = tuple(name.strip().lower() for name in text.split("|"))
            yield from _missing(fields, file, number)
        elif text.strip():
            yield _cut_record(item, fields, file)
        first = False


def is_header(text: str) -> bool:
    """Says whether a first line names fields, as sacct writes it without -n."""
    names = {name.strip().lower() for name in text.split("|")}
    return "state" in names and bool(names & {"jobid", "jobidraw"})


def parse_tres(text: str) -> dict[str, int]:
    """Reads AllocTRES as units per metered resource, typed and untyped GPUs counted once.

    Raises: ValueError.
    """
    units: dict[str, int] = {}
    for part in text.split(","):
        name, _, count = part.partition("=")
        if name in {"cpu", "gres/gpu"} or name.startswith("gres/gpu:"):
            units[name.removeprefix("gres/")] = read_whole(count)
    typed = sum(count for name, count in units.items() if name.startswith("gpu:"))
    if typed and "gpu" in units:
        units["gpu"] = max(0, units["gpu"] - typed)
    return {name: count for name, count in units.items() if count}


def _missing(fields: Sequence[str], file: str, line: int) -> Iterator[Note]:
    for name in NEEDED:
        if name not in fields:
            yield Note(
                Fault(
                    file=file,
                    line=line,
                    field=name,
                    what="the header has no such field",
                    remedy=f"Export with: {COMMAND}",
                )
            )


def _cut_record(line: Line, fields: Sequence[str], file: str) -> Record | Fault:
    number, text = line
    cells = _by_name(text, fields)
    if cells is not None:
        return Record(cells, number)
    found = text.count("|") + 1
    return Fault(
        file=file,
        line=number,
        value=text,
        what=f"{found} fields where {len(fields)} are due",
        remedy=f"Export with: {COMMAND}, or name the fields with --fields",
    )


def _read_record(record: Record, zone: tzinfo | None, file: str) -> Outcome:
    try:
        return _read_job(record.cells, zone, file, record.line)
    except _Wrong as wrong:
        return Fault(
            file=file,
            line=record.line,
            field=wrong.field,
            value=record.cells.get(wrong.field, ""),
            what=wrong.what,
            remedy="The row was left out; every other row counts",
        )


class _Wrong(Exception):
    def __init__(self, field: str, what: str) -> None:
        self.field = field
        self.what = what


def _by_name(text: str, fields: Sequence[str]) -> Mapping[str, str] | None:
    """Splits a record, giving JobName every `|` too many; it may be missing at the end."""
    parts = text.split("|")
    extra = len(parts) - len(fields)
    if extra and "jobname" in fields:
        at = fields.index("jobname")
        if extra == -1 and at == len(fields) - 1:
            parts.append("")
        elif extra > 0:
            parts[at : at + extra + 1] = ["|".join(parts[at : at + extra + 1])]
    return dict(zip(fields, parts, strict=True)) if len(parts) == len(fields) else None


def _read_job(
    record: Mapping[str, str], zone: tzinfo | None, file: str, line: int
) -> tuple[Segment, ...] | Skip:
    job = record.get("jobidraw") or record.get("jobid", "")
    number, dot, _ = job.partition(".")
    if not number[:1].isdigit():
        raise _Wrong("jobidraw", "not a job id")
    if dot:
        return Skip.STEP
    submit, start, end = (_instant(record, name, zone) for name in ("submit", "start", "end"))
    if start is None:
        return Skip.NEVER_RAN
    if end is None:
        return Skip.RUNNING
    seconds = _elapsed(record, end - start, zone)
    if seconds == 0:
        return Skip.NEVER_RAN
    units = _units(record, seconds)
    run = f"sacct/{record.get('cluster', '')}/{job}/{submit or 0}/{start}"
    return tuple(
        Segment(
            run=run,
            project=record.get("account", ""),
            user=record.get("user", ""),
            resource=resource,
            submitted_at=start if submit is None else submit,
            started_at=start,
            ended_at=start + seconds,
            size=size,
            state=record.get("state", "").partition(" ")[0],
            job=record.get("jobid") or job,
            name=record.get("jobname", ""),
            file=file,
            line=line,
        )
        for resource, size in units.items()
    )


def _instant(record: Mapping[str, str], name: str, zone: tzinfo | None) -> int | None:
    try:
        return read_instant(record.get(name, ""), zone)
    except ValueError as error:
        raise _Wrong(name, str(error)) from None


def _elapsed(record: Mapping[str, str], between: int, zone: tzinfo | None) -> int:
    """Counts the seconds a job ran; ElapsedRaw leaves out the time it was suspended."""
    slack = CLOCK_CHANGE_SECONDS if zone is not None else 0
    if between < -slack:
        raise _Wrong("end", "ends before it starts")
    if not record.get("elapsedraw", "").strip():
        return max(0, between)
    try:
        seconds = read_whole(record["elapsedraw"])
    except ValueError as error:
        raise _Wrong("elapsedraw", str(error)) from None
    if seconds > between + slack:
        raise _Wrong("elapsedraw", f"longer than the {between} s from start to end")
    return seconds


def _units(record: Mapping[str, str], seconds: int) -> dict[str, int]:
    try:
        units = parse_tres(record.get("alloctres", ""))
    except ValueError as error:
        raise _Wrong("alloctres", f"a count is {error}") from None
    if not units:
        raise _Wrong("alloctres", f"ran {seconds} s and lists neither cpu nor gres/gpu")
    if odd := [name for name in units if not is_id(name) or len(name) > LONGEST_RESOURCE]:
        raise _Wrong("alloctres", f"not the name of a resource: {shorten(odd[0])}")
    if wrong := implausible(size=max(units.values()), seconds=seconds):
        raise _Wrong("alloctres", wrong)
    return units
