"""A close that is really killed after its last write did nothing; the next one does all of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[3] / "src"
PREPARE = """
from apportion.office.cli import run
run(["init"])
from datetime import UTC, datetime
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.closing import open_period
from apportion.apps.people.actions import add_person
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.windows import Window, to_epoch_us

start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
ops = add_person(username="ops", name="Ops", roles=["operator"])
window = Window(starts_at=start, ends_at=end)
open_period(name="jan", window=window, round_row=None, by=ops, now=start)
pool, alpha = Key(Kind.ISSUED, "jan", "gpu"), Key(Kind.PROJECT, "alpha", "gpu")
post_transfers(
    [
        Transfer(
            id=transfer_id(to_epoch_us(start) // 1000, "grant"), debit=pool, credit=alpha,
            amount=3600, code=TransferCode.GRANT, effective_us=to_epoch_us(start),
        )
    ],
    now=start, actor="ops",
)
"""
KILL = """
import os
from apportion.apps.ledger import closing
from apportion.office.cli import run

def die(*args, **more):
    os.kill(os.getpid(), 9)

closing.make_checkpoint = die
run(["period", "close", "jan", "--as", "ops"])
"""
FINISH = """
import json, sys
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.closing import read_lapses
from apportion.apps.ledger.periods import find_period
from apportion.apps.ledger.queries import balances
from apportion.office.cli import run

print(json.dumps({key.owner: held for key, held in balances().items()}))
with open("/dev/null", "w") as sys.stdout:
    assert run(["period", "close", "jan", "--as", "ops"]) == 0
sys.stdout = sys.__stdout__
row = find_period("jan")
print(row.state, row.closed_by)
for lapse in read_lapses(row):
    print(lapse.account.owner, lapse.lapsed, lapse.remains)
assert audit_books().differences == ()
"""
SET_UP = "import django; django.setup()\n"


def python(code, folder):
    env = {
        "APPORTION_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "apportion.office.settings",
        "PYTHONPATH": str(SRC),
    }
    return subprocess.run(
        [sys.executable, "-c", SET_UP + code], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_close_that_is_killed_before_it_commits_leaves_sound_books_and_is_taken_up_again(
    tmp_path,
):
    killed = python(PREPARE + KILL, tmp_path)
    assert killed.returncode == -9, killed.stderr
    told = python(FINISH, tmp_path)
    assert told.returncode == 0, told.stderr
    before, state, lost = told.stdout.splitlines()
    assert json.loads(before) == {"alpha": 3600, "jan": -3600}
    assert state == "closed ops"
    assert lost == "alpha 3600 0"
