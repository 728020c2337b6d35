"""The enforcement page with all that can stand on it: no fault that axe can find, and it works."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from apportion.apps.apply.queries import find_project
from apportion.apps.enforce.models import ClusterState, CounterAlarm, Lever, Limit, Order
from apportion.apps.rounds.models import ResourceKind
from tests.apps.small_lab import NOW
from tests.browser.test_accessible import RULES, unjudged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MEND = "sacctmgr -iQ modify account where account=elder cluster=testbed set GrpTRESMins=gres/gpu=1"


@pytest.fixture
def drifted(office):
    """Limits of every state, a counter that fell, drift, a silent cluster, a hold, two orders."""
    kind = ResourceKind.objects.first()
    older, elder, eldest = (find_project(slug) for slug in ("older", "elder", "eldest"))
    told = {"resource": kind, "cluster": "testbed", "desired_minutes": 5400, "generation": 2}
    Limit.objects.create(project=older, read_minutes=5400, read_at=NOW, **told)
    Limit.objects.create(project=elder, read_minutes=9999, read_at=NOW, **told)
    Limit.objects.create(project=eldest, **told)
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
    Order.objects.create(cluster="testbed", generation=1, at=NOW, steps=[{}], in_force_at=NOW)
    Order.objects.create(cluster="testbed", generation=2, at=NOW, steps=[{}] * 3, failures=["x"])
    return office


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_fault_and_fits_a_phone(drifted, enter, scheme):
    page = enter("ops", "/enforcement/")
    page.emulate_media(color_scheme=scheme)
    response = Axe().run(page, options=RULES).response
    faults = [fault["id"] for fault in (*response["violations"], *unjudged(response))]
    assert faults == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_operator_says_that_a_counter_was_looked_into(drifted, enter):
    page = enter("ops", "/enforcement/")
    assert page.locator("h1").inner_text() == "1 counter fell without us."
    page.get_by_role("button", name="I looked into it").click()
    assert page.locator("h1").inner_text() == "2 of 3 limits are not confirmed."
