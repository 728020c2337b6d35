"""A limit is confirmed only after the scheduler said so."""

import pytest

from apportion.apps.enforce.models import ClusterState, CounterAlarm, Lever, Limit, Order
from apportion.apps.rounds.models import ResourceKind
from tests.apps.pages import QUERIES_A_PAGE, heading, read, visit
from tests.apps.small_lab import NOW, file_request


@pytest.fixture
def alpha(folk, spring):
    return file_request(spring, folk["ann"], "alpha").project


def limit(project, **read_back):
    kind = ResourceKind.objects.get()
    return Limit.objects.create(project=project, resource=kind, desired_minutes=600, **read_back)


def test_nothing_sent_is_said(client, folk, spring):
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "The scheduler was not told anything yet."


def test_a_limit_that_was_not_read_back_is_not_confirmed(client, folk, alpha):
    limit(alpha)
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "1 of 1 limits are not confirmed."
    assert "Not read yet" in read(page)
    assert "not read yet" in read(visit(client, folk["ann"], "/projects/alpha/"))


def test_a_limit_that_the_scheduler_holds_is_confirmed(client, folk, alpha):
    limit(alpha, read_minutes=600, read_at=NOW)
    page = visit(client, folk["ops"], "/enforcement/")
    assert heading(page) == "The scheduler holds all 1 limits."
    assert "Confirmed" in read(page)


def test_a_limit_that_differs_says_so(client, folk, alpha):
    limit(alpha, read_minutes=599, read_at=NOW)
    assert "Differs" in read(visit(client, folk["ops"], "/enforcement/"))


def test_a_limit_that_the_scheduler_lost_says_so(client, folk, alpha):
    limit(alpha, read_at=NOW)
    words = read(visit(client, folk["ops"], "/enforcement/"))
    assert "no limit" in words
    assert "Differs" in words


def test_what_differs_is_shown_with_what_mends_it(client, folk, alpha):
    limit(alpha, read_minutes=600, read_at=NOW)
    found = [{"subject": "alpha", "what": "is 9", "mend": "sacctmgr -iQ modify <b>"}]
    ClusterState.objects.create(name="testbed", looked_at=NOW, found=found)
    page = visit(client, folk["aud"], "/enforcement/")
    assert heading(page) == "1 thing on the cluster differs from the books."
    assert "sacctmgr -iQ modify <b>" in read(page)


def test_a_cluster_that_did_not_answer_says_so(client, folk, alpha):
    ClusterState.objects.create(name="testbed", looked_at=NOW, error="Connection refused")
    words = read(visit(client, folk["ops"], "/enforcement/"))
    assert "It did not answer: Connection refused" in words


@pytest.mark.parametrize(("mode", "words"), [("open", "goes on"), ("closed", "waits")])
def test_the_page_says_whether_the_site_fails_open_or_closed(client, folk, settings, mode, words):
    settings.APPORTION_FAIL_MODE = mode
    page = visit(client, folk["ops"], "/enforcement/")
    assert f"This site fails {mode}" in read(page)
    assert words in read(page)


def test_a_counter_that_fell_is_the_headline_until_an_operator_looked_into_it(client, folk, alpha):
    alarm = CounterAlarm.objects.create(
        cluster="testbed",
        project=alpha,
        resource=ResourceKind.objects.get(),
        cause="fell",
        was_minutes=90,
        now_minutes=10,
        lost_minutes=80,
        raised_at=NOW,
    )
    path = f"/enforcement/alarms/{alarm.pk}/"
    assert heading(visit(client, folk["aud"], "/enforcement/")) == "1 counter fell without us."
    client.force_login(folk["aud"])
    assert client.post(path).status_code == 403
    client.force_login(folk["ops"])
    assert client.post(path).status_code == 302
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == folk["ops"]
    assert "counter fell" not in heading(visit(client, folk["ops"], "/enforcement/"))


def test_an_alarm_that_is_not_there_is_not_found(client, folk):
    client.force_login(folk["ops"])
    assert client.post("/enforcement/alarms/99/").status_code == 404


def test_orders_and_levers_are_listed(client, folk, alpha):
    Order.objects.create(cluster="testbed", generation=3, by=folk["ops"], at=NOW, steps=[{}] * 4)
    Lever.objects.create(
        project=alpha, kind="hold", source="directive x", reason="put aside", since_at=NOW
    )
    words = read(visit(client, folk["ops"], "/enforcement/"))
    assert "Not in force" in words
    assert "put aside" in words


ONE = "/enforcement/projects/alpha/"


def test_a_project_without_limits_says_what_comes_first(client, folk, alpha):
    page = visit(client, folk["ops"], ONE)
    assert heading(page) == "The scheduler was told nothing of Alpha yet."
    assert "apportion limits apply" in read(page)


def test_all_that_is_known_of_one_project_is_on_its_page_the_worst_as_its_title(
    client, folk, alpha, django_assert_max_num_queries
):
    row = limit(alpha, cluster="testbed", read_minutes=600, read_at=NOW)
    assert (
        heading(visit(client, folk["aud"], ONE))
        == "The scheduler holds for Alpha what the books say."
    )
    found = [
        {"subject": name, "what": "is 9", "mend": f"mend {name}"} for name in ("alpha", "beta")
    ]
    ClusterState.objects.create(name="testbed", looked_at=NOW, found=found)
    page = visit(client, folk["aud"], ONE)
    assert heading(page) == "1 thing differs from what the books say of Alpha."
    assert "mend alpha" in read(page)
    assert "mend beta" not in read(page)
    steps = [
        {"verb": "set limit", "account": name, "reason": f"of {name}"} for name in ("alpha", "beta")
    ]
    Order.objects.create(cluster="testbed", generation=3, at=NOW, steps=steps)
    Lever.objects.create(
        project=alpha, kind="hold", source="directive x", reason="put aside", since_at=NOW
    )
    client.force_login(folk["aud"])
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        page = client.get(ONE)
    assert heading(page) == "Alpha may submit no job."
    for words in ("put aside", "directive x", "of alpha", "Not in force", "This site fails open"):
        assert words in read(page)
    assert "of beta" not in read(page)
    told = visit(client, folk["aud"], f"{ONE}limits.json").json()["limits"]
    assert [(one["desired_minutes"], one["applied"]) for one in told] == [(600, True)]
    assert row.cluster == told[0]["cluster"]


def test_who_may_not_see_limits_or_names_no_project_gets_no_page(client, folk, alpha):
    assert visit(client, folk["ann"], ONE).status_code == 403
    assert visit(client, folk["ops"], "/enforcement/projects/nobody/").status_code == 404


def test_the_page_asks_the_database_few_times_however_many_limits_there_are(
    client, folk, alpha, django_assert_max_num_queries
):
    limit(alpha)
    for number in range(30):
        ClusterState.objects.create(name=f"c{number}", looked_at=NOW, found=[])
    client.force_login(folk["ops"])
    with django_assert_max_num_queries(QUERIES_A_PAGE):
        client.get("/enforcement/")
