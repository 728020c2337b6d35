"""The Standard Workload Format to segments: `;` comments, 18 numbers a line.

Source: the Parallel Workloads Archive's definition, version 2.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from apportion.core.faults import Fault
from apportion.core.meter.lines import Note, read_lines
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import LAST_SECOND, read_whole

FIELD_COUNT = 18
JOB, SUBMIT, WAIT, RUN, PROCS, STATUS, USER, GROUP = 0, 1, 2, 3, 4, 10, 11, 12
UNKNOWN = "-1"
PARTS_OF_A_JOB = frozenset({"2", "3", "4"})  # pieces of a job that has a line of its own
STATES = {"0": "FAILED", "1": "COMPLETED", "5": "CANCELLED"}
RESOURCE = "cpu"
NAMES = {JOB: "job", SUBMIT: "submit", WAIT: "wait", RUN: "run time", PROCS: "allocated"}


@dataclass(slots=True)
class _Header:
    starts_at: int = 0
    computer: str = ""


def parse_swf(chunks: Iterable[bytes], *, file: str) -> Iterator[Outcome]:
    """Reads a trace: allocated processors (field 5) for the run time (field 4), as `cpu`.

    The project is `group-N`, or `user-N` where the trace knows no group. Without the header
    UnixStartTime the trace is taken to start with 1970.
    """
    header = _Header()
    for item in read_lines(chunks, file=file):
        if isinstance(item, (Note, Fault)):
            yield item
            continue
        number, text = item
        row = text.split()
        if text.lstrip().startswith(";"):
            _read_header(header, text)
        elif row:
            yield _read_row(row, header, file, number)


def _read_header(header: _Header, text: str) -> None:
    name, _, value = text.lstrip("; \t").partition(":")
    value = value.strip()
    if name == "UnixStartTime" and value.isascii() and value.isdigit():
        header.starts_at = min(int(value[:20]), LAST_SECOND)
    elif name == "Computer":
        header.computer = value


def _read_row(row: Sequence[str], header: _Header, file: str, line: int) -> Outcome:
    if len(row) != FIELD_COUNT:
        return _fault(file, line, None, " ".join(row), f"{len(row)} fields where 18 are due")
    if row[STATUS] in PARTS_OF_A_JOB:
        return Skip.STEP
    if row[RUN] == "0" or (row[RUN] == UNKNOWN and STATES.get(row[STATUS]) == "CANCELLED"):
        return Skip.NEVER_RAN
    known: dict[int, int] = {}
    for at, name in NAMES.items():
        try:
            known[at] = 0 if at == WAIT and row[at] == UNKNOWN else _whole(row[at])
        except ValueError as error:
            return _fault(file, line, name, row[at], str(error))
    if wrong := implausible(size=known[PROCS], seconds=known[RUN]):
        return _fault(file, line, "run time", row[RUN], wrong)
    return (_segment(row, known, header, file, line),)


def _whole(text: str) -> int:
    if text == UNKNOWN:
        raise ValueError("unknown (-1), so its use cannot be counted")
    return read_whole(text)


def _segment(
    row: Sequence[str], known: dict[int, int], header: _Header, file: str, line: int
) -> Segment:
    submitted = header.starts_at + known[SUBMIT]
    started = submitted + known[WAIT]
    user = "" if row[USER] == UNKNOWN else f"user-{row[USER]}"
    return Segment(
        run=f"swf/{header.computer}/{row[JOB]}/{submitted}/{started}",
        project=user if row[GROUP] == UNKNOWN else f"group-{row[GROUP]}",
        user=user,
        resource=RESOURCE,
        submitted_at=submitted,
        started_at=started,
        ended_at=started + known[RUN],
        size=known[PROCS],
        state=STATES.get(row[STATUS], ""),
        job=row[JOB],
        file=file,
        line=line,
    )


def _fault(file: str, line: int, field: str | None, value: str, what: str) -> Fault:
    return Fault(
        file=file,
        line=line,
        field=field,
        value=value,
        what=what,
        remedy="The row was left out; every other row counts",
    )
