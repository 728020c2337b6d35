"""The flags that verbs over accounting files share, and what they say of a reading."""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from apportion.adapters.slurm.parse import FIELDS, METERED
from apportion.apps.meter import wording
from apportion.apps.meter.sources import Format, Layout
from apportion.core.faults import BadInput, Fault
from apportion.core.meter.cut import read_period
from apportion.core.meter.ratecard import read_tariff
from apportion.core.meter.segments import Reading, Skip
from apportion.core.meter.tariff import Tariff
from apportion.core.windows import Window

USAGE = 2
FILES = typer.Argument(help="Files, plain or gzip; - is standard input.")
FORMAT = typer.Option(..., "--format", help=f"One of {', '.join(Format)}.")
ZONE = typer.Option("", help="Zone of local times, such as Europe/Berlin; Philly's are UTC.")
FIELDS_OPTION = typer.Option(
    "", "--fields", help=f"What sacct's -o was, if not this: {','.join(FIELDS)}"
)
AS_JSON = typer.Option(False, "--json", help="As JSON.")
METERABLE = METERED | {"mem"}


def read_layout(file_format: str, zone: str, fields: str, metered: str = "") -> Layout:
    """Reads how files are laid out.

    Raises: BadInput.
    """
    if file_format not in set(Format):
        raise bad_flag("--format", file_format, "no such format", f"Use {', '.join(Format)}")
    names = tuple(name.strip().lower() for name in fields.split(",") if name.strip())
    kinds = frozenset(kind.strip() for kind in metered.split(",") if kind.strip()) or METERED
    if odd := sorted(kinds - METERABLE):
        raise bad_flag("--meter", odd[0], "not metered", f"Use {', '.join(sorted(METERABLE))}")
    try:
        tz = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        remedy = "Write one such as Europe/Berlin or UTC"
        raise bad_flag("--zone", zone, "no such zone", remedy) from None
    return Layout(format=Format(file_format), zone=tz, fields=names or FIELDS, metered=kinds)


def read_window(text: str) -> Window | None:
    """Reads a period, or nothing where none is stated.

    Raises: BadInput.
    """
    if not text:
        return None
    try:
        return read_period(text)
    except ValueError as error:
        remedy = "Write one such as 2017-11-01/2017-12-01"
        raise bad_flag("--period", text, str(error), remedy) from None


def read_rates(path: Path | None) -> Tariff:
    """Reads a rates.toml; without one nothing costs.

    Raises: BadInput.
    """
    if path is None:
        return Tariff()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {error}"
        raise BadInput([Fault(file=str(path), what=what, remedy="Name a rates.toml")]) from None
    return read_tariff(text, file=str(path), find_zone=ZoneInfo)


def is_useless(reading: Reading) -> bool:
    """A bad row stops nothing, but a file that is cut off lacks rows that nobody can name."""
    if reading.is_cut_off:
        return True
    jobs = reading.jobs + sum(n for skip, n in reading.skipped if skip is not Skip.STEP)
    return bool(reading.rejects) and not jobs


def tell_rejects(reading: Reading) -> None:
    """Says on stderr what was wrong with rows."""
    for line in wording.tell_faults((*reading.rejects, *reading.notes)):
        typer.echo(line, err=True)


def bad_flag(flag: str, value: str | None, what: str, remedy: str) -> BadInput:
    """Makes the refusal of a flag."""
    return BadInput([Fault(file=flag, value=value, what=what, remedy=remedy)])
