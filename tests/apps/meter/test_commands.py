"""`apportion usage` and `apportion balance`, as people and programs call them."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from apportion.apps.people.actions import add_person
from apportion.apps.rounds.queries import ResourceKind
from apportion.office.cli import run
from tests.apps.small_lab import POLICY, open_spring

SRC = Path(__file__).resolve().parents[3] / "src"
PHILLY = """timestamp,duration,num_gpus,gpu_time,cluster
2017-10-09 07:01:55,3600,2,7200,6214e9
2017-10-09 07:01:55,3600,2,7200,6214e9
2017-10-31 23:00:00,7200,8,57600,11cb48
oops
"""
RATES = """schema = "apportion.rates/1"
[[rates]]
resource = "gpu"
credits = "1.5"
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "philly.csv").write_text(PHILLY)
    (tmp_path / "rates.toml").write_text(RATES)
    return tmp_path


def call(capsys, *arguments):
    code = run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def rate(capsys, files, *more):
    rates = files / "rates.toml"
    return call(
        capsys, "usage", "rate", "--format", "philly", files / "philly.csv", "--rates", rates, *more
    )


def test_rating_tells_what_was_read_and_used(capsys, files):
    code, out, err = rate(capsys, files)
    assert code == 0
    counts = [line.split(maxsplit=1) for line in out.splitlines()[:6]]
    assert [(number, what.split(":")[0]) for number, what in counts] == [
        ("4", "rows read"),
        ("3", "jobs"),
        ("3", "segments"),
        ("0", "duplicates"),
        ("1", "repeats"),
        ("1", "rejects"),
    ]
    assert "20.0 GPU-hours, 30.00 credits" in out
    assert "philly.csv:5: 1 columns where 5 are due" in err


def test_rating_a_period_cuts_jobs_at_its_borders_and_writes_charges(capsys, files):
    out_file = files / "charges.csv"
    code, out, _ = rate(capsys, files, "--period", "2017-11", "--out", out_file, "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["resources"] == [
        {"resource": "gpu", "charges": 1, "unit_seconds": 28800, "hours": "8", "credits": "12"}
    ]
    assert facts["rejects"][0]["line"] == 5
    [row] = csv.DictReader(out_file.read_text().splitlines())
    assert (row["account"], row["unit_seconds"], row["credits"]) == ("11cb48", "28800", "12")
    assert (row["started_at"], row["ended_at"]) == ("2017-11-01T00:00:00Z", "2017-11-01T01:00:00Z")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--format", "excel"], "no such format"),
        (["--zone", "Mars/Olympus"], "no such zone"),
        (["--zone", "../../etc/passwd"], "no such zone"),
        (["--period", "soon"], "--period"),
        (["--out", "charges.xlsx"], "neither CSV nor Parquet"),
        (["--engine", "abacus"], "no such engine"),
        (["--by", "year"], "no such rows"),
        (["--meter", "watts"], "not metered"),
        (["--rates", "missing.toml"], "cannot be read"),
        (["--out", "missing/charges.csv"], "cannot be written"),
    ],
)
def test_a_flag_that_cannot_be_is_refused_with_exit_2(capsys, files, flags, words):
    code, _, err = rate(capsys, files, *flags)
    assert (code, words in err) == (2, True)


def test_a_file_of_which_no_row_can_be_read_is_exit_2_and_writes_nothing(capsys, files):
    (files / "philly.csv").write_text("a,b\n1,2\n")
    code, _, err = rate(capsys, files, "--out", files / "charges.csv")
    assert code == 2
    assert "no column timestamp" in err
    assert not (files / "charges.csv").exists()


def test_rating_needs_no_office(files):
    nowhere = files / "none"
    command = [sys.executable, "-m", "apportion", "--data", nowhere, "usage", "rate"]
    done = subprocess.run(
        [*command, "--format", "philly", files / "philly.csv"],
        cwd=SRC,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "20.0 GPU-hours" in done.stdout) == (0, True)
    assert not nowhere.exists()


