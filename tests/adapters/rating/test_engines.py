"""One expression, several engines: the same rows to the last microcredit."""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from apportion.adapters.duckdb.client import DuckDbEngine
from apportion.adapters.rating.client import survey_files
from apportion.adapters.rating.engine import days_on, rate_on
from apportion.adapters.rating.text import rate_text
from apportion.adapters.slurm.parse import SacctLayout, parse_sacct
from apportion.adapters.spark.client import SparkEngine
from apportion.adapters.traces.client import read_chunks
from apportion.core.faults import BadInput
from apportion.core.meter.days import rate_days
from apportion.core.meter.rate import rate_segments
from apportion.core.meter.segments import gather
from apportion.core.meter.tariff import Prices, Tariff
from benchmarks.sacct_text import write_sacct
from tests.adapters.rating.made import FULL, PLAIN, tariff
from tests.adapters.rating.plain import plain_days
from tests.core.meter.made import T0, segment

BERLIN_SUMMER_ENDS = datetime(2025, 10, 26, 1, tzinfo=UTC)
FULL_PRICES = {"cpu": 13_000, "gpu:h100": 2_500_001}


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    path = tmp_path_factory.mktemp("sacct") / "made.psv"
    write_sacct(path, rows=6_000)
    return path


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    path = tmp_path_factory.mktemp("sacct") / "short.psv"
    write_sacct(path, rows=1_500, days=5)
    return path


@pytest.fixture(scope="module")
def duck():
    with DuckDbEngine() as engine:
        yield engine


@pytest.fixture(scope="module")
def spark():
    with SparkEngine(master="local[2]") as engine:
        yield engine


def read(path, layout=None, only=None):
    layout = layout or SacctLayout(only=only)
    return gather(parse_sacct(read_chunks(str(path)), file=str(path), layout=layout))


def from_text(engine, path, prices, bounds=None):
    survey = survey_files([str(path)], layout=SacctLayout())
    return rate_text(
        engine,
        survey,
        layout=SacctLayout(),
        prices=prices,
        bounds=bounds,
        read_some=lambda jobs: read(path, only=jobs),
    )


def price_at(resource, qos, at):
    """The tariff FULL, said again in plain words."""
    utc = datetime.fromtimestamp(at, UTC)
    local = utc + timedelta(hours=2 if utc < BERLIN_SUMMER_ENDS else 1)
    minute = local.hour * 60 + local.minute
    evening, morning = local.weekday() in {0, 1, 5}, local.weekday() in {1, 2, 6}
    is_night = (minute >= 1200 and evening) or (minute < 375 and morning)
    if resource == "gpu:h100" and qos == "night":
        return 1_100_000
    if resource == "gpu:a100":
        return 700_000 if is_night and utc >= datetime(2025, 11, 1, tzinfo=UTC) else 0
    return FULL_PRICES.get(resource, 0)


def share_of(state):
    shares = {"NODE_FAIL": 10**6, "PREEMPTED": 333_333, "CANCELLED": 100_000}
    return Fraction(shares.get(state, 0), 10**6)


def without_new_rate(text):
    return text.replace(
        '[[rates]]\nresource = "gpu:h100"\ncredits = "3.1"\nfrom = 2025-12-01T13:37:11Z\n', ""
    )


def test_duckdb_rates_a_text_as_the_plain_oracle_does_on_thousands_of_groups(export, tmp_path):
    with DuckDbEngine() as engine:
        rated = from_text(engine, export, Prices(tariff(without_new_rate(FULL))))
    expected = plain_days(export.read_text(), price_at, share_of)
    found = {(d.account, d.resource, d.date): tuple(d[3:]) for d in rated.days}
    assert found == expected
    assert len(found) > 3_000
    assert sum(sums[3] for sums in found.values()) > 0


@pytest.mark.parametrize("text", [PLAIN, FULL])
def test_duckdb_rates_a_text_as_reading_it_row_by_row_does(export, text):
    prices = Prices(tariff(text))
    with DuckDbEngine() as engine:
        rated = from_text(engine, export, prices)
    reading = read(export)
    assert rated.days == rate_days(reading.segments, prices=prices)
    assert told(rated.reading) == told(reading)


@pytest.mark.parametrize("text", [PLAIN, FULL])
def test_duckdb_charges_segments_as_the_core_does(export, duck, text):
    segments = read(export).segments[:1500]
    bounds = (T0, T0 + 30 * 86_400)
    expected = list(rate_segments(segments, tariff=tariff(text)))
    assert rate_on(duck, segments, prices=Prices(tariff(text))) == expected
    days = rate_days(segments, prices=Prices(tariff(text)), bounds=bounds)
    assert days_on(duck, segments, prices=Prices(tariff(text)), bounds=bounds) == days


