"""Slurm's accounting text to the jobs of a trace, with the time limits that users asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import tee

from apportion.adapters.slurm.parse import Record, SacctLayout, parse_sacct, read_records
from apportion.adapters.traces.jobs import jobs_of_segments
from apportion.core.faults import Fault
from apportion.core.meter.segments import gather
from apportion.core.simulate.trace import TraceJob

GPU, CPU = "gpu", "cpu"
SECONDS_PER_MINUTE = 60
LONGEST_LIMIT = 9  # digits of minutes


def parse_sacct_jobs(
    chunks: Iterable[bytes], *, file: str, layout: SacctLayout | None = None, resource: str = ""
) -> Iterator[TraceJob | Fault]:
    """Reads sacct text into jobs of one resource: GPUs where any job has some, else processors.

    A run after a requeue is a job of its own. The group is the account. The estimate is
    TimelimitRaw, in minutes, where the text has it.
    """
    layout = layout or SacctLayout()
    texts, again = tee(chunks)
    reading = gather(parse_sacct(texts, file=file, layout=layout))
    yield from reading.rejects
    if not resource:
        has_gpus = any(one.resource.partition(":")[0] == GPU for one in reading.segments)
        resource = GPU if has_gpus else CPU
    limits = {
        item.line: _limit(item.cells.get("timelimitraw", ""))
        for item in read_records(again, file=file, layout=layout)
        if isinstance(item, Record)
    }
    for job in jobs_of_segments(reading.segments, resource=resource):
        yield replace(job, estimate=limits.get(job.line))


def _limit(text: str) -> int | None:
    """Minutes to seconds; None where there is no limit, as `UNLIMITED` and `Partition_Limit` say."""
    minutes = text.strip()
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) <= LONGEST_LIMIT):
        return None
    return int(minutes) * SECONDS_PER_MINUTE
