"""CSV layouts of published traces, told by their column names: ThetaGPU, Eagle, Alibaba's pods and instances."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from itertools import chain

from apportion.adapters.traces.parse import Row, parse_jobs, read_rows
from apportion.core.meter.lines import BYTE_ORDER_MARK, MAX_LINE_BYTES
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import read_instant, read_whole

THETA = ["job", "user", "project", "gpu_num", "submit_time", "wait_time", "run_time", "new_status"]
EAGLE = [
    "job_id",
    "user",
    "account",
    "partition",
    "qos",
    "processors_req",
    "gpus_req",
    "submit_time",
    "start_time",
]
EAGLE += ["end_time", "state"]
PODS = [
    "name",
    "cpu_milli",
    "num_gpu",
    "gpu_milli",
    "qos",
    "pod_phase",
    "creation_time",
    "deletion_time",
]
PODS += ["scheduled_time"]
INSTANCES = [
    "instance_sn",
    "app_name",
    "cpu_request",
    "gpu_request",
    "creation_time",
    "scheduled_time",
]
INSTANCES += ["deletion_time"]
MILLI = 1_000
Reader = Callable[[Row, tzinfo | None], Outcome]


def parse_csv(chunks: Iterable[bytes], *, file: str, zone: tzinfo | None) -> Iterator[Outcome]:
    """Reads any CSV layout that is known; else `job,submit,duration,procs` is due."""
    names, whole = _peek(chunks)
    for columns, read in LAYOUTS:
        if set(columns) <= names:
            for row in read_rows(whole, file=file, columns=columns):
                yield _read(row, zone, read) if isinstance(row, Row) else row
            return
    yield from parse_jobs(whole, file=file, zone=zone)


def _peek(chunks: Iterable[bytes]) -> tuple[set[str], Iterable[bytes]]:
    """Reads the first line that is no comment, and gives all chunks again."""
    head, rest = b"", iter(chunks)
    line = b""
    for chunk in rest:
        head += chunk
        lines = [one for one in head.split(b"\n")[:-1] if one.strip() and one[:1] != b"#"]
        if lines or len(head) > MAX_LINE_BYTES:
            line = lines[0] if lines else b""
            break
    text = line.removeprefix(BYTE_ORDER_MARK).decode(errors="replace")
    return {name.strip().lower() for name in text.split(",")}, chain((head,), rest)


class _Wrong(Exception):
    def __init__(self, field: str, what: str) -> None:
        self.field = field
        self.what = what


def _read(row: Row, zone: tzinfo | None, read: Reader) -> Outcome:
    try:
        return read(row, zone)
    except _Wrong as wrong:
        return row.fault(wrong.field, wrong.what)


def _theta(row: Row, _zone: tzinfo | None) -> Outcome:
    """ThetaGPU: seconds with decimals, which are cut off; the project as text."""
    cells = row.cells
    submit = _seconds(cells, "submit_time")
    start = submit + _seconds(cells, "wait_time")
    units = {"gpu": _whole(cells, "gpu_num")}
    names = ("theta", "job", "project", "user", "new_status")
    return _run(row, names, units, (submit, start, start + _seconds(cells, "run_time")))


def _eagle(row: Row, zone: tzinfo | None) -> Outcome:
    """NREL Eagle: what was asked for, which on Eagle is what was given; local times.

    All tasks of an array have the array's id, so rows are told apart by their whole text.
    """
    cells = row.cells
    submit, start, end = (
        _instant(cells, name, zone) for name in ("submit_time", "start_time", "end_time")
    )
    if submit is None or start is None:
        return Skip.NEVER_RAN
    if end is None:
        return Skip.RUNNING
    units = {"cpu": _whole(cells, "processors_req"), "gpu": _whole(cells, "gpus_req")}
    layout = f"eagle/{hashlib.sha256(row.text.encode()).hexdigest()[:32]}"
    return _run(row, (layout, "job_id", "account", "user", "state"), units, (submit, start, end))


def _pod(row: Row, _zone: tzinfo | None) -> Outcome:
    """Alibaba's pods of 2023: thousandths of GPUs and processors, as pods share them."""
    cells = row.cells
    units = {
        "milligpu": _whole(cells, "num_gpu") * _whole(cells, "gpu_milli"),
        "millicpu": _whole(cells, "cpu_milli"),
    }
    return _placed(row, ("openb", "name", "qos", "qos", "pod_phase"), units)


def _instance(row: Row, _zone: tzinfo | None) -> Outcome:
    """Alibaba's instances of 2025, by application."""
    cells = row.cells
    units = {"gpu": _whole(cells, "gpu_request"), "cpu": _whole(cells, "cpu_request")}
    return _placed(row, ("dlrm", "instance_sn", "app_name", "app_name", "role"), units)


def _placed(row: Row, names: tuple[str, str, str, str, str], units: Mapping[str, int]) -> Outcome:
    """Reads what was placed and deleted at seconds of a trace that starts with 0."""
    cells = row.cells
    if not cells["scheduled_time"].strip():
        return Skip.NEVER_RAN
    if not cells["deletion_time"].strip():
        return Skip.RUNNING
    created = cells["creation_time"].strip() and "creation_time"
    start = _seconds(cells, "scheduled_time")
    submit = _seconds(cells, created) if created else start
    return _run(row, names, units, (submit, start, _seconds(cells, "deletion_time")))


def _run(
    row: Row,
    names: tuple[str, str, str, str, str],
    units: Mapping[str, int],
    times: tuple[int, int, int],
) -> Outcome:
    layout, job, project, user, state = names
    cells = row.cells
    submit, start, end = times
    if not cells[job].strip():
        raise _Wrong(job, "empty")
    largest = max(
        size // MILLI if name.startswith("milli") else size for name, size in units.items()
    )
    if wrong := implausible(size=largest, seconds=end - start):
        raise _Wrong(job, wrong)
    if end == start or not any(units.values()):
        return Skip.NEVER_RAN
    return tuple(
        Segment(
            run=f"{layout}/{cells[job].strip()}/{submit}/{start}",
            project=cells.get(project, "").strip(),
            user=cells.get(user, "").strip(),
            resource=resource,
            submitted_at=submit,
            started_at=start,
            ended_at=end,
            size=size,
            state=cells.get(state, "").strip(),
            job=cells[job].strip(),
            queue=cells.get("partition", "").strip(),
            qos=cells.get("qos", "").strip(),
            file=row.file,
            line=row.line,
        )
        for resource, size in units.items()
        if size
    )


def _whole(cells: Mapping[str, str], name: str) -> int:
    try:
        return read_whole(cells[name] or "0")
    except ValueError as error:
        raise _Wrong(name, str(error)) from None


def _seconds(cells: Mapping[str, str], name: str) -> int:
    """Reads seconds; decimals are cut off."""
    whole, _, decimals = cells[name].strip().partition(".")
    if decimals and not (decimals.isascii() and decimals.isdigit()):
        raise _Wrong(name, "not a number of seconds")
    try:
        return read_whole(whole)
    except ValueError as error:
        raise _Wrong(name, str(error)) from None


def _instant(cells: Mapping[str, str], name: str, zone: tzinfo | None) -> int | None:
    try:
        return read_instant(cells[name], zone)
    except ValueError as error:
        raise _Wrong(name, str(error)) from None


LAYOUTS: tuple[tuple[list[str], Reader], ...] = (
    (THETA, _theta),
    (EAGLE, _eagle),
    (PODS, _pod),
    (INSTANCES, _instance),
)
