"""Traces of every layout to jobs: names stay text, and what cannot be read is told."""

from datetime import UTC

from apportion.adapters.slurm.jobs import parse_sacct_jobs
from apportion.adapters.slurm.parse import SacctLayout
from apportion.adapters.swf.jobs import parse_swf_jobs
from apportion.adapters.traces.jobs import parse_csv_jobs, parse_philly_jobs
from apportion.core.faults import Fault

SWF = b"""; UnixStartTime: 1272639895
  1 0 5 10 4 -1 -1 8 60 -1 1 3 7 -1 -1 -1 -1 -1
  2 3 -1 10.9 4 -1 -1 -1 -1 -1 1 -1 -1 -1 -1 -1 -1 -1
  3 3 1 x 4 -1 -1 -1 -1 -1 1 -1 -1 -1 -1 -1 -1 -1
  4 3 1
"""
SACCT = b"""JobIDRaw|Cluster|Account|User|State|Submit|Start|End|ElapsedRaw|TimelimitRaw|AllocTRES
7|x|phys|ann|COMPLETED|100|110|170|60|5|cpu=8,gres/gpu=2
7|x|phys|ann|COMPLETED|200|210|270|60|5|cpu=8,gres/gpu=2
7|x|phys|ann|COMPLETED|200|210|270|60|5|cpu=8,gres/gpu=2
8|x|bio|bob|FAILED|120|130|140|10|UNLIMITED|cpu=4,gres/gpu:a100=1,gres/gpu=1
9|x|bio|bob|COMPLETED|120|130|140|10|1|cpu=4
"""


def test_swf_takes_requested_processors_else_allocated_and_the_seconds_of_the_file():
    one, two, bad, short = parse_swf_jobs([SWF], file="t.swf")
    assert (one.job, one.submit, one.duration, one.procs) == ("1", 0, 10, 8)
    assert (one.estimate, one.start, one.group, one.user, one.line) == (60, 5, "7", "3", 2)
    assert (two.duration, two.procs, two.start, two.group) == (10, 4, None, "")
    assert (bad.field, bad.line) == ("run time", 4)
    assert isinstance(short, Fault)


def test_csv_keeps_groups_as_text_and_tells_bad_rows():
    text = b"job,submit,duration,procs,group,estimate\n1,5,10,2,6214e9,30\n2,5,-1,2,a,\n3,,1,1,a,\n"
    one, two, three = parse_csv_jobs([text], file="t.csv")
    assert (one.group, one.estimate, one.submit) == ("6214e9", 30, 5)
    assert (two.line, two.field) == (3, "duration")
    assert (three.line, three.field) == (4, "submit")


def test_philly_rows_are_numbered_and_stay_unsorted_until_they_are_laid_out():
    text = b"""timestamp,duration,num_gpus,gpu_time,cluster
2017-10-09 07:01:55,66.0,1,66.0,6214e9
2017-10-09 07:01:50,66.0,2,132.0,11cb48
"""
    one, two = parse_philly_jobs([text], file="p.csv", zone=UTC)
    assert (one.job, one.group, one.procs) == ("1", "6214e9", 1)
    assert one.submit - two.submit == 5


def test_sacct_counts_gpus_where_there_are_any_and_tells_runs_of_a_job_apart():
    jobs = list(parse_sacct_jobs([SACCT], file="s.txt", layout=SacctLayout()))
    assert [(job.job, job.submit, job.procs, job.estimate) for job in jobs] == [
        ("7", 100, 2, 300),
        ("7#2", 200, 2, 300),
        ("8", 120, 1, None),
    ]
    cpus = parse_sacct_jobs([SACCT], file="s.txt", resource="cpu")
    assert [job.procs for job in cpus] == [8, 8, 4, 4]
