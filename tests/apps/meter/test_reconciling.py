"""The scheduler's own totals beside what was posted; what stands in suspense, and how it leaves it."""

from datetime import timedelta

import pytest

from apportion.apps.apply.actions import start_project
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.apps.ledger.statements import booked_usage
from apportion.apps.meter.attributing import attribute_account, waiting_accounts
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.meter.models import Charge, DayTotal
from apportion.apps.meter.queries import accounted_usage
from apportion.apps.meter.reconciling import (
    explain_difference,
    find_differences,
    hint_at,
    reconcile_usage,
)
from apportion.apps.rounds.queries import find_area
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.windows import from_epoch
from tests.apps.meter.said import START, Job, Scheduler
from tests.apps.small_lab import GPU, HOUR, NOW

DAY = 24 * HOUR


@pytest.fixture
def scheduler(alpha, tmp_path):
    return Scheduler(tmp_path, now=START + 3 * DAY)


@pytest.fixture
def told(folk, scheduler):
    return lambda: {"accounting": scheduler, "by": folk["ops"], "now": scheduler.clock}


def test_a_job_over_midnight_counts_on_both_days_to_the_second(scheduler, told):
    midnight = (START // DAY + 2) * DAY
    scheduler.jobs = [Job(1, start=midnight - 1000, seconds=4000, gpus=4)]
    sync_usage(**told(), since=from_epoch(START))
    rows = reconcile_usage(**told(), since=from_epoch(START).date())
    used = {(row.day, row.posted, row.scheduler) for row in rows}
    at = from_epoch(midnight).date()
    assert used == {(at - timedelta(days=1), 4000, 4000), (at, 12_000, 12_000)}
    assert not find_differences().exists()


def test_what_was_not_posted_is_a_difference_until_it_is_explained_and_again_when_it_changes(
    scheduler, told, folk
):
    scheduler.jobs = [Job(1, start=START + DAY)]
    sync_usage(**told(), since=from_epoch(START))
    scheduler.extra = [
        Job(2, start=START + DAY).row(now=scheduler.now).replace("gpu:h100=8", "gpu:h100=9")
    ]
    Charge.objects.update(size=4)  # as if half of the GPUs had been lost on the way
    [row] = reconcile_usage(**told(), since=from_epoch(START + DAY).date())
    assert (row.posted, row.scheduler, row.in_suspense) == (4 * HOUR, 17 * HOUR, True)
    explained = {"cluster": "c1", "day": row.day, "account": "alpha", "by": folk["ops"], "now": NOW}
    with pytest.raises(Refused) as error:
        explain_difference(**explained, reason=" ")
    assert error.value.refusals[0].code is Code.REASON_MISSING
    explain_difference(**explained, reason="test jobs of the vendor")
    assert not find_differences().exists()
    reconcile_usage(**told(), since=row.day)
    assert not find_differences().exists()
    scheduler.extra = []
    reconcile_usage(**told(), since=row.day)
    assert find_differences().get().reason == "test jobs of the vendor"


def test_a_rejected_row_is_named_as_the_likely_reason(scheduler, told):
    bad = Job(2, start=START + DAY).row(now=scheduler.now)
    scheduler.extra = [bad.replace("2|c1", "x2|c1")]
    sync_usage(**told(), since=from_epoch(START))
    [row] = reconcile_usage(**told(), since=from_epoch(START + DAY).date())
    assert hint_at(row) == "1 of its rows were rejected"


def test_a_cluster_that_was_never_read_cannot_be_reconciled(scheduler, told):
    with pytest.raises(Refused) as error:
        reconcile_usage(**told())
    assert error.value.refusals[0].code is Code.WRONG_STATE
    assert not DayTotal.objects.exists()


@pytest.fixture
def beta(alpha, folk):
    area = find_area("foundations")
    return start_project(slug="beta", title="Beta", area=area, lead=folk["bob"], now=NOW)


def test_an_account_given_to_a_project_takes_its_usage_out_of_suspense(scheduler, told, folk, beta):
    scheduler.jobs = [Job(1, account="phys-lab", gpus=16), Job(2, account="phys-lab", gpus=8)]
    scheduler.jobs += [Job(3, account="phys-lab", start=START - DAY), Job(4, account="other")]
    sync_usage(**told(), since=from_epoch(START - 2 * DAY))
    assert {one.account for one in waiting_accounts()} == {"phys-lab", "other"}
    give = {"account": "phys-lab", "project": "alpha", "by": folk["ops"], "now": scheduler.clock}
    assert attribute_account(**give, dry_run=True).moved == 2
    given = attribute_account(**give)
    assert (given.moved, given.left, given.overrun_seconds) == (2, 1, 4 * HOUR)
    assert balance_of(Key(Kind.PROJECT, "alpha", GPU)) == 0
    assert balance_of(Key(Kind.OVERRUN, "alpha", GPU)) == -4 * HOUR
    assert balance_of(Key(Kind.SUSPENSE, "phys-lab", GPU)) == -8 * HOUR
    assert audit_books().differences == ()
    assert booked_usage() == accounted_usage()
    assert attribute_account(**give).moved == 0
    scheduler.jobs += [Job(9, account="phys-lab", start=START + DAY, seconds=60)]
    assert sync_usage(**told()).suspended == 0
    assert booked_usage() == accounted_usage()
    with pytest.raises(Refused) as error:
        attribute_account(**{**give, "project": "beta"})
    assert error.value.refusals[0].code is Code.ALREADY_DONE


def test_nobody_but_an_operator_attributes(scheduler, told, folk):
    for name in ("ann", "rev", "eve", "aud"):
        with pytest.raises(Refused):
            attribute_account(account="x", project="alpha", by=folk[name], now=NOW)


def test_syncing_again_after_an_attribution_changes_nothing(scheduler, told, folk):
    scheduler.jobs = [Job(1, account="phys-lab"), Job(2, user="")]
    sync_usage(**told(), since=from_epoch(START))
    for account in ("phys-lab", "alpha"):
        attribute_account(account=account, project="alpha", by=folk["ops"], now=scheduler.clock)
    assert waiting_accounts() == []
    again = sync_usage(**told(), since=from_epoch(START))
    assert (again.added, again.contradictions) == (0, 0)
    assert booked_usage() == accounted_usage()
