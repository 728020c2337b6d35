"""Metering and enforcement with all that can stand on their pages: no fault, and they work."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from apportion.apps.apply.queries import find_project
from apportion.apps.enforce.models import ClusterState, Counter, CounterAlarm, Lever, Limit, Order
from apportion.apps.meter.collecting import sync_usage
from apportion.apps.meter.models import DayTotal
from apportion.apps.meter.reconciling import reconcile_usage
from apportion.apps.rounds.models import ResourceKind
from apportion.core.windows import from_epoch
from tests.apps.meter.said import Job, Scheduler
from tests.apps.meter.test_tariffs import put
from tests.apps.small_lab import HOUR, NOW
from tests.browser.judge import find_faults_in_both_lights, find_faults_on_narrow_screens

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MEND = "sacctmgr -iQ modify account where account=elder cluster=testbed set GrpTRESMins=gres/gpu=1"
PAGES = {
    "metering": "/metering/",
    "rates": "/rates/",
    "enforcement": "/enforcement/",
    "enforcement of one, held": "/enforcement/projects/eldest/",
    "enforcement of one, its counter fell": "/enforcement/projects/older/",
    "enforcement of one, with drift": "/enforcement/projects/elder/",
    "enforcement of one, of which nothing was told": "/enforcement/projects/alpha/",
    "a project with jobs": "/projects/older/",
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def drifted(office):
    """Limits of every state, a counter that fell, drift, a silent cluster, a hold, two orders."""
    kind = ResourceKind.objects.first()
    older, elder, eldest = (find_project(slug) for slug in ("older", "elder", "eldest"))
    told = {"resource": kind, "cluster": "testbed", "desired_minutes": 5400, "generation": 2}
    Limit.objects.create(project=older, read_minutes=5400, read_at=NOW, **told)
    Limit.objects.create(project=elder, read_minutes=9999, read_at=NOW, **told)
    Limit.objects.create(project=eldest, **told)
    Counter.objects.create(
        cluster="testbed", project=older, resource=kind, minutes=20, lost_minutes=880, read_at=NOW
    )
    found = [{"subject": "elder", "what": "gpu:h100 should be 5400 minutes", "mend": MEND}]
    ClusterState.objects.create(name="testbed", generation=2, looked_at=NOW, found=found)
    ClusterState.objects.create(name="night", looked_at=NOW, error="Connection refused")
    CounterAlarm.objects.create(
        cluster="testbed", project=older, resource=kind, cause="fell",
        was_minutes=900, now_minutes=20, lost_minutes=880, raised_at=NOW - timedelta(hours=2),
    )  # fmt: skip
    Lever.objects.create(
        project=eldest, kind="hold", source="directive red-1", reason="put aside", since_at=NOW
    )
    steps = [
        {"verb": "set limit", "account": name, "reason": "gpu:h100 is 5100 and should be 5400"}
        for name in ("older", "elder", "eldest")
    ]
    Order.objects.create(cluster="testbed", generation=1, at=NOW, steps=steps[:1], in_force_at=NOW)
    Order.objects.create(cluster="testbed", generation=2, at=NOW, steps=steps, failures=["x"])
    return office


@pytest.fixture
def metered(office, tmp_path):
    """Jobs of every end, use that no project pays, rejected rows, a day that differs, prices."""
    ops, begun = office["folk"]["ops"], int((NOW - timedelta(days=3)).timestamp())
    ends = ("COMPLETED", "FAILED", "TIMEOUT", "NODE_FAIL", "CANCELLED by 7")
    jobs = [
        Job(n, start=begun + n * HOUR, account="older", state=ends[n % 5], name=f"train-{n}")
        for n in range(1, 12)
    ]
    jobs.append(Job(90, start=begun, account="phys-lab", user="ann"))
    jobs.append(
        Job(91, start=begun, account="a-name-that-is-as-long-as-slurm-lets-one-be-and-then")
    )
    jobs.append(Job(92, start=int(NOW.timestamp()) - HOUR, seconds=9 * HOUR, account="older"))
    bad = ("77|c1|half\n", "78|c1|older|ann|gpu|normal|FAILED|1|1|x|2|3|4|gres/gpu=1|||||\n")
    said = Scheduler(tmp_path, jobs=jobs, extra=list(bad), now=int(NOW.timestamp()))
    asked = {"accounting": said, "by": ops, "now": NOW}
    sync_usage(**asked, since=from_epoch(begun - HOUR))
    reconcile_usage(**asked)
    day = DayTotal.objects.filter(account="older").first()
    DayTotal.objects.filter(pk=day.pk).update(scheduler=day.scheduler + 7200)
    put(office["folk"], on=NOW.date())
    return office


def photograph(page, name):
    """Keeps pictures of a page where a folder for them is named."""
    if folder := os.environ.get("APPORTION_PICTURES"):  # noqa: TID251  only for whoever looks at them
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name} {scheme}.png", full_page=True)
        page.set_viewport_size(PHONE)
        page.screenshot(path=Path(folder) / f"{name} phone.png", full_page=True)
        page.emulate_media(color_scheme="light")


def test_pages_full_of_rows_have_no_fault_and_fit_a_phone(drifted, metered, enter):
    found, page = {}, enter("ops")
    for name, path in PAGES.items():
        page = enter(None, path)
        faults = find_faults_in_both_lights(page) + find_faults_on_narrow_screens(page, [390])
        if faults:
            found[name] = faults
        photograph(page, name)
        page.set_viewport_size({"width": 1360, "height": 860})
    assert found == {}


def test_an_operator_says_that_a_counter_was_looked_into_and_replays_rejected_rows(
    drifted, metered, enter
):
    page = enter("ops", "/enforcement/")
    assert page.locator("h1").inner_text() == "1 counter fell without us."
    page.get_by_role("button", name="I looked into it").click()
    assert page.locator("h1").inner_text() == "2 of 3 limits are not confirmed."
    page = enter(None, "/metering/")
    page.get_by_role("button", name="Replay c1").click()
    assert "0 rows are no longer rejected; 0 charges added." in page.locator("body").inner_text()
