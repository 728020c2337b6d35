"""The official client against a server that keeps state: apply, conflicts, waits and watches."""

import pytest

from apportion.adapters.kueue.client import KueueCluster
from apportion.core.enforce.kueue import Budget, desired_queues
from apportion.core.enforce.kueue_plan import plan_queues
from apportion.core.faults import WorldError
from apportion.core.ids import ProjectId, ResourceCode
from tests.adapters.kueue.api_server import status
from tests.adapters.kueue.conftest import SITE

GPU = ResourceCode("gpu:h100")
HOUR = 3600


def budget(name, given, left=None):
    left = given if left is None else left
    return Budget(
        project=ProjectId(name),
        area="foundations",
        given={GPU: given * HOUR},
        left={GPU: left * HOUR},
    )


BUDGETS = (budget("depth", 300), budget("vision", 100))


def plan(cluster, budgets=BUDGETS, generation=1):
    desired = desired_queues(budgets, site=SITE)
    return plan_queues(desired=desired, actual=cluster.read_queues(), generation=generation)


def apply(cluster, budgets=BUDGETS, generation=1):
    for step in plan(cluster, budgets, generation).steps:
        cluster.apply_step(step)


def queue(server, name="depth"):
    return server.store["clusterqueues", "", name]


def patches(server):
    return [url for method, url, _ in server.asked if method == "PATCH"]


def test_queues_are_made_and_match_only_after_they_were_read_back(cluster, server):
    assert not plan(cluster).matches
    apply(cluster)
    assert plan(cluster).matches
    [group] = queue(server)["spec"]["resourceGroups"]
    [flavor] = group["flavors"]
    quota = {"name": "nvidia.com/gpu", "nominalQuota": "48", "borrowingLimit": "16"}
    assert flavor == {"name": "h100", "resources": [quota]}
    assert server.store["localqueues", "depth", "depth"]["spec"] == {"clusterQueue": "depth"}
    assert server.store["cohorts", "", "lab-foundations"]["spec"] == {"parentName": "lab"}


def test_applying_again_sends_nothing(cluster, server):
    apply(cluster)
    server.asked.clear()
    apply(cluster)
    assert patches(server) == []


def test_an_empty_budget_holds_the_queue_and_a_refill_resumes_it(cluster, server):
    apply(cluster)
    apply(cluster, (budget("depth", 300, left=0), budget("vision", 100)), generation=2)
    assert queue(server)["spec"]["stopPolicy"] == "Hold"
    apply(cluster, (budget("depth", 400, left=100), budget("vision", 100)), generation=3)
    assert queue(server)["spec"]["stopPolicy"] == "None"


def test_fields_that_an_operator_set_stay(cluster, server):
    apply(cluster)
    preemption = {"withinClusterQueue": "LowerPriority"}
    server.put("clusterqueues", {"metadata": {"name": "depth"}, "spec": {"preemption": preemption}})
    apply(cluster, (budget("depth", 300, left=0), budget("vision", 100)), generation=2)
    assert queue(server)["spec"]["preemption"] == preemption


def test_a_change_by_hand_is_found_and_mended(cluster, server):
    apply(cluster)
    by_hand = {"metadata": {"name": "depth"}, "spec": {"stopPolicy": "Hold"}}
    server.put("clusterqueues", by_hand)
    [step] = plan(cluster, generation=2).steps
    [reason] = step.reasons
    assert str(reason) == ("ClusterQueue depth: stop is Hold, should be None: something is left")
    cluster.apply_step(step)
    assert plan(cluster, generation=2).matches


def test_a_field_that_another_manager_owns_is_a_conflict_unless_taken_by_force(
    cluster, connection, server
):
    apply(cluster)
    key = ("clusterqueues", "", "depth")
    server.put("clusterqueues", {"metadata": {"name": "depth"}, "spec": {"stopPolicy": "Hold"}})
    server.owners[key]["kubectl"] = {("spec", "stopPolicy")}
    server.owners[key]["apportion"].discard(("spec", "stopPolicy"))
    [step] = plan(cluster, generation=2).steps
    with pytest.raises(WorldError, match=r'conflict with "kubectl".*--force'):
        cluster.apply_step(step)
    assert queue(server)["spec"]["stopPolicy"] == "Hold"
    KueueCluster(connection, force=True).apply_step(step)
    assert queue(server)["spec"]["stopPolicy"] == "None"


def test_an_object_that_changed_since_it_was_read_is_read_again_and_then_written(cluster, server):
    apply(cluster)
    [step] = plan(cluster, (budget("depth", 300, left=0), budget("vision", 0)), 2).steps[:1]
    server.put("clusterqueues", {"metadata": {"name": step.wanted.name}, "status": {"pending": 3}})
    cluster.apply_step(step)
    assert queue(server, step.wanted.name)["metadata"]["annotations"] == {
        "apportion/generation": "2"
    }