def import_(capsys, files, *more):
    return call(capsys, "usage", "import", "--format", "philly", files / "philly.csv", *more)


@pytest.mark.django_db
def test_importing_tells_what_it_added_and_the_second_time_nothing(capsys, files, folk):
    ResourceKind.objects.create(code="gpu")
    code, out, err = import_(capsys, files)
    assert (code, "3  charges added" in out, "philly.csv:5" in err) == (0, True, True)
    code, out, _ = import_(capsys, files, "--json", "--as", "ops")
    [facts] = json.loads(out)
    assert (code, facts["added"], facts["known"], facts["repeats"]) == (0, 0, 3, 1)
    _, out, _ = call(capsys, "usage", "imports", "--json")
    assert [row["added"] for row in json.loads(out)] == [0, 3]


@pytest.mark.django_db
def test_a_dry_run_says_so_and_adds_nothing(capsys, files, folk):
    code, _, err = import_(capsys, files, "--dry-run")
    assert (code, "dry run" in err) == (0, True)
    _, out, _ = call(capsys, "usage", "list", "--json")
    assert json.loads(out) == []


@pytest.mark.django_db
def test_who_imports_must_be_clear_and_must_be_allowed(capsys, files, folk):
    assert import_(capsys, files, "--as", "ann")[0] == 4
    assert import_(capsys, files, "--as", "nobody")[0] == 3
    add_person(username="ops2", name="Ops 2", roles=["operator"])
    code, _, err = import_(capsys, files)
    assert (code, "Name one of them: ops, ops2" in err) == (2, True)


@pytest.mark.django_db
def test_an_unreadable_file_is_exit_2_and_nothing_is_imported(capsys, files, folk):
    good = files / "philly.csv"
    code, _, err = call(
        capsys, "usage", "import", "--format", "philly", good, files / "missing.csv"
    )
    assert (code, "missing.csv" in err) == (2, True)
    (files / "bad.csv").write_text("a,b\n1,2\n")
    code, _, err = call(capsys, "usage", "import", "--format", "philly", good, files / "bad.csv")
    assert (code, "nothing was imported" in err) == (2, True)
    _, out, _ = call(capsys, "usage", "imports", "--json")
    assert json.loads(out) == []


@pytest.mark.django_db
def test_balances_are_listed_per_project_and_an_unknown_project_is_not_found(capsys, folk):
    open_spring(folk["eve"], policy=POLICY)
    code, out, _ = call(capsys, "balance", "--csv")
    assert (code, out) == (0, "project,resource,granted,used,overrun,left,unit\n")
    code, _, err = call(capsys, "balance", "--project", "ghost")
    assert (code, "ghost" in err) == (3, True)


def test_a_hundred_accounts_are_listed_from_the_largest_and_the_rest_counted(capsys, files):
    rows = [f"2017-10-09 07:01:55,{n},1,{n},vc{n}\n" for n in range(1, 101)]
    (files / "philly.csv").write_text(PHILLY.splitlines(keepends=True)[0] + "".join(rows))
    _, out, _ = rate(capsys, files)
    assert out.index("vc100 ") < out.index("vc99 ")
    assert "... and 70 smaller" in out


@pytest.mark.django_db
def test_a_file_cut_in_the_middle_of_a_line_is_exit_2_and_writes_nothing(capsys, files, folk):
    ResourceKind.objects.create(code="gpu")
    whole = (files / "philly.csv").read_bytes()
    (files / "philly.csv").write_bytes(whole.rstrip(b"\n")[:-3])
    last = whole.count(b"\n")
    code, _, err = rate(capsys, files, "--out", files / "charges.csv")
    assert (code, f"philly.csv:{last}: the file ends in the middle" in err) == (2, True)
    assert not (files / "charges.csv").exists()
    code, _, err = import_(capsys, files)
    assert (code, "nothing was imported" in err) == (2, True)
    assert json.loads(call(capsys, "usage", "imports", "--json")[1]) == []
