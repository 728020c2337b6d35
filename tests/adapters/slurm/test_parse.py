"""sacct's text: each trap of it, and the made 20,000 rows."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.slurm.parse import FIELDS, SacctLayout, parse_sacct, parse_tres
from apportion.adapters.traces.client import read_chunks
from apportion.core.meter.segments import Skip, gather

JOB = {
    "jobidraw": "12",
    "cluster": "alpha",
    "account": "proj1",
    "user": "ann",
    "partition": "gpu",
    "qos": "normal",
    "state": "COMPLETED",
    "submit": "1760000000",
    "eligible": "1760000000",
    "start": "1760000100",
    "end": "1760003700",
    "elapsedraw": "3600",
    "timelimitraw": "120",
    "alloctres": "billing=96,cpu=96,gres/gpu:a100=16,gres/gpu=16,mem=1024G,node=2",
    "reqtres": "billing=96,cpu=96,gres/gpu=99,mem=1024G,node=2",
    "nnodes": "2",
    "ncpus": "96",
    "exitcode": "0:0",
    "jobname": "train",
}


def row(**changes):
    return "|".join({**JOB, **changes}[name] for name in FIELDS) + "\n"


def read(*rows, **layout):
    return gather(
        parse_sacct([line.encode() for line in rows], file="s", layout=SacctLayout(**layout))
    )


def used(reading):
    totals = Counter()
    for segment in reading.segments:
        totals[segment.resource] += segment.unit_seconds
    return totals


def test_a_job_is_metered_by_what_was_allocated_and_never_by_what_was_asked():
    reading = read(row())
    assert used(reading) == {"gpu:a100": 16 * 3600, "cpu": 96 * 3600}
    [first, *_] = reading.segments
    assert first.run == "sacct/alpha/12/1760000000/1760000100"
    assert (first.project, first.user, first.state, first.line) == ("proj1", "ann", "COMPLETED", 1)


@pytest.mark.parametrize(
    ("tres", "units"),
    [
        ("cpu=4,gres/gpu:a100=16,gres/gpu=16", {"cpu": 4, "gpu:a100": 16}),
        ("gres/gpu=1,gres/gpu:a100=1", {"gpu:a100": 1}),
        ("gres/gpu=8", {"gpu": 8}),
        ("gres/gpu:a100=8", {"gpu:a100": 8}),
        ("gres/gpu:a100=2,gres/gpu:h100=1,gres/gpu=4", {"gpu:a100": 2, "gpu:h100": 1, "gpu": 1}),
        ("cpu=1,gres/gpu=0,mem=2048M,node=1,billing=1,energy=5", {"cpu": 1}),
        ("", {}),
    ],
)
def test_typed_and_untyped_gpus_are_counted_once(tres, units):
    assert parse_tres(tres) == units


def test_steps_never_add_to_their_job():
    reading = read(row(), row(jobidraw="12.batch"), row(jobidraw="12.0"), row(jobidraw="12.extern"))
    assert (reading.rows, reading.jobs, dict(reading.skipped)) == (4, 1, {Skip.STEP: 3})


def test_every_run_of_a_requeued_job_counts():
    again = row(submit="1760004000", start="1760004100", end="1760004160", elapsedraw="60")
    reading = read(row(state="PREEMPTED"), again)
    assert (reading.jobs, reading.repeats, used(reading)["gpu:a100"]) == (2, 1, 16 * 3660)


def test_a_job_still_running_is_left_for_when_it_ends():
    reading = read(row(state="RUNNING", end="Unknown", elapsedraw="50"))
    assert (reading.jobs, dict(reading.skipped)) == (0, {Skip.RUNNING: 1})


@pytest.mark.parametrize(
    "changes",
    [
        {
            "state": "PENDING",
            "start": "Unknown",
            "end": "Unknown",
            "elapsedraw": "0",
            "alloctres": "",
        },
        {"state": "CANCELLED by 1000", "start": "None", "elapsedraw": "0", "alloctres": ""},
        {"state": "CANCELLED by 0", "start": "1760003700", "elapsedraw": "0", "alloctres": ""},
    ],
)
def test_a_job_that_never_ran_costs_nothing(changes):
    assert dict(read(row(**changes)).skipped) == {Skip.NEVER_RAN: 1}


@pytest.mark.parametrize(
    "state",
    [
        "CANCELLED by 1000",
        "OUT_OF_MEMORY",
        "BOOT_FAIL",
        "DEADLINE",
        "NODE_FAIL",
        "TIMEOUT",
        "REVOKED",
    ],
)
def test_a_job_that_ran_is_a_fact_whatever_became_of_it(state):
    [first, *_] = read(row(state=state)).segments
    assert first.state == state.split()[0]


def test_a_job_name_may_hold_pipes_and_anything_else():
    [first, *_] = read(row(jobname="a|b||c=1, 'x'")).segments
    assert first.name == "a|b||c=1, 'x'"


def test_a_job_name_in_the_middle_may_hold_pipes_too():
    fields = ("jobidraw", "jobname", *[name for name in FIELDS[1:] if name != "jobname"])
    text = "|".join({**JOB, "jobname": "a|b"}[name] for name in fields) + "\n"
    [first, *_] = read(text, fields=fields).segments
    assert (first.name, first.project) == ("a|b", "proj1")


def test_the_list_without_a_job_name_is_read_as_well():
    reading = read(row().rpartition("|")[0] + "\n")
    assert (reading.jobs, reading.rejects) == (1, ())


def test_suspended_time_is_not_charged():
    assert used(read(row(elapsedraw="600")))["cpu"] == 96 * 600


def test_a_header_line_names_the_fields():
    names = ("JobID", "JobIDRaw", *[n.title() for n in FIELDS[1:]])
    header = "|".join(names) + "\n"
    reading = read(header, "12_7|" + row())
    assert (reading.jobs, reading.segments[0].job, reading.notes) == (1, "12_7", ())


def test_a_header_that_lacks_a_field_is_told():
    header = "JobIDRaw|State|Account\n"
    reading = read(header, "12|COMPLETED|proj1\n")
    assert {fault.field for fault in reading.notes} == {
        "cluster",
        "submit",
        "start",
        "end",
        "alloctres",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jobidraw": ""}, "jobidraw"),
        ({"jobidraw": "job12"}, "jobidraw"),
        ({"submit": "2025-10-09T00:00:00"}, "submit"),
        ({"start": "soon"}, "start"),
        ({"end": "1760000000"}, "end"),
        ({"elapsedraw": "-5"}, "elapsedraw"),
        ({"elapsedraw": "3601"}, "elapsedraw"),
        ({"elapsedraw": "1e309"}, "elapsedraw"),
        ({"alloctres": ""}, "alloctres"),
        ({"alloctres": "mem=1G"}, "alloctres"),
        ({"alloctres": "gres/gpu=NaN"}, "alloctres"),
        ({"alloctres": "gres/gpu:a b=1"}, "alloctres"),
        ({"alloctres": f"gres/gpu:{'x' * 70}=1"}, "alloctres"),
        ({"alloctres": "cpu=99999999999"}, "alloctres"),
        ({"end": "1990000000", "elapsedraw": "400000000", "start": "1500000000"}, "alloctres"),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_field_and_stops_nothing(changes, field):
    reading = read(row(jobidraw="1"), row(**changes), row(jobidraw="2"))
    [reject] = reading.rejects
    assert (reject.file, reject.line, reject.field) == ("s", 2, field)
    assert reading.jobs == 2


@pytest.mark.parametrize("text", ["garbage\n", "a|b\n", "|" * 10 + "\n"])
def test_a_row_with_too_few_fields_is_rejected(text):
    [reject] = read(text).rejects
    assert "fields where 19 are due" in reject.what


@pytest.mark.parametrize("keep", [1, 30, 120, -2, -1])
def test_a_file_cut_in_the_middle_of_a_line_loses_that_line_only(keep):
    reading = read(row(jobidraw="1"), row(jobidraw="2")[:keep])
    assert (reading.jobs, [reject.line for reject in reading.rejects]) == (1, [2])


def test_local_times_are_taken_in_the_zone_stated_and_elapsed_bridges_a_clock_change():
    summer_to_winter = {
        "submit": "2025-10-26T00:00:00",
        "start": "2025-10-26T01:30:00",
        "end": "2025-10-26T03:30:00",
        "elapsedraw": "10800",
    }
    reading = read(row(**summer_to_winter), zone=ZoneInfo("Europe/Berlin"))
    assert used(reading)["cpu"] == 96 * 10_800


def test_a_running_job_is_metered_up_to_now_where_asked_and_its_end_replaces_that():
    running = row(state="RUNNING", end="Unknown", elapsedraw="600")
    for rows in ([running, row()], [row(), running], [running, row(), running]):
        reading = read(*rows, meter_running=True)
        assert (reading.jobs, used(reading)["gpu:a100"]) == (1, 16 * 3600)
        assert (reading.duplicates, reading.rejects) == (len(rows) - 1, ())
    [first, *_] = read(running, meter_running=True).segments
    assert (first.is_running, first.ended_at - first.started_at) == (True, 600)
    assert read(row(end="Unknown", elapsedraw=""), meter_running=True).jobs == 0


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ({"sluid": "s7X", "dbindex": "99"}, "sacct/alpha/sluid/s7X"),
        ({"sluid": "", "dbindex": "99"}, "sacct/alpha/db/99"),
        ({"sluid": "", "dbindex": "0"}, "sacct/alpha/12/1760000000/1760000100"),
    ],
)
def test_a_run_is_keyed_by_the_best_id_that_slurm_gives_it(extra, key):
    fields = (*extra, *FIELDS)
    text = "|".join([*extra.values(), row()])
    assert read(text, fields=fields).segments[0].run == key


def test_the_last_task_of_an_array_takes_the_arrays_own_id_and_is_one_job():
    fields = ("jobid", *FIELDS)
    tasks = [
        "12_8|" + row(jobidraw="13"),
        "12_9|" + row(jobidraw="12"),
        "12_7|" + row(jobidraw="14"),
    ]
    reading = read(*tasks, fields=fields)
    assert (reading.jobs, reading.repeats, reading.duplicates) == (3, 0, 0)
    assert {s.job for s in reading.segments} == {"12_7", "12_8", "12_9"}


def test_jobs_of_deleted_accounts_and_unknown_users_are_read_like_any_other():
    reading = read(row(account="gone"), row(jobidraw="13", user="", account=""))
    assert [(s.project, s.user) for s in reading.segments if s.resource == "cpu"] == [
        ("gone", "ann"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    "name", ["a;rm -rf /", "o'hara", 'say "hi"', "größe", "計算", "-i", "$(id)"]
)
def test_any_name_of_an_account_is_text_and_nothing_else(name):
    [first, *_] = read(row(account=name, user=name)).segments
    assert (first.project, first.user) == (name, name)


def test_an_account_with_a_line_end_in_it_spoils_its_own_row_alone():
    reading = read(row(jobidraw="1"), row(account="two\nlines"), row(jobidraw="2"))
    assert (reading.jobs, [fault.line for fault in reading.rejects]) == (2, [2, 3])


@pytest.mark.parametrize(
    ("text", "mebibytes"),
    [
        ("512K", 1),
        ("2048K", 2),
        ("3000M", 3000),
        ("1.50G", 1536),
        ("2T", 2 * 1024**2),
        ("1P", 1024**3),
        ("3000Mc", 3000),
        ("4Gn", 4096),
        ("0", 0),
        ("100", 100),
    ],
)
def test_memory_is_read_in_every_unit_that_slurm_writes(text, mebibytes):
    metered = frozenset({"mem"})
    found = parse_tres(f"cpu=4,mem={text},gres/gpu=1", metered=metered)
    assert found == ({"mem": mebibytes} if mebibytes else {})


@pytest.mark.parametrize("text", ["mem=", "mem=G", "mem=-4G", "mem=1e3M", "mem=4X", "mem=٣G"])
def test_memory_that_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="memory"):
        parse_tres(text, metered={"mem"})


def test_memory_counts_where_it_is_asked_for_and_not_otherwise():
    reading = read(row(), metered=frozenset({"gpu", "mem"}))
    assert used(reading) == {"gpu:a100": 16 * 3600, "mem": 1024 * 1024 * 3600}


def test_resources_that_nobody_has_seen_are_passed_over():
    odd = (
        "billing=9,cpu=4,energy=18446744073709551614,gres/shard=2,license/x=1,gres/gpumem=9,pages=1"
    )
    assert used(read(row(alloctres=odd))) == {"cpu": 4 * 3600}


@pytest.mark.parametrize("elapsed", [str(2**63), str(2**63 - 1), "9" * 5000])
def test_seconds_beyond_any_machine_are_a_fault_of_their_row(elapsed):
    reading = read(row(elapsedraw=elapsed), row(jobidraw="2"))
    assert (reading.jobs, [fault.field for fault in reading.rejects]) == (1, ["elapsedraw"])


def test_two_exports_written_into_one_file_at_once_lose_the_torn_rows_alone():
    first, second = row(jobidraw="1"), row(jobidraw="2")
    torn = first[:40] + second + first[40:]
    reading = read(row(jobidraw="3"), torn, row(jobidraw="4"))
    assert {s.job for s in reading.segments} >= {"3", "4"}
    assert reading.rejects
    assert reading.rows == reading.jobs + len(reading.rejects)


def test_a_line_that_starts_with_a_hash_is_a_comment():
    reading = read("# s:7: elapsedraw: not a whole number\n", row(), "# end\n")
    assert (reading.rows, reading.jobs) == (1, 1)


@given(st.lists(st.text(alphabet="0123456789|=,gU\n.:cpu/-", max_size=80), max_size=6))
def test_no_text_at_all_breaks_the_reader(rows):
    reading = gather(parse_sacct(["\n".join(rows).encode() + b"\n"], file="s"))
    assert reading.rows == reading.jobs + reading.duplicates + len(reading.rejects) + sum(
        count for _, count in reading.skipped
    )


def test_the_made_export_of_20000_rows_gives_its_jobs_once_and_tells_reused_array_ids(shared):
    path = str(shared / "data" / "traces" / "synthetic_sacct_20k.psv.gz")
    layout = SacctLayout(zone=ZoneInfo("UTC"))
    reading = gather(parse_sacct(read_chunks(path), file=path, layout=layout))
    assert (reading.rows, reading.jobs, reading.rejects) == (20_000, 6_452, ())
    assert dict(reading.skipped) == {Skip.STEP: 13_548}
    assert (reading.duplicates, reading.repeats) == (0, 18)
    gpu_seconds = sum(s.unit_seconds for s in reading.segments if s.resource.startswith("gpu"))
    assert (
        gpu_seconds == 449_369_425
    )  # awk: untyped gres/gpu x ElapsedRaw of rows that are no steps


def test_the_same_export_without_a_zone_is_told_to_state_one(shared):
    path = str(shared / "data" / "traces" / "synthetic_sacct_20k.psv.gz")
    reading = gather(parse_sacct(read_chunks(path), file=path))
    assert (reading.jobs, len(reading.rejects)) == (0, 6_452)
    assert "--zone" in reading.rejects[0].what
