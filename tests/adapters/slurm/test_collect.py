"""What Slurm said to a sync, recorded from a real one, and batch scripts good and hostile."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.slurm.collect.parse import (
    count_tasks,
    parse_length,
    parse_longest,
    parse_queue,
)
from apportion.adapters.slurm.collect.parse_script import parse_options, parse_script, read_ask
from apportion.adapters.slurm.collect.parse_submission import render_submit_script
from apportion.adapters.slurm.parse import FIELDS, SacctLayout, parse_sacct
from apportion.core.faults import BadInput
from apportion.core.meter.daysums import sum_rows
from apportion.core.meter.segments import gather

TRANSCRIPTS = Path(__file__).parent / "transcripts"
ALWAYS = (0, 2**40)


def test_a_recorded_cluster_comes_to_the_same_seconds_by_the_reader_and_by_the_days_sum():
    raw = (TRANSCRIPTS / "loop.sacct").read_bytes()
    reading = gather(parse_sacct([raw], file="loop", layout=SacctLayout(meter_running=True)))
    assert reading.rejects == ()
    read = {}
    for one in reading.segments:
        key = one.project, one.resource
        read[key] = read.get(key, 0) + one.unit_seconds
    assert read
    assert read == sum_rows(raw.splitlines(keepends=True), columns=FIELDS, day=ALWAYS)


def test_the_recorded_queue_says_what_may_still_be_used():
    queue = list(parse_queue((TRANSCRIPTS / "queue.squeue").read_text()))
    [array] = [job for job in queue if job.ticket]
    assert (array.tasks, array.limit, array.units["gpu:h100"]) == (4, 86_400, 2)
    assert array.ticket == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("90", 5400), ("90:30", 5430), ("1:30:00", 5400), ("2-12", 216_000)),
        *(("2-12:30", 217_800), ("2-12:30:05", 217_805), ("UNLIMITED", None)),
    ],
)
def test_a_time_limit_is_read_as_slurm_reads_it(text, seconds):
    assert parse_length(text) == seconds


@pytest.mark.parametrize(("text", "tasks"), [("12", 1), ("12_[0-9,20]", 11), ("12_[1-9:2%3]", 5)])
def test_tasks_of_an_array_are_counted(text, tasks):
    assert count_tasks(text) == tasks


def test_the_longest_job_is_that_of_any_partition_and_none_where_one_is_endless():
    assert parse_longest("MaxTime=1-00:00:00 x\nMaxTime=2:00:00") == 86_400
    assert parse_longest("MaxTime=1-00:00:00\nMaxTime=UNLIMITED") is None


@pytest.mark.parametrize(
    ("words", "units"),
    [
        (["--gres=gpu:h100:4", "-N", "2"], {"cpu": 2, "gpu:h100": 8}),
        (["--gpus=h100:6", "-n4", "-c", "8"], {"cpu": 32, "gpu:h100": 6}),
        (["--gpus-per-node", "2", "--nodes=3"], {"cpu": 3, "gpu": 6}),
        (["--gpus-per-task=1", "--ntasks=5"], {"cpu": 5, "gpu": 5}),
        (["--gres=license:2,gpu:a100"], {"cpu": 1, "gpu:a100": 1}),
        (["--nodes=2-4", "--gres=gpu:1"], {"cpu": 4, "gpu": 4}),
    ],
)
def test_options_are_reckoned_over_all_nodes_and_tasks(words, units):
    assert read_ask(parse_options(words), file="job.sh").units == units


def test_every_option_that_cannot_be_read_is_told_at_once():
    script = "#!/bin/sh\n#SBATCH --gres=gpu:-5 --time=soon -N 1e3\n"
    with pytest.raises(BadInput) as error:
        read_ask(parse_script(script, file="job.sh"), file="job.sh")
    assert {fault.field for fault in error.value.faults} == {"--gres", "--time", "--nodes"}


@given(st.text(max_size=200))
def test_any_text_is_a_script_or_is_told_as_bad_input(text):
    try:
        ask = read_ask(parse_script(f"#SBATCH {text}", file="x"), file="x")
    except BadInput:
        return
    assert ask.tasks >= 0


@pytest.mark.parametrize("name", ['"; os.execute("x") --', "a\nb", ""])
def test_a_name_that_could_leave_its_quotes_never_stands_in_the_submit_script(name):
    with pytest.raises(BadInput):
        render_submit_script(
            host="127.0.0.1", port=1, token="t", cluster=name, patience=1, fail_open=True
        )
