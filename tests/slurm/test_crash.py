"""What dies, hangs or answers by half, on a real Slurm: the books equal sacct after the next pass."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from apportion.apps.enforce.queries import last_generation
from apportion.apps.ledger.audit import audit_books
from apportion.apps.meter import trimming
from apportion.apps.meter.collecting import list_collectors
from apportion.apps.meter.models import Charge
from apportion.office.cli import run
from tests.apps.small_lab import HOUR
from tests.slurm.conftest import HERE
from tests.slurm.lab import Lab
from tests.slurm.load_jobs import load_jobs, made_up

pytestmark = [pytest.mark.slurm, pytest.mark.django_db]
ROOT = HERE.parents[1]
JOBS = 1500
NOTHING_WAS_DONE = (2, 69)  # exit codes: what was said cannot be read; it may answer later
HALF = """said=$(mktemp)
"{real}" "$@" > "$said"
head -c $(($(wc -c < "$said") * 2 / 3)) "$said"
rm "$said"
exit {code}
"""
TWICE = """import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "apportion.office.settings"
from apportion.office.cli import run
sys.exit(run(sys.argv[1:]) or run(sys.argv[1:]))
"""
KILL_AT_THE_THIRD = """echo >> "{folder}/asked"
[ "$(wc -l < "{folder}/asked")" -ne 4 ] || {{ sleep 0.1; kill -9 $PPID; }}
exec "{real}" "$@"
"""  # the fourth window is asked for while the third is booked


@pytest.fixture
def lab(slurm, settings):
    return Lab(slurm, settings)


@pytest.fixture
def instead_of(slurm, tmp_path):
    """Puts a script in the place of one of Slurm's programs for a while; it calls that itself."""

    @contextmanager
    def put(program, script, **more):
        folder = tmp_path / f"instead-{slurm.number()}"
        folder.mkdir()
        path = folder / program
        path.write_text(
            "#!/bin/sh\n" + script.format(real=shutil.which(program), folder=folder, **more)
        )
        path.chmod(0o755)
        with pytest.MonkeyPatch.context() as shell:
            shell.setenv("PATH", str(folder), prepend=os.pathsep)
            yield

    return put


def in_shell(words, *, check):
    """Runs one of our own programs as a shell would, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": f"src{os.pathsep}."}  # noqa: TID251  a shell's own
    return subprocess.run(words, env=environment, cwd=ROOT, check=check, capture_output=True)


def test_a_crashed_slurmctld_and_a_slurmdbd_that_is_away_cost_no_second_and_double_none(
    lab, slurm, eventually, recorded, monkeypatch
):
    monkeypatch.setattr(trimming, "GRACE", timedelta(seconds=5))
    [slug] = lab.fund(crash=10 * HOUR)
    story = recorded("crashed", lab)
    lab.limits()
    job = slurm.send(slug, gpus=9, command="sleep 6", minutes=5)
    eventually(lambda: slurm.states(job), ["RUNNING"])
    lab.sync()
    slurm.kill("slurmctld")
    slurm.start()
    after = (["COMPLETED"], ["REQUEUED"])  # as the crash came after or before its state was saved
    eventually(lambda: slurm.states(job) in after, True)
    slurm.ask("scancel", job)
    slurm.ask("scontrol", "update", "nodename=n0", "state=resume")  # drained, if it ran twice
    slurm.kill("slurmdbd")
    assert lab.sync() == 69
    before = Charge.objects.count()
    late = slurm.send(slug, gpus=5, command="sleep 1")
    eventually(lambda: slurm.state_of(late), "COMPLETED")
    assert Charge.objects.count() == before
    slurm.start()
    eventually(lambda: slurm.states(late), ["COMPLETED"])
    eventually(lab.differences(slug), [0])
    assert audit_books().differences == ()
    story.write()


def test_our_own_kill_in_the_middle_of_a_sync_loses_and_doubles_nothing(
    slurm, tmp_path, instead_of
):
    """The office of this test lives on disk, and its sync in a process of its own."""
    slug, user = f"killed-{slurm.number()}", slurm.run("id", "-un")
    slurm.add_account(slug)
    begin = int((datetime.now(UTC) - timedelta(days=11.5)).timestamp())  # noqa: TID251  real time
    jobs = made_up(JOBS, pairs=[(slug, user)], start=begin, days=7, seed=7)
    load_jobs(slurm.state, slurm.name, jobs)
    office = [sys.executable, "tests/slurm/office.py", str(tmp_path), slug]
    in_shell(office, check=True)
    since = f"{datetime.now(UTC) - timedelta(days=12):%Y-%m-%d}"  # noqa: TID251  real time
    words = ["--data", str(tmp_path), "usage", "sync", "--cluster", slurm.name, "--as", "ops"]
    sync = [sys.executable, "-m", "apportion", *words, "--since", since]

    def books(query, *values):
        with closing(sqlite3.connect(tmp_path / "office.sqlite3")) as connection:
            [row] = connection.execute(query, values).fetchall()
        return row

    with instead_of("sacct", KILL_AT_THE_THIRD):
        done = in_shell(sync, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    [at_kill] = books("select count(*) from meter_charge where account = ?", slug)
    assert 0 < at_kill < JOBS
    in_shell([sys.executable, "-c", TWICE, *sync[3:]], check=True)
    told = "select count(*), sum(unit_seconds) from meter_charge where account = ?"
    assert books(told, slug) == (JOBS, slurm.used(slug))


@pytest.mark.parametrize("code", [0, 1], ids=["and says all is well", "and fails"])
def test_an_accounting_that_answers_half_and_stops_leaves_the_books_as_they_were(
    lab, slurm, eventually, instead_of, code
):
    [slug] = lab.fund(half=10 * HOUR)
    lab.limits()
    job = slurm.send(slug, gpus=3, command="sleep 1")
    eventually(lambda: slurm.states(job), ["COMPLETED"])
    with instead_of("sacct", HALF, code=code):
        assert lab.sync() == 69
    assert (Charge.objects.count(), list_collectors()) == (0, [])
    eventually(lab.differences(slug), [0])


def test_a_slurmctld_that_answers_half_and_stops_is_ordered_nothing(lab, slurm, instead_of):
    lab.fund(half=10 * HOUR)
    lab.limits()
    before = last_generation(slurm.name)
    with instead_of("scontrol", HALF, code=0):
        order = ["limits", "apply", "--cluster", slurm.name, "--as", "ops"]
        assert run(order) in NOTHING_WAS_DONE
        assert run(["limits", "check", "--cluster", slurm.name]) in NOTHING_WAS_DONE
    assert last_generation(slurm.name) == before
