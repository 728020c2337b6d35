"""One reading of many rows: what counts once, what counts twice, what is rejected."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.faults import Fault
from apportion.core.meter.lines import Note
from apportion.core.meter.segments import Skip, gather, implausible
from tests.core.meter.made import HOUR, segment, workloads

FAULT = Fault(file="f", line=3, what="odd", remedy="mend")


def test_the_same_record_again_counts_once():
    reading = gather([(segment(1, line=1),), (segment(1, line=2),)])
    assert (reading.rows, reading.jobs, reading.duplicates) == (2, 1, 1)


def test_a_record_with_a_known_key_and_other_content_is_rejected_with_its_line():
    reading = gather([(segment(1, line=1),), (segment(1, size=9, line=2),)])
    assert reading.jobs == 1
    [reject] = reading.rejects
    assert reject.line == 2
    assert "other content" in reject.what


def test_rows_that_repeat_a_job_id_or_content_are_counted_and_told():
    first = segment(2)
    requeued = replace(first, run="job/2/requeued")
    copy = segment(3, occurrence=2)
    reading = gather([(first,), (requeued,), (copy,)])
    assert (reading.jobs, reading.repeats, reading.duplicates) == (3, 2, 0)


def test_a_bad_row_stops_nothing_and_every_row_is_accounted_for():
    outcomes = [FAULT, Skip.RUNNING, Skip.STEP, (segment(1),), Note(FAULT), FAULT]
    reading = gather(outcomes)
    assert (reading.rows, reading.jobs, len(reading.rejects), len(reading.notes)) == (5, 1, 2, 1)
    assert dict(reading.skipped) == {Skip.RUNNING: 1, Skip.STEP: 1}


@given(workloads(), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_any_repetition_of_rows_gives_the_same_segments(jobs, rng, times):
    rows = [(job,) for job in jobs] * times
    rng.shuffle(rows)
    reading = gather(rows)
    assert sorted(reading.segments, key=lambda s: s.key) == sorted(jobs, key=lambda s: s.key)
    assert reading.duplicates == len(jobs) * (times - 1)


def test_a_segment_on_two_resources_has_two_keys_and_one_run():
    assert segment(resource="gpu").key != segment(resource="cpu").key
    assert segment(seconds=HOUR, size=8).unit_seconds == 28_800


def test_sizes_and_durations_that_no_machine_had_are_named():
    assert implausible(size=1, seconds=60) is None
    assert implausible(size=1, seconds=-1) == "ends before it starts"
    assert "ten years" in (implausible(size=1, seconds=10**9) or "")
    assert "units" in (implausible(size=10**8, seconds=1) or "")
