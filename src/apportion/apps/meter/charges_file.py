"""charges.csv: rated usage as a file."""

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from apportion.core.faults import BadInput, Fault
from apportion.core.meter.rate import Charge
from apportion.core.units import format_credits

COLUMNS = (
    "key",
    "account",
    "user",
    "job",
    "name",
    "state",
    "resource",
    "size",
    "submitted_at",
    "started_at",
    "ended_at",
    "unit_seconds",
    "credits",
    "file",
    "line",
)


def write_charges(path: Path, charges: Iterable[Charge]) -> None:
    """Writes charges to a file, whole or not at all.

    Raises: BadInput, when the file cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(_cells(charges))
        draft.replace(path)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise BadInput([Fault(file=str(path), what=what, remedy="Name another file")]) from None
    finally:
        draft.unlink(missing_ok=True)


def _cells(charges: Iterable[Charge]) -> Iterator[tuple[str | int, ...]]:
    for charge in charges:
        segment = charge.segment
        yield (
            segment.key,
            segment.project,
            segment.user,
            segment.job,
            segment.name,
            segment.state,
            segment.resource,
            segment.size,
            _instant(segment.submitted_at),
            _instant(charge.started_at),
            _instant(charge.ended_at),
            charge.unit_seconds,
            format_credits(charge.microcredits),
            segment.file,
            segment.line,
        )


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
