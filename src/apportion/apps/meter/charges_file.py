"""Rated usage as a file, CSV or Parquet: a charge a job and resource, or an account and UTC day."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from apportion.core.faults import BadInput, Fault
from apportion.core.meter.days import DayUse
from apportion.core.meter.rate import Charge
from apportion.core.units import MICROCREDITS_PER_CREDIT, format_credits
from apportion.core.windows import from_epoch

CSV, PARQUET = SUFFIXES = (".csv", ".parquet")
Cell = str | int | Decimal | datetime
Columns = tuple[tuple[str, type], ...]
CHARGE_COLUMNS: Columns = (
    ("key", str),
    ("account", str),
    ("user", str),
    ("job", str),
    ("name", str),
    ("state", str),
    ("resource", str),
    ("size", int),
    ("submitted_at", datetime),
    ("started_at", datetime),
    ("ended_at", datetime),
    ("unit_seconds", int),
    ("credits", Decimal),
    ("refunded_seconds", int),
    ("refunded_credits", Decimal),
    ("file", str),
    ("line", int),
)
DAY_COLUMNS: Columns = (
    ("account", str),
    ("resource", str),
    ("day", str),
    ("unit_seconds", int),
    ("credits", Decimal),
    ("refunded_seconds", int),
    ("refunded_credits", Decimal),
)


def write_charges(path: Path, charges: Iterable[Charge]) -> None:
    """Writes charges to a file, whole or not at all.

    Raises: BadInput, when the file cannot be written.
    """
    _write(path, CHARGE_COLUMNS, [_charge_cells(charge) for charge in charges])


def write_days(path: Path, days: Iterable[DayUse]) -> None:
    """Writes the use of days to a file, whole or not at all.

    Raises: BadInput, when the file cannot be written.
    """
    _write(path, DAY_COLUMNS, [_day_cells(day) for day in days])


def _write(path: Path, columns: Columns, rows: Sequence[tuple[int | str, ...]]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == PARQUET:
            draft.write_bytes(_parquet(columns, rows))
        else:
            with draft.open("w", encoding="utf-8", newline="") as stream:
                _write_csv(stream, columns, rows)
        draft.replace(path)
    except OSError as error:
        what = f"cannot be written: {error.strerror or error}"
        raise BadInput([Fault(file=str(path), what=what, remedy="Name another file")]) from None
    finally:
        draft.unlink(missing_ok=True)


def _write_csv(
    stream: io.TextIOBase, columns: Columns, rows: Sequence[tuple[int | str, ...]]
) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    kinds = [kind for _, kind in columns]
    for row in rows:
        writer.writerow([_plain(cell, kind) for cell, kind in zip(row, kinds, strict=True)])


def _parquet(columns: Columns, rows: Sequence[tuple[int | str, ...]]) -> bytes:
    from apportion.adapters.duckdb.client import write_parquet

    kinds = [kind for _, kind in columns]
    typed: list[tuple[Cell, ...]] = [
        tuple(_typed(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in rows
    ]
    return write_parquet(columns, typed)


def _plain(cell: int | str, kind: type) -> int | str:
    if kind is Decimal:
        return format_credits(int(cell))
    if kind is datetime:
        return from_epoch(int(cell)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return cell


def _typed(cell: int | str, kind: type) -> Cell:
    if kind is Decimal:
        return Decimal(int(cell)) / MICROCREDITS_PER_CREDIT
    return from_epoch(int(cell)) if kind is datetime else cell


def _charge_cells(charge: Charge) -> tuple[int | str, ...]:
    segment = charge.segment
    return (
        segment.key,
        segment.project,
        segment.user,
        segment.job,
        segment.name,
        segment.state,
        segment.resource,
        segment.size,
        segment.submitted_at,
        charge.started_at,
        charge.ended_at,
        charge.unit_seconds,
        charge.microcredits,
        charge.refunded_seconds,
        charge.refunded_microcredits,
        segment.file,
        segment.line,
    )


def _day_cells(day: DayUse) -> tuple[int | str, ...]:
    account, resource, _, used, cost, back_seconds, back = day
    return account, resource, day.date, used, cost, back_seconds, back
