"""A statement as a file: every figure in it, and nothing in it that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import replace

import pytest

from apportion.adapters.files.render_statement import COLUMNS, statement_csv, statement_json
from apportion.adapters.terminal.render import Layout, defuse, render_rows
from apportion.core.statement import Bounds, replay
from tests.apps.small_lab import NOW
from tests.core.test_statement import ALPHA, DAY, movement


def made(*movements):
    return replay(ALPHA, movements, bounds=Bounds(starts_at=NOW, ends_at=NOW + 30 * DAY))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_csv_statement_adds_up_from_opening_to_closing():
    rows = rows_of(statement_csv(made(movement(1, 7, day=-2), movement(2, -3, day=1))))
    assert [row["code"] for row in rows] == ["opening", "settle", "closing"]
    assert [row["balance"] for row in rows] == ["7", "4", "4"]
    assert int(rows[0]["balance"]) + int(rows[1]["amount"]) == int(rows[-1]["balance"])
    assert list(rows[0]) == list(COLUMNS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_note_that_a_spreadsheet_would_run_is_defused_and_amounts_stay_numbers(start):
    bad = replace(movement(1, -3, day=1), note=f'{start}cmd|"/c calc"!A1', other=ALPHA)
    row = rows_of(statement_csv(made(bad)))[1]
    assert row["note"].startswith("'")
    assert row["amount"] == "-3"


def test_an_honest_text_is_left_as_it_is():
    assert (defuse("grant:r-1"), defuse("")) == ("grant:r-1", "")


def test_a_json_statement_says_whose_it_is_and_adds_up():
    told = json.loads(statement_json(made(movement(1, 7, day=-2), movement(2, -3, day=1))))
    assert told["schema"] == "apportion.statement/1"
    assert told["account"] == {"kind": "project", "owner": "alpha", "unit": "gpu:h100"}
    assert told["opening"] + sum(row["amount"] for row in told["rows"]) == told["closing"] == 4
    assert told["window"]["recorded_before"] is None


def test_a_statement_of_nothing_is_a_statement_of_zero():
    assert [row["balance"] for row in rows_of(statement_csv(made()))] == ["0", "0"]
    assert json.loads(statement_json(made()))["rows"] == []


def test_a_listing_as_csv_runs_nothing_either_and_keeps_its_numbers():
    rows = [{"note": "=1+1", "amount": -3, "cell": "-a"}]
    told = render_rows(rows, ("note", "amount", "cell"), Layout(as_csv=True))
    assert told == "note,amount,cell\n'=1+1,-3,'-a"
