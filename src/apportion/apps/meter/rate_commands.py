"""`apportion usage rate`: what accounting files come to, without an office."""

from pathlib import Path

import typer

from apportion.adapters.slurm.parse import COMMAND
from apportion.adapters.traces.client import write_rejects
from apportion.apps.meter import wording
from apportion.apps.meter.charges_file import SUFFIXES, write_charges, write_days
from apportion.apps.meter.flags import (
    AS_JSON,
    FIELDS_OPTION,
    FILES,
    FORMAT,
    USAGE,
    ZONE,
    bad_flag,
    is_useless,
    read_layout,
    read_rates,
    read_window,
    tell_rejects,
)
from apportion.apps.meter.rating import Call, EngineName, rate_by_day, rate_jobs
from apportion.apps.meter.sources import uncollected
from apportion.core.meter.days import total_days
from apportion.core.meter.segments import Reading
from apportion.core.meter.totals import Totals, total

BY = ("job", "day")


def register(usage: typer.Typer) -> None:
    """Adds the verb."""
    usage.command("rate", epilog=f"Ask Slurm with: {COMMAND}")(rate_files)


@uncollected()
def rate_files(  # noqa: PLR0913  one argument a flag
    files: list[str] = FILES,
    *,
    file_format: str = FORMAT,
    rates: Path | None = typer.Option(None, help="rates.toml; without it nothing costs."),
    period: str = typer.Option("", help="START/END or a month: only use inside it."),
    by: str = typer.Option("job", help="A charge a job and resource, or an account and UTC day."),
    out: Path | None = typer.Option(None, help="Write the charges here, as .csv or .parquet."),
    rejects: Path | None = typer.Option(
        None, help="Write the rows that were not taken here, to be mended and given again."
    ),
    engine: str = typer.Option("duckdb", help=f"One of {', '.join(EngineName)}; all agree."),
    master: str = typer.Option("local[*]", help="Where Spark runs, for --engine spark."),
    metered: str = typer.Option("", "--meter", help="Kinds to read from Slurm: cpu,gpu,mem."),
    zone: str = ZONE,
    fields: str = FIELDS_OPTION,
    as_json: bool = AS_JSON,
) -> int:
    """Rate accounting files; needs no office."""
    _check_flags(by, engine, out)
    call = Call(
        files=tuple(files),
        layout=read_layout(file_format, zone, fields, metered),
        tariff=read_rates(rates),
        window=read_window(period),
        engine=EngineName(engine),
        master=master,
    )
    if by == "day":
        reading, days = rate_by_day(call)
        _tell(reading, total_days(days), as_json=as_json)
    else:
        reading, charges = rate_jobs(call)
        _tell(reading, total(charges), as_json=as_json)
    if rejects is not None:
        write_rejects(rejects, files, reading.rejects)
    if is_useless(reading):
        return USAGE
    if out is not None and by == "day":
        write_days(out, days)
    elif out is not None:
        write_charges(out, charges)
    return 0


def _tell(reading: Reading, totals: Totals, *, as_json: bool) -> None:
    if as_json:
        facts = wording.reading_facts(reading) | wording.totals_facts(totals)
        typer.echo(wording.as_json(facts))
    else:
        for line in (*wording.tell_reading(reading), "", *wording.tell_totals(totals)):
            typer.echo(line)
    tell_rejects(reading)


def _check_flags(by: str, engine: str, out: Path | None) -> None:
    """Reads every flag before any file, so that a slip costs no waiting."""
    if by not in BY:
        raise bad_flag("--by", by, "no such rows", f"Use {' or '.join(BY)}")
    if engine not in set(EngineName):
        raise bad_flag("--engine", engine, "no such engine", f"Use {', '.join(EngineName)}")
    if out is not None and out.suffix not in SUFFIXES:
        raise bad_flag("--out", str(out), "neither CSV nor Parquet", f"Use {' or '.join(SUFFIXES)}")
