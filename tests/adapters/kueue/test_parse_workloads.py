"""Workloads to segments: each admission once, whatever the order and number of sightings."""

import json

import pytest

from apportion.adapters.kueue.parse_workloads import KueueLayout, parse_workloads
from apportion.core.meter.lines import CUT_OFF
from apportion.core.meter.segments import Skip, gather

START = 1_767_225_600  # 2026-01-01T00:00:00Z


def stamp(hours):
    return f"2026-01-01T{hours:02}:00:00Z"


def condition(kind, hours, *, status="True", reason="x", message=""):
    at = stamp(hours)
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": at,
    }


def workload(*conditions, uid="u1", gpus="8", held=True, flavor="h100", **status):
    usage = {"nvidia.com/gpu": gpus, "cpu": "7500m", "memory": "64Gi"}
    flavors = dict.fromkeys(usage, flavor)
    pods = [{"name": "main", "flavors": flavors, "resourceUsage": usage, "count": 2}]
    admission = {"clusterQueue": "depth", "podSetAssignments": pods}
    return {
        "kind": "Workload",
        "metadata": {
            "uid": uid,
            "name": "job-train",
            "namespace": "depth",
            "creationTimestamp": stamp(0),
            "ownerReferences": [{"name": "train"}],
        },
        "status": {
            "conditions": list(conditions),
            **({"admission": admission} if held else {}),
            **status,
        },
    }


def done(uid="u1", first=1, last=3, **more):
    finished = condition("Finished", last, reason="Succeeded")
    return workload(condition("Admitted", first), finished, uid=uid, **more)


def running(uid="u1", first=1, **more):
    return workload(condition("Admitted", first), uid=uid, **more)


def evicted(uid="u1", at=3, reason="Preempted", **more):
    gone = condition("Admitted", at, status="False")
    return workload(gone, condition("Evicted", at, reason=reason), uid=uid, held=False, **more)


def text(*items, as_list=True):
    if as_list:
        return json.dumps({"kind": "List", "items": list(items)}, indent=4).encode() + b"\n"
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def read(data, *, size=97, **layout):
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    return gather(parse_workloads(chunks, file="w.json", layout=KueueLayout(**layout)))


def gpus(reading):
    return [one for one in reading.segments if one.resource == "gpu:h100"]


@pytest.mark.parametrize("as_list", [True, False])
def test_a_finished_workload_is_charged_from_admission_to_its_end(as_list):
    reading = read(text(done(), as_list=as_list))
    [gpu] = gpus(reading)
    assert (gpu.size, gpu.unit_seconds, gpu.project, gpu.state) == (8, 57_600, "depth", "COMPLETED")
    assert (gpu.job, gpu.name) == ("depth/job-train", "train")
    assert gpu.submitted_at == START
    [cpu] = [one for one in reading.segments if one.resource == "cpu"]
    assert cpu.size == 8  # 7.5 cores, rounded up to whole ones


def test_the_same_workload_seen_again_counts_once():
    once = read(text(done()))
    twice = read(text(done(), done(), as_list=False))
    assert twice.segments == once.segments


def test_a_run_keeps_its_key_whether_it_was_seen_going_on_or_not():
    [alone] = gpus(read(text(done())))
    [followed] = gpus(read(text(running(), running(), done(), as_list=False)))
    assert alone == followed


def test_an_evicted_run_ends_when_it_was_evicted_and_the_next_is_a_run_of_its_own():
    events = (running(first=1), evicted(at=3), running(first=5), done(first=5, last=6))
    first, second = gpus(read(text(*events, as_list=False)))
    assert (first.unit_seconds, first.state) == (8 * 7200, "PREEMPTED")
    assert (second.unit_seconds, second.state) == (8 * 3600, "COMPLETED")
    assert first.key != second.key


def test_an_eviction_between_two_sightings_is_charged_what_kueue_says_it_took():
    later = running(first=9, accumulatedPastExecutionTimeSeconds=7200)
    first, _ = gpus(read(text(running(first=1), later, done(first=9, last=10), as_list=False)))
    assert first.unit_seconds == 8 * 7200