@pytest.mark.spark
def test_spark_gives_the_same_rows_as_duckdb_from_text_and_from_segments(short, spark, duck):
    prices = Prices(tariff(FULL))
    reading = read(short)
    with DuckDbEngine() as engine:
        expected = from_text(engine, short, prices)
    rated = from_text(spark, short, prices)
    assert rated == expected
    some = reading.segments[:500]
    assert rate_on(spark, some, prices=prices) == rate_on(duck, some, prices=prices)


def test_sums_beyond_64_bits_of_product_are_exact(duck):
    dear = tariff(PLAIN.replace("2.500001", "600.000001"))
    huge = [segment(n, size=10_000_000, seconds=86_400 * 30, resource="gpu:h100") for n in range(3)]
    assert rate_on(duck, huge, prices=Prices(dear)) == list(rate_segments(huge, tariff=dear))


def test_a_price_too_high_to_be_exact_is_refused_and_python_is_named(duck):
    dear = tariff(PLAIN.replace("2.500001", "30000"))
    with pytest.raises(BadInput, match="--engine python"):
        rate_on(duck, [segment(resource="gpu:h100")], prices=Prices(dear))


def test_nothing_to_rate_is_no_rows(duck):
    assert rate_on(duck, [], prices=Prices(Tariff())) == []
    assert days_on(duck, [], prices=Prices(Tariff())) == []


def told(reading):
    counts = (reading.rows, reading.jobs, reading.segment_count, reading.duplicates)
    faults = sorted(map(str, (*reading.rejects, *reading.notes)))
    return (*counts, reading.repeats, dict(reading.skipped), faults)


def odd_rows(lines):
    """Every way in which a row may be odd, among sound ones."""
    job = next(line for line in lines if "gres/gpu" in line and "." not in line.split("|")[0])
    cells = job.rstrip("\n").split("|")

    def changed(number, **at):
        row = [*cells]
        row[0] = str(number)
        for place, value in at.items():
            row[int(place[1:])] = value
        return "|".join(row) + "\n"

    yield from ("junk\n", "|\n", "|" * 18 + "\n", "x.1|y\n", "7.batch|short\n")
    yield changed(900_001, _18="a|b|c")
    yield changed(900_002, _6="CANCELLED by 1000")
    yield changed(900_003, _9="Unknown", _10="Unknown", _11="0", _13="")
    yield changed(900_004, _10="Unknown", _6="RUNNING")
    yield changed(900_005, _9="None", _10="Unknown", _11="0")
    yield changed(900_006, _11="0")
    for number, value in enumerate(("-5", "1e3", " 12", "12.0", str(2**63), "", "007")):
        yield changed(900_010 + number, _11=value)
    yield changed(900_020, _10="1")
    yield changed(900_021, _13="cpu=x")
    yield changed(900_022, _13="")
    yield changed(900_023, _13="cpu=4,mystery/thing=7")
    yield changed(900_024, _2="a;b'c\"d|e")
    yield changed(900_025, _2="größe")
    yield changed(900_026, _7="2025-10-10T00:00:00")
    yield from (changed(900_030), changed(900_030))
    yield from (changed(900_031), changed(900_031, _2="other"))
    yield from (changed(900_032), changed(900_032, _7="1", _9=str(int(cells[9]) + 50)))
    yield changed(900_033).rpartition("|")[0] + "\n"
    yield changed("900_034")
    yield changed("")


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_every_odd_row_is_read_as_the_reader_of_rows_reads_it(export, tmp_path, request, engine):
    lines = export.read_text().splitlines(keepends=True)[:600]
    mixed = lines + list(odd_rows(lines)) + lines[:40]
    random.Random(7).shuffle(mixed)
    path = tmp_path / "odd.psv"
    path.write_text("".join(mixed))
    prices = Prices(tariff(FULL))
    if engine == "spark":
        rated = from_text(request.getfixturevalue("spark"), path, prices)
    else:
        with DuckDbEngine() as duckdb:
            rated = from_text(duckdb, path, prices)
    reading = read(path)
    assert rated.days == rate_days(reading.segments, prices=prices)
    assert told(rated.reading) == told(reading)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1|2",
        b"\xef\xbb\xbf1|2\n",
        b"1|2\r\n",
        b"# told\n1|2\n",
        b"1|\0\n",
        b"\xff|State|JobID\n",
    ],
)
def test_text_that_is_not_plain_is_left_to_the_reader_of_rows(tmp_path, content):
    path = tmp_path / "text.psv"
    path.write_bytes(content)
    assert survey_files([str(path)], layout=SacctLayout()) is None


def test_bytes_that_are_no_text_are_left_to_the_reader_of_rows(export, tmp_path):
    path = tmp_path / "latin.psv"
    path.write_bytes(export.read_bytes()[:50_000].rpartition(b"\n")[0] + b"\ncaf\xe9|x\n")
    with DuckDbEngine() as engine:
        assert from_text(engine, path, Prices(Tariff())) is None
