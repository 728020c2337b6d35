"""The Philly layout and the general one: rows without ids, one bad row, the real trace."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.parse import parse_jobs, parse_philly
from apportion.core.meter.segments import Skip, gather

HEADER = "timestamp,duration,num_gpus,gpu_time,cluster\n"
ROW = "2017-10-09 07:01:55,66.0,2,132.0,6214e9\n"


def philly(*rows, header=HEADER, **more):
    return gather(parse_philly([(header + "".join(rows)).encode()], file="p.csv", **more))


def jobs(*rows, header="job,submit,duration,procs,account\n"):
    return gather(parse_jobs([(header + "".join(rows)).encode()], file="j.csv", zone=None))


def test_a_cluster_is_a_name_and_never_a_number():
    [only] = philly(ROW).segments
    assert (only.project, only.resource, only.unit_seconds) == ("6214e9", "gpu", 132)
    assert (only.submitted_at, only.started_at) == (1_507_532_515, 1_507_532_515)


def test_a_local_zone_may_be_stated():
    [only] = philly(ROW, zone=ZoneInfo("America/Los_Angeles")).segments
    assert only.submitted_at == 1_507_532_515 + 7 * 3600


def test_rows_of_the_same_content_are_told_apart_by_occurrence_and_all_counted():
    reading = philly(ROW, ROW, ROW)
    assert (reading.jobs, reading.repeats, reading.duplicates) == (3, 2, 0)
    assert len({segment.key for segment in reading.segments}) == 3


def test_the_same_file_again_is_known_row_for_row():
    first, second = philly(ROW, ROW), philly(ROW, ROW)
    assert [s.key for s in first.segments] == [s.key for s in second.segments]


CELLS = st.tuples(st.integers(0, 9), st.integers(1, 3), st.sampled_from(["6214e9", "11cb48"]))


@given(st.lists(CELLS, max_size=15), st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_segments(cells, rng):
    rows = [f"2017-10-09 07:0{m}:00,60,{n},{60 * n},{vc}\n" for m, n, vc in cells]
    shuffled = list(rows)
    rng.shuffle(shuffled)
    reading = philly(*shuffled)
    assert {s.key for s in reading.segments} == {s.key for s in philly(*rows).segments}
    assert reading.repeats == len(rows) - len(Counter(rows))


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("later,66,2,132,6214e9\n", "timestamp"),
        (",66,2,132,6214e9\n", "timestamp"),
        ("2017-10-09 07:01:55,-66,2,132,6214e9\n", "duration"),
        ("2017-10-09 07:01:55,1e309,2,132,6214e9\n", "duration"),
        ("2017-10-09 07:01:55,66,two,132,6214e9\n", "num_gpus"),
        ("2017-10-09 07:01:55,66,2,133,6214e9\n", "gpu_time"),
        ("2017-10-09 07:01:55,66,2,NaN,6214e9\n", "gpu_time"),
        ("2017-10-09 07:01:55,66,2,132, \n", "cluster"),
        ("2017-10-09 07:01:55,66,2,132\n", None),
        ('"2017-10-09 07:01:55,66,2,132,6214e9\n', None),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_field_and_stops_nothing(row, field):
    reading = philly(ROW, row, ROW)
    [reject] = reading.rejects
    assert (reject.line, reject.field, reading.jobs) == (3, field, 2)


@pytest.mark.parametrize("header", ["a,b,c\n", HEADER.replace("cluster", "duration")])
def test_a_file_with_the_wrong_columns_is_one_fault_that_names_them(header):
    reading = philly(ROW, header=header)
    [reject] = reading.rejects
    assert reading.jobs == 0
    assert "timestamp,duration,num_gpus,gpu_time,cluster" in reject.remedy


def test_a_file_without_a_header_line_is_a_fault():
    assert [reject.what for reject in philly(header="").rejects] == ["no line of column names"]


def test_columns_may_stand_in_any_order_with_others_between():
    header = "cluster,colour,gpu_time,num_gpus,duration,timestamp\n"
    [only] = philly("6214e9,red,132,2,66,2017-10-09 07:01:55\n", header=header).segments
    assert (only.project, only.size) == ("6214e9", 2)


def test_a_file_cut_in_the_middle_of_its_last_name_does_not_charge_another_cluster():
    reading = philly(ROW, ROW[:-3])
    assert {segment.project for segment in reading.segments} == {"6214e9"}
    assert [reject.line for reject in reading.rejects] == [3]


def test_the_whole_philly_trace_is_82247_jobs_and_978078_gpu_hours(shared):
    path = str(shared / "data" / "traces" / "philly_jobs_vc.csv.gz")
    reading = gather(parse_philly(read_chunks(path), file=path))
    assert (reading.rows, reading.jobs, reading.repeats) == (82_247, 82_247, 65)
    assert (reading.rejects, reading.duplicates) == ((), 0)
    gpu_seconds = sum(segment.unit_seconds for segment in reading.segments)
    assert f"{gpu_seconds / 3600:,.1f}" == "978,078.5"
    assert "6214e9" in {segment.project for segment in reading.segments}


def test_a_general_row_is_its_processors_for_its_duration():
    [only] = jobs("1,1000,60,8,alpha\n").segments
    assert (only.resource, only.unit_seconds, only.project, only.run) == (
        "cpu",
        480,
        "alpha",
        "csv/1/1000/1000",
    )


def test_a_general_row_belongs_to_its_account_or_group_or_user():
    header = "job,submit,duration,procs,account,group,user\n"
    reading = jobs("1,0,1,1,a,g,u\n", "2,0,1,1,,g,u\n", "3,0,1,1,,,u\n", header=header)
    assert [segment.project for segment in reading.segments] == ["a", "g", "u"]


def test_a_general_row_that_never_ran_or_has_no_job_is_told():
    reading = jobs("1,0,0,8,a\n", " ,0,5,8,a\n", "3,2017-01-01,5,8,a\n")
    assert dict(reading.skipped) == {Skip.NEVER_RAN: 1}
    assert [reject.field for reject in reading.rejects] == ["job", "submit"]