def test_the_misspelt_field_of_the_older_version_is_read_too():
    later = running(first=9, accumulatedPastExexcutionTimeSeconds=3600)
    first, _ = gpus(read(text(running(first=1), later, done(first=9, last=10), as_list=False)))
    assert first.unit_seconds == 8 * 3600


def test_a_run_that_nobody_saw_is_told_and_not_guessed():
    reading = read(text(evicted(accumulatedPastExecutionTimeSeconds=60)))
    assert reading.segments == ()
    assert "ran 60 s before" in reading.notes[0].what


def test_a_running_workload_is_left_out_or_counted_up_to_an_instant():
    left_out = read(text(running()))
    assert (left_out.segments, left_out.skipped) == ((), ((Skip.RUNNING, 1),))
    [gpu] = gpus(read(text(running()), until=START + 2 * 3600))
    assert (gpu.unit_seconds, gpu.state) == (8 * 3600, "RUNNING")


def test_a_workload_deleted_while_it_ran_ends_with_its_deletion():
    gone = running()
    gone["metadata"]["deletionTimestamp"] = stamp(4)
    events = ({"type": "ADDED", "object": running()}, {"type": "DELETED", "object": gone})
    [gpu] = gpus(read(text(*events, as_list=False)))
    assert (gpu.unit_seconds, gpu.state) == (8 * 3 * 3600, "CANCELLED")


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("Preempted", "PREEMPTED"),
        ("PodsReadyTimeout", "TIMEOUT"),
        ("NodeFailures", "NODE_FAIL"),
        ("ClusterQueueStopped", "CANCELLED"),
    ],
)
def test_an_eviction_tells_how_the_run_ended(reason, state):
    [gpu] = gpus(read(text(running(), evicted(reason=reason), as_list=False)))
    assert gpu.state == state


def test_a_failed_job_is_told_from_one_that_succeeded():
    failed = workload(condition("Admitted", 1), condition("Finished", 2, reason="Failed"))
    assert gpus(read(text(failed)))[0].state == "FAILED"


def test_a_workload_that_waits_never_ran():
    assert read(text(workload(held=False))).skipped == ((Skip.NEVER_RAN, 1),)


def test_the_site_says_which_flavor_is_which_resource():
    resources = {("h100", "nvidia.com/gpu"): "gpu:big"}
    reading = read(text(done()), resources=resources)
    assert [one.resource for one in reading.segments] == ["gpu:big"]


def test_a_bad_workload_stops_no_other():
    bad = done(uid="bad", gpus="8.5.5")
    backwards = done(uid="back", first=5, last=3)
    reading = read(text(bad, backwards, {"kind": "Pod"}, done(uid="good")))
    assert len(gpus(reading)) == 1
    assert len(reading.rejects) == 3


def test_a_line_that_is_no_json_stops_no_other():
    data = (
        text(done(uid="a"), as_list=False) + b'{"kind": "Work}\n' + text(done("b"), as_list=False)
    )
    reading = read(data)
    assert (len(gpus(reading)), len(reading.rejects)) == (2, 1)
    assert reading.rejects[0].line == 2


def test_a_list_that_breaks_off_says_so():
    data = text(done(uid="a"), done(uid="b"))
    reading = read(data[: len(data) // 2 + 20].rsplit(b"\n", 1)[0] + b"\n")
    assert CUT_OFF in {fault.what for fault in reading.rejects}
    assert reading.is_cut_off


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_chunks_may_break_anywhere(chunk):
    items = [done(uid=f"u{number}") for number in range(5)]
    assert len(gpus(read(text(*items), size=chunk))) == 5


def test_names_with_braces_quotes_and_line_ends_are_only_names():
    odd = done()
    odd["metadata"]["name"] = 'x"},\n{"items": ["'
    [gpu] = gpus(read(text(odd)))
    assert gpu.job.startswith('depth/x"')


def test_an_empty_list_is_no_fault():
    reading = read(text())
    assert (reading.rows, reading.rejects) == (0, ())
