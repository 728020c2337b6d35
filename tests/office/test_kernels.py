"""Replays are compiled before anybody waits, and the code is kept wherever the package lies."""

import os

from apportion.core.simulate.gang import run_gang
from apportion.core.simulate.gang_easy import run_gang_easy
from apportion.core.simulate.pool import run_easy, run_fcfs
from apportion.core.simulate.shared import advance
from apportion.office.kernels import KEPT_IN, compile_kernels, keep_compiled_in

ENTRANCES = (run_fcfs, run_easy, run_gang, run_gang_easy, advance)  # a replay calls one of these


def test_compiling_beforehand_leaves_no_replay_to_be_compiled_later():
    compile_kernels()
    assert [one.py_func.__name__ for one in ENTRANCES if not one.signatures] == []


def test_compiled_code_is_kept_with_the_data_where_the_package_may_not_be_written(
    tmp_path, monkeypatch
):
    monkeypatch.delenv(KEPT_IN, raising=False)
    monkeypatch.setattr("apportion.office.kernels.HOME", tmp_path / "nowhere")
    keep_compiled_in(tmp_path)
    assert os.environ[KEPT_IN] == str(tmp_path / "compiled")  # noqa: TID251  what it sets
    monkeypatch.setenv(KEPT_IN, "chosen")
    keep_compiled_in(tmp_path)
    assert os.environ[KEPT_IN] == "chosen"  # noqa: TID251  what it leaves


def test_compiled_code_stays_beside_a_package_that_may_be_written(tmp_path, monkeypatch):
    monkeypatch.delenv(KEPT_IN, raising=False)
    monkeypatch.setattr("apportion.office.kernels.HOME", tmp_path)
    keep_compiled_in(tmp_path)
    assert KEPT_IN not in os.environ  # noqa: TID251  what it leaves
