"""Budgets on Kueue, end to end: grants make queues, use empties them, a supplement resumes them."""

from datetime import timedelta

import pytest

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.queries import balances
from apportion.apps.queues.actions import apply_queues, check_queues, sync_workloads
from apportion.apps.queues.queries import list_queues
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Refused
from tests.adapters.kueue.conftest import SITE
from tests.apps.enforce.books import give
from tests.apps.small_lab import DATES, GPU, HOUR, NOW, file_request, open_spring, people

pytestmark = pytest.mark.django_db(transaction=True)
START = DATES.credits_start_at


@pytest.fixture
def lab():
    who = people()
    row = open_spring(who["ops"])
    for slug in ("depth", "vision"):
        file_request(row, who["ann"], slug)
    give("spring", 1, Kind.ISSUED, Kind.POOL, 100 * HOUR)
    give("depth", 2, Kind.POOL, Kind.PROJECT, 30 * HOUR)
    give("vision", 3, Kind.POOL, Kind.PROJECT, 10 * HOUR)
    return who


def stamp(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def put_workload(server, name, *, project="depth", gpus=8, starts, ends=None):
    conditions = [{"type": "Admitted", "status": "True", "lastTransitionTime": stamp(starts)}]
    if ends is not None:
        finished = {"type": "Finished", "status": "True", "lastTransitionTime": stamp(ends)}
        conditions.append({**finished, "reason": "Succeeded"})
    usage = {"nvidia.com/gpu": str(gpus)}
    pods = [{"name": "main", "flavors": {"nvidia.com/gpu": "h100"}, "resourceUsage": usage}]
    admission = {"clusterQueue": project, "podSetAssignments": pods}
    metadata = {"name": name, "namespace": project, "uid": name, "creationTimestamp": stamp(starts)}
    status = {"conditions": conditions, "admission": admission}
    server.put("workloads", {"metadata": metadata, "status": status})


def sync(cluster, who, now):
    items = cluster.list_workloads().items
    events = ({"type": "MODIFIED", "object": item} for item in items)
    return sync_workloads(events=events, site=SITE, by=who["ops"], now=now)


def apply(cluster, who, now=START):
    return apply_queues(cluster=cluster, site=SITE, by=who["ops"], now=now)


def spec(server, name="depth"):
    return server.store["clusterqueues", "", name]["spec"]


def left(slug="depth"):
    return balances(kind=Kind.PROJECT)[Key(Kind.PROJECT, slug, GPU)]


def test_grants_make_queues_that_are_in_force_once_they_were_read_back(lab, cluster, server):
    done = apply(cluster, lab)
    assert (done.failures, done.after.matches) == ((), True)
    assert all(row.in_force for row in list_queues())
    quota = spec(server)["resourceGroups"][0]["flavors"][0]["resources"][0]
    assert (quota["nominalQuota"], quota["borrowingLimit"]) == ("48", "16")


def test_a_budget_that_is_gone_stops_the_queue_and_a_supplement_resumes_it(lab, cluster, server):
    apply(cluster, lab)
    put_workload(server, "w1", starts=START, ends=START + timedelta(hours=4))  # 32 of 30 hours
    later = START + timedelta(hours=5)
    assert sync(cluster, lab, later).added == 1
    assert left() == 0
    done = apply(cluster, lab, later)
    assert spec(server)["stopPolicy"] == "Hold"
    assert spec(server, "vision")["stopPolicy"] == "None"
    assert {step.wanted.name for step in done.before.steps} == {"depth", "vision"}
    give("depth", 4, Kind.POOL, Kind.PROJECT, 20 * HOUR, at=later)
    apply(cluster, lab, later)
    assert spec(server)["stopPolicy"] == "None"


def test_a_running_workload_empties_the_budget_before_it_ends(lab, cluster, server):
    put_workload(server, "w1", starts=START)
    sync(cluster, lab, START + timedelta(hours=1))
    assert left() == 22 * HOUR
    sync(cluster, lab, START + timedelta(hours=4))
    assert left() == 0
    apply(cluster, lab, START + timedelta(hours=4))
    assert spec(server)["stopPolicy"] == "Hold"


def test_a_repeated_sync_charges_nothing_twice_and_the_end_trues_it_up(lab, cluster, server):
    put_workload(server, "w1", gpus=2, starts=START)
    now = START + timedelta(hours=1)
    assert sync(cluster, lab, now).added == 1
    assert sync(cluster, lab, now).added == 0
    put_workload(server, "w1", gpus=2, starts=START, ends=START + timedelta(hours=2))
    for _ in range(2):
        done = sync(cluster, lab, START + timedelta(hours=6))
        assert done.contradictions == ()
    assert left() == 26 * HOUR


def test_a_run_evicted_between_two_syncs_is_charged_up_to_its_eviction(lab, cluster, server):
    put_workload(server, "w1", gpus=2, starts=START)
    sync(cluster, lab, START + timedelta(hours=1))
    gone = {"type": "Admitted", "status": "False"}
    evicted = {"type": "Evicted", "status": "True", "reason": "Preempted"}
    at = stamp(START + timedelta(hours=3))
    conditions = [{**one, "lastTransitionTime": at} for one in (gone, evicted)]
    held = server.store["workloads", "depth", "w1"]
    held["status"] = {"conditions": conditions}
    sync(cluster, lab, START + timedelta(hours=9))
    assert left() == 24 * HOUR


def test_a_namespace_that_is_missing_stops_no_other_project(lab, cluster, server):
    server.namespaces.discard("vision")
    done = apply(cluster, lab)
    assert len(done.failures) == 1
    assert "kubectl create namespace vision" in done.failures[0]
    assert [step.wanted.name for step in done.after.steps] == ["vision"]
    assert [row.name for row in list_queues() if not row.in_force] == ["vision"]


def test_applying_twice_gives_the_same_orders_and_sends_nothing(lab, cluster, server):
    apply(cluster, lab)
    server.asked.clear()
    done = apply(cluster, lab)
    assert done.before.steps == ()
    assert [method for method, _, _ in server.asked if method == "PATCH"] == []
    assert {row.generation for row in list_queues()} == {1}


def test_drift_is_found_and_told(lab, cluster, server):
    apply(cluster, lab)
    server.put("clusterqueues", {"metadata": {"name": "depth"}, "spec": {"stopPolicy": "Hold"}})
    planned = check_queues(cluster=cluster, site=SITE, now=NOW)
    assert not planned.matches
    assert [row.name for row in list_queues() if not row.in_force] == ["depth"]


def test_only_operators_may_write_queues(lab, cluster):
    with pytest.raises(Refused):
        apply_queues(cluster=cluster, site=SITE, by=lab["ann"], now=START)
    assert projects_by_slug()  # the refusal broke nothing


def test_the_page_lists_queues_and_says_which_are_stopped(lab, cluster, server, client):
    client.force_login(lab["ops"])
    assert "No queue was written" in client.get("/enforcement/queues/").content.decode()
    apply(cluster, lab)
    page = client.get("/enforcement/queues/").content.decode()
    assert "Kueue holds all" in page
    assert "Confirmed" in page
