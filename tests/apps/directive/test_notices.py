"""What counts as notice to the equity monitor: a wind-down told beforehand, a shelving by a directive."""

from datetime import timedelta

import pytest

from apportion.apps.change.winding import give_notice, withdraw_notice
from apportion.apps.directive.queries import shelved_projects
from apportion.apps.report.equity import look_at_equity
from tests.apps.directive.lab import DAY, START, TERMS, meter
from tests.apps.directive.test_actions import adopt
from tests.apps.meter.test_actions import job
from tests.apps.small_lab import DATES, HOUR

pytestmark = pytest.mark.django_db

BEGUN = int(DATES.credits_start_at.timestamp())
LATE = DATES.credits_end_at + timedelta(days=31)


@pytest.fixture
def busy(lab, tmp_path):
    """The three projects have each run a job."""
    rows = (
        job(number, start=BEGUN + HOUR, hours=0.5, gpus=1, account=name)
        for number, name in enumerate(("chat", "alpha", "beta"), 1)
    )
    meter(lab, tmp_path, "".join(rows))
    return lab


def quiet():
    findings, _ = look_at_equity(now=LATE)
    return {one.subject for one in findings if one.concern.value == "wound down without notice"}


def test_a_project_that_was_told_of_its_end_did_not_end_quietly_until_the_notice_is_withdrawn(busy):
    assert quiet() == {"chat", "alpha", "beta"}
    row = give_notice(
        project="beta",
        reason="It is answered.",
        last_at=START + 28 * DAY,
        by=busy["eve"],
        now=START,
    )
    assert quiet() == {"chat", "alpha"}
    withdraw_notice(ref=row.ref, by=busy["eve"], now=START + DAY)
    assert quiet() == {"chat", "alpha", "beta"}


def test_a_project_that_a_directive_shelves_had_notice(busy):
    shelved = f'[[shelve]]\nproject = "alpha"\nat = {(START + 15 * DAY).isoformat()}\n'
    adopt(busy, TERMS + shelved)
    assert shelved_projects() == {"alpha"}
    assert quiet() == {"chat", "beta"}
