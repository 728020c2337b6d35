"""`apportion usage rate`: by job or day, any engine, CSV or Parquet, rejects out and in again."""

import csv
import json
from decimal import Decimal

import duckdb
import pytest

from tests.adapters.rating.made import FULL
from tests.adapters.slurm.test_parse import row
from tests.apps.meter.test_commands import call

ODD = (row(jobidraw="7", elapsedraw="1e3"), row(jobidraw="8", alloctres="cpu=x"))


@pytest.fixture
def text(tmp_path):
    (tmp_path / "rates.toml").write_text(FULL)
    rows = [row(jobidraw=str(number), account=f"p{number % 3}") for number in range(1, 7)]
    (tmp_path / "s.psv").write_text("".join([*rows, "junk|x\n", *ODD, rows[0]]))
    return tmp_path


def rate(capsys, folder, *more, file="s.psv"):
    flags = ("--format", "sacct", folder / file, "--rates", folder / "rates.toml")
    return call(capsys, "usage", "rate", *flags, *more)


@pytest.mark.parametrize("by", ["job", "day"])
def test_every_engine_writes_the_same_bytes(capsys, text, by):
    written = {}
    for engine in ("python", "duckdb"):
        out = text / f"{engine}.csv"
        code, told, _ = rate(capsys, text, "--engine", engine, "--by", by, "--out", out, "--json")
        assert code == 0
        written[engine] = (out.read_bytes(), told)
    assert written["python"] == written["duckdb"]


@pytest.mark.spark
def test_spark_writes_the_same_bytes(capsys, text):
    written = []
    for engine in ("spark", "duckdb"):
        out = text / f"{engine}.csv"
        flags = ("--engine", engine, "--master", "local[2]", "--by", "day", "--out", out)
        assert rate(capsys, text, *flags)[0] == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("by", ["job", "day"])
def test_parquet_holds_the_rows_of_the_csv(capsys, text, by):
    for name in ("c.csv", "c.parquet"):
        assert rate(capsys, text, "--by", by, "--out", text / name)[0] == 0
    expected = list(csv.DictReader((text / "c.csv").read_text().splitlines()))
    with duckdb.connect() as books:
        table = books.read_parquet(str(text / "c.parquet"))
        names = table.columns
        found = table.select("unit_seconds, credits").fetchall()
    assert found == [(int(row["unit_seconds"]), Decimal(row["credits"])) for row in expected]
    assert names == list(expected[0])


def test_rejected_rows_come_out_with_their_reasons_and_count_once_mended(capsys, text):
    rejects = text / "rejects.psv"
    code, out, _ = rate(capsys, text, "--rejects", rejects, "--json")
    before = json.loads(out)
    assert (code, before["jobs"], len(before["rejects"])) == (0, 6, 3)
    lines = rejects.read_text().splitlines()
    assert [line.startswith("# ") for line in lines] == [True, False] * 3
    assert "2 fields where 19 are due" in lines[0]
    assert lines[1] == "junk|x"
    mended = rejects.read_text().replace("|1e3|", "|1000|").replace("cpu=x", "cpu=1")
    (text / "mended.psv").write_text(mended.replace("junk|x\n", ""))
    code, out, _ = rate(capsys, text, "--json", file="mended.psv")
    after = json.loads(out)
    assert (code, after["jobs"], after["rejects"]) == (0, 2, [])


def test_a_file_without_rejects_gives_an_empty_file_of_them(capsys, text):
    (text / "s.psv").write_text(row())
    assert rate(capsys, text, "--rejects", text / "none.psv")[0] == 0
    assert (text / "none.psv").read_bytes() == b""


def test_a_cut_off_file_is_exit_2_and_writes_no_charges_by_day_either(capsys, text):
    (text / "s.psv").write_text(row() + row(jobidraw="9")[:50])
    code, _, err = rate(capsys, text, "--by", "day", "--out", text / "out.csv")
    assert (code, "middle of this line" in err, (text / "out.csv").exists()) == (2, True, False)


def test_memory_is_metered_where_it_is_asked_for(capsys, text):
    code, out, _ = rate(capsys, text, "--by", "day", "--meter", "mem", "--json")
    facts = json.loads(out)
    assert code == 0
    assert [one["resource"] for one in facts["resources"]] == ["mem"]
    assert facts["jobs"] == 6
