"""CSV layouts of published traces: each read by the names of its columns."""

from zoneinfo import ZoneInfo

import pytest

from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.layouts import parse_csv
from apportion.core.meter.segments import Skip, gather

UTC = ZoneInfo("UTC")
THETA = "job,user,project,gpu_num,submit_time,wait_time,run_time,new_status\n"
PODS = "name,cpu_milli,num_gpu,gpu_milli,qos,pod_phase,creation_time,deletion_time,scheduled_time\n"


def read(text, zone=UTC):
    return gather(parse_csv([text.encode()], file="t.csv", zone=zone))


def used(reading):
    found = {}
    for one in reading.segments:
        found[one.resource] = found.get(one.resource, 0) + one.unit_seconds
    return found


def test_a_theta_job_starts_after_its_wait_and_decimals_of_seconds_are_cut_off():
    [only] = read(THETA + "7,2.0,3.0,8.0,1000.0,5.5,60.9,Pass\n").segments
    assert (only.project, only.size, only.started_at, only.ended_at) == ("3.0", 8, 1005, 1065)


def test_pods_share_gpus_by_thousandths():
    reading = read(PODS + "p,4000,1,460,LS,Running,0,110,10\nq,1000,0,,BE,Failed,0,30,20\n")
    assert used(reading) == {"milligpu": 46_000, "millicpu": 410_000}


def test_a_pod_that_was_never_placed_or_not_deleted_is_told():
    reading = read(PODS + "p,4000,1,460,LS,Pending,0,110,\nq,1,0,,BE,Running,0,,20\n")
    assert dict(reading.skipped) == {Skip.NEVER_RAN: 1, Skip.RUNNING: 1}


@pytest.mark.parametrize(
    "row", ["7,2,3,x,1000,5,60,Pass", "7,2,3,1,1000,5,6.x,Pass", ",2,3,1,1000,5,60,Pass"]
)
def test_a_bad_row_is_rejected_and_stops_nothing(row):
    reading = read(f"{THETA}{row}\n8,2,3,1,1000,5,60,Pass\n")
    assert (reading.jobs, [fault.line for fault in reading.rejects]) == (1, [2])


def test_columns_that_nobody_knows_are_told_what_is_due():
    [fault] = read("a,b\n1,2\n").rejects
    assert "job,submit,duration,procs" in fault.remedy


def test_comments_are_passed_over_wherever_they_stand():
    assert read("# t.csv:3: why\n" + THETA + "# why\n7,2,3,1,1000,5,60,Pass\n").jobs == 1


@pytest.mark.parametrize(
    ("name", "rows", "resource"),
    [
        ("thetagpu_jobs", 22_606, "gpu"),
        ("nrel_eagle_slurm_sample1k", 1_000, "cpu"),
        ("alibaba_openb_pods_2023", 8_152, "milligpu"),
        ("alibaba_dlrm_instances_2025", 23_871, "gpu"),
    ],
)
def test_real_traces_are_read_row_for_row(shared, name, rows, resource):
    path = str(shared / "data" / "traces" / f"{name}.csv.gz")
    reading = gather(parse_csv(read_chunks(path), file=path, zone=UTC))
    skipped = sum(count for _, count in reading.skipped)
    assert reading.rows == rows
    assert reading.rows == reading.jobs + reading.duplicates + skipped + len(reading.rejects)
    assert used(reading)[resource] > 0
    assert len(reading.rejects) < rows // 100
