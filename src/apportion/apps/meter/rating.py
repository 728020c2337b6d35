"""Rating accounting files by the engine asked for; needs no office and no database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from apportion.apps.meter.sources import Format, Layout, read_sources, slurm_layout
from apportion.core.meter.days import DayUse, rate_days
from apportion.core.meter.rate import Charge, epoch_span, rate_segments
from apportion.core.meter.segments import Reading
from apportion.core.meter.tariff import Prices, Tariff
from apportion.core.windows import Window

if TYPE_CHECKING:
    from apportion.adapters.rating.engine import Engine


class EngineName(StrEnum):
    """What computes. All give the same rows to the microcredit."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    PYTHON = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is to be rated, and how."""

    files: tuple[str, ...]
    layout: Layout
    tariff: Tariff
    window: Window | None
    engine: EngineName = EngineName.DUCKDB
    master: str = "local[*]"


def rate_jobs(call: Call) -> tuple[Reading, list[Charge]]:
    """Rates files into a charge a segment, in the order of the files.

    Raises: BadInput, WorldError.
    """
    reading = read_sources(call.files, layout=call.layout)
    segments = reading.segments
    if call.engine is EngineName.PYTHON or not segments:
        return reading, list(rate_segments(segments, tariff=call.tariff, window=call.window))
    from apportion.adapters.rating.engine import rate_on  # ibis takes a quarter of a second

    bounds = None if call.window is None else epoch_span(call.window)
    with open_engine(call) as engine:
        return reading, rate_on(engine, segments, prices=Prices(call.tariff), bounds=bounds)


def rate_by_day(call: Call) -> tuple[Reading, list[DayUse]]:
    """Rates files into a row an account, resource and UTC day.

    sacct's text is read by the engine itself where that gives the same as reading it row by row.

    Raises: BadInput, WorldError.
    """
    prices = Prices(call.tariff)
    bounds = None if call.window is None else epoch_span(call.window)
    if call.engine is EngineName.PYTHON:
        reading = read_sources(call.files, layout=call.layout)
        return reading, rate_days(reading.segments, prices=prices, bounds=bounds)
    from apportion.adapters.rating.engine import days_on

    if found := _rate_text(call, prices):
        return found
    reading = read_sources(call.files, layout=call.layout)
    with open_engine(call) as engine:
        return reading, days_on(engine, reading.segments, prices=prices, bounds=bounds)


def open_engine(call: Call) -> "AbstractContextManager[Engine]":
    """Opens the engine asked for.

    Raises: WorldError, when Spark is not there.
    """
    if call.engine is EngineName.SPARK:
        from apportion.adapters.spark.client import SparkEngine

        return SparkEngine(master=call.master)
    from apportion.adapters.duckdb.client import DuckDbEngine

    return DuckDbEngine()


def _rate_text(call: Call, prices: Prices) -> tuple[Reading, list[DayUse]] | None:
    from apportion.adapters.rating.client import survey_files
    from apportion.adapters.rating.text import rate_text

    layout = slurm_layout(call.layout)
    survey = None
    if call.layout.format is Format.SACCT:
        survey = survey_files(call.files, layout=layout)
    if survey is None:
        return None
    bounds = None if call.window is None else epoch_span(call.window)
    with open_engine(call) as engine:
        rated = rate_text(
            engine,
            survey,
            layout=layout,
            prices=prices,
            bounds=bounds,
            read_some=lambda jobs: _read_some(call.files, call.layout, jobs),
        )
    return None if rated is None else (rated.reading, rated.days)


def _read_some(files: Sequence[str], layout: Layout, jobs: frozenset[str]) -> Reading:
    return read_sources(files, layout=replace(layout, only=jobs))
