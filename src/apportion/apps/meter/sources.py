"""Accounting files by format: which adapter reads which."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum

from apportion.adapters.focus.parse import parse_focus
from apportion.adapters.kueue.parse_workloads import parse_workloads
from apportion.adapters.slurm.parse import FIELDS, METERED, SacctLayout, parse_sacct
from apportion.adapters.swf.parse import parse_swf
from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.layouts import parse_csv
from apportion.adapters.traces.parse import parse_philly
from apportion.core.meter.segments import Outcome, Reading, gather


class Format(StrEnum):
    """The layouts of accounting that are read."""

    SACCT = "sacct"
    SWF = "swf"
    PHILLY = "philly"
    CSV = "csv"
    KUEUE = "kueue"
    FOCUS = "focus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How files are to be read. Without a zone, local times are refused; Philly's are UTC.

    With `meter_running` a running job counts for what it ran so far. Of sacct's text, `metered`
    are the kinds of resources to read, and `only` the jobs, by JobIDRaw.
    """

    format: Format
    zone: tzinfo | None = None
    fields: tuple[str, ...] = FIELDS
    meter_running: bool = False
    metered: frozenset[str] = METERED
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file, read."""

    file: str
    sha256: str
    format: Format
    reading: Reading


@contextmanager
def uncollected() -> Iterator[None]:
    """Rests the cycle collector: a batch makes a million objects and no cycle among them.

    Without it a fifth of an import's time goes into walking them again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_source(path: str, *, layout: Layout) -> Source:
    """Reads one file whole.

    Raises: BadInput, when it cannot be opened.
    """
    digest = hashlib.sha256()
    reading = gather(_parse(read_chunks(path, watch=digest.update), path, layout))
    return Source(file=path, sha256=digest.hexdigest(), format=layout.format, reading=reading)


def read_sources(paths: Sequence[str], *, layout: Layout) -> Reading:
    """Reads several files as one: a record that stands in two of them counts once.

    Raises: BadInput, when one cannot be opened.
    """
    return gather(_parse_all(paths, layout))


def slurm_layout(layout: Layout) -> SacctLayout:
    """Gives what the reader of sacct's text needs of a layout."""
    return SacctLayout(
        fields=layout.fields,
        zone=layout.zone,
        metered=layout.metered,
        meter_running=layout.meter_running,
        only=layout.only,
    )


def _parse_all(paths: Sequence[str], layout: Layout) -> Iterator[Outcome]:
    for path in paths:
        yield from _parse(read_chunks(path), path, layout)


def _parse(chunks: Iterable[bytes], path: str, layout: Layout) -> Iterator[Outcome]:
    match layout.format:
        case Format.SACCT:
            return parse_sacct(chunks, file=path, layout=slurm_layout(layout))
        case Format.SWF:
            return parse_swf(chunks, file=path)
        case Format.PHILLY:
            return parse_philly(chunks, file=path, zone=layout.zone or UTC)
        case Format.CSV:
            return parse_csv(chunks, file=path, zone=layout.zone)
        case Format.KUEUE:
            return parse_workloads(chunks, file=path)
        case Format.FOCUS:
            return parse_focus(chunks, file=path)
