"""Slurm's accounting text to segments: `sacct -nPXaD`, one record a line, `|` between fields.

Source: sacct(1); the traps are listed in tests/adapters/slurm/test_parse.py.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
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
METERED = frozenset({"cpu", "gpu"})
KIB_PER_UNIT = {"K": 1, "M": 1024, "G": 1024**2, "T": 1024**3, "P": 1024**4}
LONGEST_MEMORY = 18  # characters
MEBIBYTES_PER_UNIT = 1024  # a size that no machine has is reckoned in GiB for memory
COMMENT = "#"  # as the file of rejected rows tells why each was; no job id starts with it
CLOCK_CHANGE_SECONDS = 3600  # what a local clock may jump between a job's start and its end


@dataclass(frozen=True, slots=True, kw_only=True)
class SacctLayout:
    """How the text was asked for: its fields, and the zone of its local times if it has them.

    Shape: `metered` are the kinds of resources to read out of AllocTRES: `cpu`, `gpu`, `mem`
        (in whole MiB). With `meter_running` a running job counts for what it ran so far.
        `only` names jobs by JobIDRaw; rows of others are passed over.
    """

    fields: tuple[str, ...] = FIELDS
    zone: tzinfo | None = None
    metered: frozenset[str] = METERED
    meter_running: bool = False
    only: frozenset[str] | None = None


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
        yield _read_record(item, layout, file) if isinstance(item, Record) else item


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
        if text.startswith(COMMENT):
            continue
        if first and is_header(text):
            fields = tuple(name.strip().lower() for name in text.split("|"))
            yield from _missing(fields, file, number)
        elif text.strip() and _is_wanted(text, fields, layout.only):
            yield _cut_record(item, fields, file)
        first = False


def _is_wanted(text: str, fields: Sequence[str], only: frozenset[str] | None) -> bool:
    if only is None:
        return True
    at = fields.index("jobidraw")
    cells = text.split("|", at + 1)
    return at < len(cells) and cells[at] in only


def is_header(text: str) -> bool:
    """Says whether a first line names fields, as sacct writes it without -n."""
    names = {name.strip().lower() for name in text.split("|")}
    return "state" in names and bool(names & {"jobid", "jobidraw"})


def parse_tres(text: str, *, metered: Container[str] = METERED) -> dict[str, int]:
    """Reads AllocTRES as units per metered resource, typed and untyped GPUs counted once.

    A kind that nobody has seen (a new gres, a licence, energy) is passed over.

    Raises: ValueError.
    """
    units: dict[str, int] = {}
    for part in text.split(","):
        name, _, count = part.partition("=")
        if name == "mem" and "mem" in metered:
            units[name] = read_mebibytes(count)
        elif name == "cpu" and "cpu" in metered:
            units[name] = read_whole(count)
        elif (name == "gres/gpu" or name.startswith("gres/gpu:")) and "gpu" in metered:
            units[name.removeprefix("gres/")] = read_whole(count)
    typed = sum(count for name, count in units.items() if name.startswith("gpu:"))
    if typed and "gpu" in units:
        units["gpu"] = max(0, units["gpu"] - typed)
    return {name: count for name, count in units.items() if count}


def known_units(text: str, *, seconds: int, layout: SacctLayout) -> dict[str, int]:
    """Reads AllocTRES of a job that ran: at least one metered resource, each of a likely size.

    Raises: ValueError, whose message says what is wrong.
    """
    try:
        units = parse_tres(text, metered=layout.metered)
    except ValueError as error:
        raise ValueError(f"a count is {error}") from None
    if not units:
        raise ValueError(f"ran {seconds} s and lists neither cpu nor gres/gpu")
    if odd := [name for name in units if not is_id(name) or len(name) > LONGEST_RESOURCE]:
        raise ValueError(f"not the name of a resource: {shorten(odd[0])}")
    largest = max(n // MEBIBYTES_PER_UNIT if name == "mem" else n for name, n in units.items())
    if wrong := implausible(size=largest, seconds=seconds):
        raise ValueError(wrong)
    return units


def read_mebibytes(text: str) -> int:
    """Reads memory as Slurm writes it, `3000M`, `1.50G` or the old `4Gn`, in MiB, the part of one as a whole one.

    Raises: ValueError.
    """
    amount = text.strip().rstrip("cn")
    number, unit = (amount[:-1], amount[-1:]) if amount[-1:] in KIB_PER_UNIT else (amount, "M")
    whole, _, decimals = number.partition(".")
    digits = whole + decimals
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_MEMORY):
        raise ValueError("not an amount of memory")
    scale = int(f"1{'0' * len(decimals)}") * 1024
    return -(-int(digits) * KIB_PER_UNIT[unit] // scale)


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


def _read_record(record: Record, layout: SacctLayout, file: str) -> Outcome:
    try:
        return _read_job(record.cells, layout, file, record.line)
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
    record: Mapping[str, str], layout: SacctLayout, file: str, line: int
) -> tuple[Segment, ...] | Skip:
    job = record.get("jobidraw") or record.get("jobid", "")
    number, dot, _ = job.partition(".")
    if not number[:1].isdigit():
        raise _Wrong("jobidraw", "not a job id")
    if dot:
        return Skip.STEP
    zone = layout.zone
    submit, start, end = (_instant(record, name, zone) for name in ("submit", "start", "end"))
    if start is None:
        return Skip.NEVER_RAN
    is_running = end is None
    if end is None:
        seconds = _seconds_so_far(record) if layout.meter_running else None
        if seconds is None:
            return Skip.RUNNING
    else:
        seconds = _elapsed(record, end - start, zone)
    if seconds == 0:
        return Skip.NEVER_RAN
    units = _units(record, seconds, layout)
    run = f"sacct/{record.get('cluster', '')}/{_record_id(record, job, submit, start)}"
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
            queue=record.get("partition", ""),
            qos=record.get("qos", ""),
            is_running=is_running,
            file=file,
            line=line,
        )
        for resource, size in units.items()
    )


def _record_id(record: Mapping[str, str], job: str, submit: int | None, start: int) -> str:
    """Names one run of a job: by Slurm's own id of it where the text has one.

    SLUID (Slurm 25.11) is that of a run and DBIndex that of a record; a requeued job keeps its
    number and gets another Submit.
    """
    if sluid := record.get("sluid", "").strip():
        return f"sluid/{sluid}"
    index = record.get("dbindex", "").strip()
    if index and index != "0":
        return f"db/{index}"
    return f"{job}/{submit or 0}/{start}"


def _seconds_so_far(record: Mapping[str, str]) -> int | None:
    """Counts what a running job ran by Slurm's clock; pauses are left out as they happen."""
    text = record.get("elapsedraw", "").strip()
    return _whole_seconds(text) if text else None


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
    seconds = _whole_seconds(record["elapsedraw"])
    if seconds > between + slack:
        raise _Wrong("elapsedraw", f"longer than the {between} s from start to end")
    return seconds


def _whole_seconds(text: str) -> int:
    try:
        return read_whole(text)
    except ValueError as error:
        raise _Wrong("elapsedraw", str(error)) from None


def _units(record: Mapping[str, str], seconds: int, layout: SacctLayout) -> dict[str, int]:
    try:
        return known_units(record.get("alloctres", ""), seconds=seconds, layout=layout)
    except ValueError as error:
        raise _Wrong("alloctres", str(error)) from None
