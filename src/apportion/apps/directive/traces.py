"""The jobs that a replay takes: of a recorded trace in a file, or those that the office metered."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apportion.adapters.slurm.jobs import parse_sacct_jobs
from apportion.adapters.slurm.parse import FIELDS, SacctLayout
from apportion.adapters.swf.jobs import parse_swf_jobs
from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.jobs import parse_csv_jobs, parse_philly_jobs
from apportion.apps.meter.jobs import metered_jobs, metered_resources
from apportion.core.faults import BadInput, Fault
from apportion.core.simulate.trace import Trace, TraceJob, lay_out

ENDINGS = (".swf", ".swf.gz", ".csv", ".csv.gz")
PHILLY_MARK = b"num_gpus"  # of its header


class TraceFormat(StrEnum):
    """The layouts in which a trace may come; `office` is what was metered here."""

    SWF = "swf"
    CSV = "csv"
    SACCT = "sacct"
    PHILLY = "philly"
    OFFICE = "office"


class By(StrEnum):
    """What makes jobs one group."""

    GROUP = "group"
    ACCOUNT = "account"
    USER = "user"


def read_trace(
    file: str,
    layout: TraceFormat,
    *,
    by: By = By.GROUP,
    fields: str = "",
    zone: str = "",
    resource: str = "",
) -> Trace:
    """Reads a trace; jobs that cannot be run are among its rejects.

    Raises: BadInput, where no job is left.
    """
    read: list[TraceJob] = []
    rejects: list[Fault] = []
    for one in _found(file, layout, fields=fields, zone=zone, resource=resource):
        if isinstance(one, Fault):
            rejects.append(one)
        else:
            read.append(one)
    trace = lay_out(read, file=file or "the office", rejects=rejects, by=by.value)
    if not len(trace):
        remedy = "Give a row with submit, duration and procs above 0"
        fault = Fault(file=file or "the office", what="no job to replay", remedy=remedy)
        raise BadInput([*trace.rejects, fault])
    return trace


def recorded_traces(folder: str) -> list[str]:
    """Lists the traces of a folder by name."""
    if not folder or not Path(folder).is_dir():
        return []
    return sorted(one.name for one in Path(folder).iterdir() if one.name.endswith(ENDINGS))


def read_recorded(folder: str, name: str) -> Trace:
    """Reads a trace of that folder, once as long as it stays what it is.

    Raises: BadInput.
    """
    if name not in recorded_traces(folder):
        remedy = f"There are {', '.join(recorded_traces(folder)) or 'none'}"
        raise BadInput([Fault(file=name, what="no such trace", remedy=remedy)])
    path = Path(folder) / name
    held = path.stat()
    return _kept(str(path), held.st_mtime_ns, held.st_size)


@lru_cache(maxsize=2)
def _kept(file: str, _changed: int, _size: int) -> Trace:
    return read_trace(file, _layout_of(file))


def _layout_of(file: str) -> TraceFormat:
    if ".swf" in Path(file).suffixes:
        return TraceFormat.SWF
    head = next(iter(read_chunks(file)), b"").split(b"\n", 1)[0]
    return TraceFormat.PHILLY if PHILLY_MARK in head else TraceFormat.CSV


def _found(
    file: str, layout: TraceFormat, *, fields: str, zone: str, resource: str
) -> Iterable[TraceJob | Fault]:
    local = _zone(zone)
    match layout:
        case TraceFormat.SWF:
            return parse_swf_jobs(read_chunks(file), file=file)
        case TraceFormat.CSV:
            return parse_csv_jobs(read_chunks(file), file=file, zone=local)
        case TraceFormat.PHILLY:
            return parse_philly_jobs(read_chunks(file), file=file, zone=local or UTC)
        case TraceFormat.SACCT:
            names = tuple(name.strip().lower() for name in fields.split(",") if name.strip())
            slurm = SacctLayout(fields=names or FIELDS, zone=local)
            return parse_sacct_jobs(read_chunks(file), file=file, layout=slurm, resource=resource)
    return metered_jobs(resource=_metered(resource))


def _metered(resource: str) -> str:
    """The one resource that was metered, or the one that is named.

    Raises: BadInput.
    """
    known = metered_resources()
    if resource in known or (not resource and len(known) == 1):
        return resource or known[0]
    what = f"no job of {resource} was metered" if resource else "no resource, or several"
    remedy = f"Name one that was metered: {', '.join(known) or 'there is none yet'}"
    raise BadInput([Fault(file="--resource", what=what, value=resource or None, remedy=remedy)])


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        fault = Fault(
            file="--zone", what="no such zone", value=name, remedy="Write one such as Asia/Tokyo"
        )
        raise BadInput([fault]) from None
