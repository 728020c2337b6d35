"""The Standard Workload Format: allocated processors times run time."""

import pytest

from apportion.adapters.swf.parse import parse_swf
from apportion.adapters.traces.client import read_chunks
from apportion.core.meter.segments import Skip, gather

HEADER = "; Computer: Seth\n; UnixStartTime: 1000000\n"
#       job submit wait run procs cpu mem reqp reqt reqm status user group exe queue part prev think
FIELDS = {"job": "1", "submit": "10", "wait": "5", "run": "60", "procs": "8", "status": "1"}


def row(user="3", group="7", **changes):
    f = {**FIELDS, **changes}
    return (
        f" {f['job']} {f['submit']} {f['wait']} {f['run']} {f['procs']} 59 -1 16 90 -1 "
        f"{f['status']} {user} {group} -1 1 -1 -1 -1\n"
    )


def read(*rows, header=HEADER):
    return gather(parse_swf([header.encode(), *[line.encode() for line in rows]], file="t.swf"))


def test_a_job_is_its_allocated_processors_for_its_run_time_from_its_start():
    [only] = read(row()).segments
    assert (only.resource, only.size, only.unit_seconds) == ("cpu", 8, 480)
    assert (only.submitted_at, only.started_at, only.ended_at) == (1_000_010, 1_000_015, 1_000_075)
    assert (only.project, only.user, only.run) == (
        "group-7",
        "user-3",
        "swf/Seth/1/1000010/1000015",
    )


def test_a_job_without_a_group_is_its_users_and_without_either_nobodys():
    reading = read(row(group="-1"), row(job="2", group="-1", user="-1"))
    assert [segment.project for segment in reading.segments] == ["user-3", ""]


def test_a_job_without_a_recorded_wait_starts_when_it_was_submitted():
    [only] = read(row(wait="-1")).segments
    assert only.started_at == only.submitted_at


def test_a_trace_without_a_start_time_starts_with_1970():
    [only] = read(row(), header="").segments
    assert only.submitted_at == 10


def test_parts_of_a_job_never_add_to_its_own_line():
    reading = read(row(), row(status="2"), row(status="3"), row(status="4"))
    assert (reading.jobs, dict(reading.skipped)) == (1, {Skip.STEP: 3})


def test_a_job_that_never_ran_costs_nothing():
    reading = read(row(run="0"), row(job="2", run="-1", status="5"))
    assert dict(reading.skipped) == {Skip.NEVER_RAN: 2}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"run": "-1"}, "run time"),
        ({"run": "60.5"}, "run time"),
        ({"run": "99999999999"}, "run time"),
        ({"procs": "-1"}, "allocated"),
        ({"submit": "x"}, "submit"),
        ({"wait": "-7"}, "wait"),
        ({"job": "-1"}, "job"),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_field_and_stops_nothing(changes, field):
    reading = read(row(job="4"), row(**changes), row(job="5"))
    [reject] = reading.rejects
    assert (reject.line, reject.field, reading.jobs) == (4, field, 2)


def test_a_row_with_fewer_fields_or_no_line_end_is_rejected():
    reading = read("1 2 3\n", row(job="2"), row(job="3")[:-1])
    assert [(reject.line, reading.jobs) for reject in reading.rejects] == [(3, 1), (5, 1)]


@pytest.mark.parametrize(
    ("name", "rows", "jobs", "never_ran", "rejects"),
    [
        ("HPC2N-2002-first3k", 3_170, 3_145, 0, 25),
        ("NASA-iPSC-1993-3.1-cln", 18_239, 18_066, 173, 0),
        ("RICC-2010-2-first100k", 100_000, 99_991, 9, 0),
    ],
)
def test_real_traces_are_metered_row_for_row(shared, name, rows, jobs, never_ran, rejects):
    path = str(shared / "data" / "traces" / f"{name}.swf.gz")
    reading = gather(parse_swf(read_chunks(path), file=path))
    assert (reading.rows, reading.jobs, len(reading.rejects)) == (rows, jobs, rejects)
    assert dict(reading.skipped).get(Skip.NEVER_RAN, 0) == never_ran
