"""Books of an earlier, never released form are met with words, and nothing of them is touched."""

import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_a_data_folder_from_before_is_left_alone_and_the_way_on_is_told(tmp_path):
    office = tmp_path / "office.sqlite3"
    with sqlite3.connect(office) as old:
        old.execute('CREATE TABLE ledger_leaf ("index" bigint PRIMARY KEY, hash blob)')
        old.execute("CREATE TABLE ledger_account (id integer PRIMARY KEY)")
    before = sorted(sqlite3.connect(office).execute("SELECT name, sql FROM sqlite_master"))
    command = [sys.executable, "-m", "apportion", "--data", str(tmp_path), "init"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 69
    assert "move the folder away" in done.stderr
    assert "Traceback" not in done.stderr
    kept = dict(sqlite3.connect(office).execute("SELECT name, sql FROM sqlite_master"))
    assert {name: kept[name] for name, _ in before} == dict(before)
