"""Bugs that another office's metering had, each shown not to be here.

Source: apache/airavata-custos, issue 535 and pull request 542.
"""

import pytest

from apportion.core.meter.rate import rate_segments
from apportion.core.meter.segments import Skip
from apportion.core.meter.tariff import Tariff
from apportion.core.meter.totals import total
from tests.adapters.slurm.test_parse import read, row, used


def test_nodes_are_not_counted_twice_for_what_was_allocated_is_the_sum_over_them():
    tres = "billing=192,cpu=192,gres/gpu:h100=32,gres/gpu=32,mem=2T,node=4"
    reading = read(row(alloctres=tres, nnodes="4", ncpus="192"))
    assert used(reading) == {"cpu": 192 * 3600, "gpu:h100": 32 * 3600}


@pytest.mark.parametrize(
    "tres",
    [
        "cpu=8,gres/gpu=8",
        "gres/gpu=8,cpu=8",
        "cpu=8,gres/gpu:h100=8",
        "cpu=8,gres/gpu:h100=8,gres/gpu=8",
        "gres/gpu=8,gres/gpu:h100=8,cpu=8",
        "cpu=8,gres/gpu:h100=8,gres/gpu=0",
        "cpu=8,gres/gpu:a100=3,gres/gpu:h100=5",
    ],
)
def test_gpus_are_never_recorded_as_none_whichever_way_they_are_written(tres):
    reading = read(row(alloctres=tres))
    gpus = sum(s.size for s in reading.segments if s.resource.partition(":")[0] == "gpu")
    assert gpus == 8


def test_a_job_of_an_unknown_user_or_account_is_metered_and_stops_no_other():
    reading = read(row(jobidraw="1", user="", account=""), row(jobidraw="2"), row(jobidraw="x"))
    assert (reading.jobs, len(reading.rejects)) == (2, 1)


def test_each_job_is_its_own_accounts_whatever_stands_in_the_rows_beside_it():
    rows = [row(jobidraw=str(n), account=f"p{n % 2}", user=f"u{n}") for n in range(1, 5)]
    rows.insert(2, row(jobidraw="2.batch", account="p1", user=""))
    charges = rate_segments(read(*rows).segments, tariff=Tariff())
    by_account = {(t.account, t.resource): t.unit_seconds for t in total(charges).by_account}
    assert by_account["p0", "gpu:a100"] == by_account["p1", "gpu:a100"] == 2 * 16 * 3600
    users = {segment.job: segment.user for segment in read(*rows).segments}
    assert users == {"1": "u1", "2": "u2", "3": "u3", "4": "u4"}


def test_a_duration_is_what_slurm_counted_and_not_the_time_since_the_last_poll():
    first = row(state="RUNNING", end="Unknown", elapsedraw="100")
    later = row(state="RUNNING", end="Unknown", elapsedraw="400")
    assert used(read(first, later, meter_running=True))["cpu"] == 96 * 400
    assert used(read(later, first, row(), meter_running=True))["cpu"] == 96 * 3600


def test_a_job_that_waits_or_was_never_started_is_no_use():
    waiting = row(state="PENDING", start="Unknown", end="Unknown", elapsedraw="0", alloctres="")
    assert dict(read(waiting).skipped) == {Skip.NEVER_RAN: 1}
