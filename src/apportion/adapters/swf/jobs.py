"""The Standard Workload Format to the jobs of a trace: what was asked, how long it ran, who waited.

Source: the Parallel Workloads Archive's definition, version 2.2.
"""

from collections.abc import Iterable, Iterator

from apportion.adapters.swf.parse import (
    FIELD_COUNT,
    GROUP,
    JOB,
    PARTS_OF_A_JOB,
    PROCS,
    RUN,
    STATES,
    STATUS,
    SUBMIT,
    USER,
    WAIT,
)
from apportion.core.faults import Fault
from apportion.core.meter.lines import Note, read_lines
from apportion.core.simulate.trace import TraceJob

WANTED, LIMIT = 7, 8
UNKNOWN = -1
LONGEST_NUMBER = 18
REMEDY = "The row was left out; every other row counts"
NAMES = {
    SUBMIT: "submit",
    WAIT: "wait",
    RUN: "run time",
    PROCS: "allocated",
    WANTED: "requested",
    LIMIT: "requested time",
}


def parse_swf_jobs(chunks: Iterable[bytes], *, file: str) -> Iterator[TraceJob | Fault]:
    """Reads a trace; seconds count from the start of the trace, as in the file.

    Processors are those requested, else those allocated. Decimals of seconds are cut off. A start
    was recorded where the wait is known. Rows that are parts of another job are passed over.
    """
    for item in read_lines(chunks, file=file):
        if isinstance(item, Note):
            continue
        if isinstance(item, Fault):
            yield item
            continue
        number, text = item
        row = text.split()
        if row and not row[0].startswith(";"):
            job = _read_row(row, file, number)
            if job is not None:
                yield job


def _read_row(row: list[str], file: str, line: int) -> TraceJob | Fault | None:
    if len(row) != FIELD_COUNT:
        what, value = f"{len(row)} fields where 18 are due", " ".join(row)
        return Fault(file=file, line=line, value=value, what=what, remedy=REMEDY)
    if row[STATUS] in PARTS_OF_A_JOB:
        return None
    known: dict[int, int] = {}
    for at, name in NAMES.items():
        try:
            known[at] = whole_part(row[at])
        except ValueError as error:
            what = str(error)
            return Fault(file=file, line=line, field=name, value=row[at], what=what, remedy=REMEDY)
    return TraceJob(
        job=row[JOB],
        submit=known[SUBMIT],
        duration=known[RUN],
        procs=known[WANTED] if known[WANTED] > 0 else known[PROCS],
        estimate=known[LIMIT],
        group=_text(row[GROUP]),
        user=_text(row[USER]),
        state=STATES.get(row[STATUS], ""),
        start=None if known[WAIT] < 0 else known[SUBMIT] + known[WAIT],
        line=line,
    )


def whole_part(text: str) -> int:
    """Reads a number of seconds or processors, the decimals cut off.

    Raises: ValueError.
    """
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, decimals = digits.partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(whole) > LONGEST_NUMBER:
        raise ValueError("not a number")
    if decimals and not (decimals.isascii() and decimals.isdigit()):
        raise ValueError("not a number")
    return sign * int(whole)


def _text(field: str) -> str:
    return "" if field == str(UNKNOWN) else field