def test_an_order_that_somebody_else_has_carried_out_meanwhile_is_not_given_again(cluster, server):
    apply(cluster)
    [step, _] = plan(cluster, (budget("depth", 300, left=0), budget("vision", 100)), 2).steps
    assert step.wanted.name == "depth"
    apply(cluster, (budget("depth", 300, left=0), budget("vision", 100)), generation=2)
    server.asked.clear()
    cluster.apply_step(step)
    assert len(patches(server)) == 1  # refused for its version; nothing was left to do


def test_an_order_from_older_books_is_refused(cluster):
    apply(cluster)
    empty = (budget("depth", 300, left=0), budget("vision", 100))
    [step, _] = plan(cluster, empty, generation=2).steps
    apply(cluster, (budget("depth", 700, left=500), budget("vision", 100)), generation=3)
    with pytest.raises(WorldError, match="newer orders"):
        cluster.apply_step(step)
    assert [place[2] for place in plan(cluster, empty, generation=2).newer] == ["depth", "vision"]


def test_an_object_that_changes_under_every_order_is_given_up(cluster, server):
    apply(cluster)
    [step, _] = plan(cluster, (budget("depth", 300, left=0), budget("vision", 100)), 2).steps
    server.before_apply = lambda plural, name: server.put(
        plural, {"metadata": {"name": name}, "status": {"at": server.version}}
    )
    with pytest.raises(WorldError, match="changed under every order") as error:
        cluster.apply_step(step)
    assert error.value.retryable


def test_a_namespace_that_is_not_there_is_an_error_that_says_how_to_make_it(cluster, server):
    server.namespaces.discard("vision")
    steps = {(s.wanted.kind.value, s.wanted.name): s for s in plan(cluster).steps}
    with pytest.raises(WorldError, match="kubectl create namespace vision"):
        cluster.apply_step(steps["LocalQueue", "vision"])


def test_a_busy_server_is_asked_again_after_the_time_that_it_says(cluster, server):
    steps = plan(cluster).steps
    server.asked.clear()
    server.trouble = [status(429, "TooManyRequests", "slow down", headers={"Retry-After": "0"})] * 1
    cluster.apply_step(steps[0])
    assert len(patches(server)) == 2


def test_a_server_that_stays_busy_is_an_error_worth_trying_again(cluster, server):
    steps = plan(cluster).steps
    for _ in range(8):
        busy = status(429, "TooManyRequests", "slow down", headers={"Retry-After": "0"})
        server.trouble.append(busy)
    with pytest.raises(WorldError, match="429: slow down") as error:
        cluster.apply_step(steps[0])
    assert error.value.retryable


def test_a_right_that_is_missing_is_an_error_that_is_not_tried_again(cluster, server):
    assert cluster.version
    server.trouble = [status(403, "Forbidden", "cohorts is forbidden")]
    with pytest.raises(WorldError, match="403: cohorts is forbidden") as error:
        cluster.read_queues()
    assert not error.value.retryable


def test_the_older_version_is_spoken_where_the_newer_is_not_served(cluster, server):
    server.served = ("v1beta1",)
    apply(cluster)
    assert plan(cluster).matches
    assert queue(server)["spec"]["cohort"] == "lab-foundations"


def test_a_cluster_without_kueue_is_an_error_that_says_so(cluster, server):
    server.served = ()
    with pytest.raises(WorldError, match="install Kueue"):
        cluster.read_queues()


def test_a_server_that_is_away_is_an_error_worth_trying_again(connection, tmp_path):
    from dataclasses import replace

    from tests.adapters.kueue.api_server import kubeconfig

    away = replace(connection, kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:9"))
    with pytest.raises(WorldError) as error:
        KueueCluster(away).read_queues()
    assert error.value.retryable


def test_a_kubeconfig_that_is_none_is_an_error_that_names_it(connection, tmp_path):
    from dataclasses import replace

    path = tmp_path / "none"
    path.write_text("nothing: here")
    with pytest.raises(WorldError, match="none cannot be used"):
        KueueCluster(replace(connection, kubeconfig=str(path)))


def test_long_lists_are_read_page_by_page(cluster, server):
    apply(cluster)
    server.page = 1
    assert plan(cluster).matches


def workload(name, **more):
    return {"metadata": {"name": name, "namespace": "depth"}, **more}


def names(events):
    return [event["object"]["metadata"]["name"] for event in events]


def test_a_watch_that_closes_is_resumed_where_it_ended(cluster, server):
    start = cluster.list_workloads().version
    for number in range(5):
        server.put("workloads", workload(f"w{number}"))
    server.streams = [2, 2]
    seen = names(cluster.watch_workloads(start, seconds=1))
    assert seen == ["w0", "w1", "w2", "w3", "w4"]


def test_a_watch_from_a_place_that_the_server_forgot_tells_everything_anew(cluster, server):
    start = cluster.list_workloads().version
    server.put("workloads", workload("w0"))
    server.put("workloads", workload("w1"))
    server.oldest = server.version
    assert names(cluster.watch_workloads(start, seconds=1)) == ["w0", "w1"]
