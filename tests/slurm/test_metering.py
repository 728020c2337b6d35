"""Metering against a real Slurm: what sacct says of a job is what is metered."""

from datetime import UTC, datetime, timedelta

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.adapters.slurm.parse import FIELDS, parse_sacct
from apportion.core.meter.segments import gather

pytestmark = pytest.mark.slurm


def sacct(slurm, *fields, job):
    """Asks Slurm itself, past every line of ours."""
    text = slurm.run("sacct", "-nPX", "-j", job, "-o", ",".join(fields))
    return [line.split("|") for line in text.splitlines()]


def metered(slurm, account):
    """Asks as the office asks, and reads the answer as the office reads it."""
    now = datetime.now(UTC)  # noqa: TID251  the cluster's jobs run in real time
    window = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(minutes=1)}
    text = SlurmCluster(slurm.name).read_usage(**window)
    reading = gather(parse_sacct([text.encode()], file="sacct"))
    assert reading.rejects == reading.notes == ()
    return [segment for segment in reading.segments if segment.project == account]


def test_a_real_job_is_metered_as_its_gpus_times_its_elapsed_seconds(slurm, eventually):
    account = slurm.add_account()
    job = slurm.submit(account, gpus=7, command="sleep 3")
    # A window leaves a job out until Slurm has filed when it became eligible: some seconds.
    eventually(lambda: len(metered(slurm, account)), 2)
    [(state, elapsed, tres)] = sacct(slurm, "state", "elapsedraw", "alloctres", job=job)
    assert state == "COMPLETED"
    assert "gres/gpu=7" in tres.split(",")
    assert int(elapsed) >= 3
    used = {segment.resource: segment.unit_seconds for segment in metered(slurm, account)}
    assert used == {"gpu:h100": 7 * int(elapsed), "cpu": cpus(tres) * int(elapsed)}


def cpus(tres):
    return int(dict(part.split("=") for part in tres.split(","))["cpu"])


def test_a_job_that_is_cancelled_before_it_starts_costs_nothing(slurm, eventually):
    account = slurm.add_account()
    job = slurm.run("sbatch", "--parsable", "-H", "-A", account, "--gres=gpu:1", "--wrap", "true")
    slurm.run("scancel", job)
    eventually(lambda: [s.split()[0] for [s] in sacct(slurm, "state", job=job)], ["CANCELLED"])
    assert metered(slurm, account) == []


def test_asking_twice_gives_the_same_segments(slurm, eventually):
    account = slurm.add_account()
    slurm.submit(account, gpus=1, command="sleep 2", wait=False)
    eventually(lambda: len(metered(slurm, account)), 2)
    assert metered(slurm, account) == metered(slurm, account)


def test_every_field_that_is_asked_for_is_one_that_this_slurm_knows(slurm):
    known = slurm.run("sacct", "--helpformat").lower().split()
    assert set(FIELDS) <= set(known)
