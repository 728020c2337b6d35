"""May a job be sent, and what is held for it: placed, trued up, and free again at its end."""

import pytest

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import available, balance_of
from apportion.apps.meter.admission import (
    Queued,
    admit_job,
    hold_queue,
    list_holds,
    weigh_job,
)
from apportion.apps.meter.collecting import sync_usage
from apportion.core.ledger import Key, Kind
from apportion.core.meter.admission import Ask
from apportion.core.refusals import Code, Refused
from apportion.core.windows import from_epoch
from apportion.office.cli import run
from tests.apps.meter.said import START, Job, Scheduler
from tests.apps.small_lab import GPU, HOUR

ALPHA = Key(Kind.PROJECT, "alpha", GPU)
SCRIPT = """#!/bin/bash
#SBATCH --account=alpha --gres=gpu:h100:4
#SBATCH -t 2:00:00   # at most
#SBATCH -N1
srun train
#SBATCH --gres=gpu:h100:64
"""


def ask(gpus=4, seconds=2 * HOUR, account="alpha", tasks=1):
    return Ask(account=account, units={GPU: gpus, "cpu": 8}, seconds=seconds, tasks=tasks)


def free():
    return available(kind=Kind.PROJECT)[ALPHA]


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "job.sh"
    path.write_text(SCRIPT)
    return str(path)


def test_a_script_within_the_credits_can_run_and_one_beyond_them_says_what_is_missing(
    alpha, script, capsys
):
    assert run(["can-run", script]) == 0
    assert "at most 8 hours of gpu:h100" in capsys.readouterr().out
    assert run(["can-run", script, "--time=10:00:00"]) == 6
    assert "missing_seconds 72000" in capsys.readouterr().err
    assert run(["can-run", script, "-a", "0-9"]) == 6
    assert run(["can-run", script, "--account", "nobody"]) == 3
    assert run(["can-run", script, "--time", "soon"]) == 2
    assert run(["can-run", script + ".none"]) == 2
    assert run(["can-run", script, "--json"]) == 0
    assert '"gpu:h100": 28800' in capsys.readouterr().out


def test_a_job_without_a_time_limit_is_asked_for_one(alpha):
    with pytest.raises(Refused) as error:
        weigh_job(ask(seconds=None), now=from_epoch(START))
    assert error.value.refusals[0].code is Code.INCOMPLETE


def test_two_jobs_cannot_be_admitted_on_the_same_credits(alpha):
    admit_job(ask(gpus=8), cluster="c1", ticket="a" * 32, now=from_epoch(START))
    assert free() == 4 * HOUR
    with pytest.raises(Refused) as error:
        admit_job(ask(gpus=8), cluster="c1", ticket="b" * 32, now=from_epoch(START))
    assert error.value.refusals[0].code is Code.NOT_ENOUGH


def test_holds_follow_the_queue_from_the_ticket_to_the_end(alpha, folk, tmp_path):
    now = from_epoch(START + HOUR)
    admit_job(ask(), cluster="c1", ticket="a" * 32, now=now)
    waiting = Queued(job="7", ask=ask(), used=0, ticket="a" * 32)
    hold_queue(cluster="c1", queue=[waiting], now=now)
    assert [(row.job, row.amount) for row in list_holds()] == [("7", 8 * HOUR)]
    scheduler = Scheduler(tmp_path, now=START + 2 * HOUR)
    scheduler.jobs = [Job(7, start=START + HOUR, seconds=5400, gpus=4)]
    told = {"accounting": scheduler, "by": folk["ops"]}
    sync_usage(**told, now=scheduler.clock)
    running = Queued(job="7", ask=ask(), used=HOUR)
    hold_queue(cluster="c1", queue=[running], now=scheduler.clock)
    assert (balance_of(ALPHA), free()) == (16 * HOUR, 12 * HOUR)
    scheduler.now += HOUR
    sync_usage(**told, now=scheduler.clock)
    hold_queue(cluster="c1", queue=[], now=scheduler.clock)
    assert (balance_of(ALPHA), free()) == (14 * HOUR, 14 * HOUR)
    assert list_holds() == []
    assert audit_books().differences == ()


def test_a_job_pays_from_what_is_held_for_it_and_not_from_overrun(alpha, folk, tmp_path):
    scheduler = Scheduler(tmp_path, now=START + 5 * HOUR)
    scheduler.jobs = [Job(7, seconds=2 * HOUR, gpus=10)]
    queue = [Queued(job="7", ask=ask(gpus=10), used=0)]
    hold_queue(cluster="c1", queue=queue, now=from_epoch(START + HOUR))
    assert free() == 0
    sync_usage(accounting=scheduler, by=folk["ops"], now=scheduler.clock)
    assert balance_of(ALPHA) == 0
    assert balance_of(Key(Kind.OVERRUN, "alpha", GPU)) == 0


def test_what_the_credits_cannot_hold_is_told_and_older_jobs_come_first(alpha):
    queue = [Queued(job=job, ask=ask(gpus=8), used=0) for job in ("12", "9")]
    held = hold_queue(cluster="c1", queue=queue, now=from_epoch(START))
    assert (held.placed, held.short) == (20 * HOUR, 12 * HOUR)
    assert {row.job: row.amount for row in list_holds()} == {"9": 16 * HOUR, "12": 4 * HOUR}
    again = hold_queue(cluster="c1", queue=queue, now=from_epoch(START + 60))
    assert {row.job: row.amount for row in list_holds()} == {"9": 16 * HOUR, "12": 4 * HOUR}
    assert again.short == 12 * HOUR


def test_holds_of_a_cluster_that_is_never_read_again_lapse(alpha):
    hold_queue(cluster="c1", queue=[Queued(job="1", ask=ask(), used=0)], now=from_epoch(START))
    later = from_epoch(START + 48 * HOUR)
    hold_queue(cluster="c1", queue=[Queued(job="1", ask=ask(), used=0)], now=later)
    assert len(list_holds()) == 1
    assert free() == 12 * HOUR
    hold_queue(cluster="c1", queue=[], now=from_epoch(START + 96 * HOUR))
    assert free() == 20 * HOUR
