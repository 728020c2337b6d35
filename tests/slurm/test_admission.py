"""slurmctld asks the office before it takes a job, with a real sbatch."""

import itertools
import os

import pytest

from apportion.apps.meter.admission import list_holds
from apportion.office.cli import run
from tests.apps.small_lab import HOUR
from tests.slurm.conftest import TAKE_ALL
from tests.slurm.lab import Lab

pytestmark = [pytest.mark.slurm, pytest.mark.django_db(transaction=True)]
TOKEN = "a-long-word-for-tests"


def test_slurm_asks_the_office_before_it_takes_a_job_and_obeys_the_sites_fail_mode(
    slurm, settings, live_server, capfd
):
    lab = Lab(slurm, settings)
    [slug] = lab.fund(asks=HOUR)
    lab.limits()
    settings.APPORTION_ADMISSION_TOKEN = TOKEN
    host, port = live_server.thread.host, live_server.thread.port
    script = slurm.state / "etc" / "job_submit.lua"
    touched = itertools.count(int(lab.now.timestamp()) + 60)

    def install(mode, port):
        where = ["--cluster", slurm.name, "--host", host, "--port", str(port)]
        capfd.readouterr()
        lab.does("admission-script", *where, "--patience", "8", mode)
        script.write_text(capfd.readouterr().out)
        at = next(touched)  # slurmctld reads it again when its time, in seconds, is another
        os.utime(script, (at, at))
        slurm.run("scontrol", "reconfigure")

    try:
        install("--fail-closed", port)
        job = slurm.send(slug, gpus=10, minutes=5, command="sleep 120")
        [hold] = [one for one in list_holds() if one.owner == slug]
        assert hold.job.startswith("ticket:")
        lab.sync()
        assert "ticket:" not in "".join(one.job for one in list_holds() if one.owner == slug)
        refused = slurm.ask(*slurm.order(slug, gpus="h100:60", minutes=30))
        assert refused.returncode != 0
        assert "NOT_ENOUGH" in refused.stderr or "below its floor" in refused.stderr
        slurm.run("scancel", job)
        install("--fail-closed", 9)
        closed = slurm.ask(*slurm.order(slug, gpus="h100:1"))
        assert (closed.returncode != 0, "does not answer" in closed.stderr) == (True, True)
        install("--fail-open", 9)
        assert slurm.send(slug, gpus=1, command="true").isdigit()
    finally:
        script.write_text(TAKE_ALL)
        slurm.run("scontrol", "reconfigure")


def test_a_script_is_weighed_before_it_is_sent_and_exits_6_when_credits_lack(
    slurm, settings, tmp_path
):
    lab = Lab(slurm, settings)
    [slug] = lab.fund(weighed=HOUR)
    script = tmp_path / "job.sh"
    script.write_text(f"#!/bin/sh\n#SBATCH -A {slug} --gres=gpu:h100:60 -t 30\ntrue\n")
    assert run(["can-run", str(script)]) == 6
    script.write_text(f"#!/bin/sh\n#SBATCH -A {slug} --gres=gpu:h100:6 -t 5\ntrue\n")
    assert run(["can-run", str(script)]) == 0
