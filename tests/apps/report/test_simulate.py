"""`apportion simulate` on plain files: what it prints, what it writes, what it refuses."""

import csv
import json

import pytest

from apportion.office.cli import run
from tests.conftest import SHARED

DONE, REFUSED, USAGE = 0, 1, 2
TRACE = """job,submit,duration,procs,estimate,group,start
1,0,10,3,10,a,0
2,1,5,4,5,6214e9,10
3,2,100,1,100,a,15
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "trace.csv").write_text(TRACE)
    (tmp_path / "cluster.toml").write_text("[pool]\nprocs = 4\n")
    return tmp_path


def replayed(files, *more, layout="csv", trace="trace.csv"):
    return run(
        [
            *("simulate", "replay", str(files / trace), "--format", layout),
            *("--cluster", str(files / "cluster.toml"), *more),
        ]
    )


def starts(file):
    with file.open(newline="") as stream:
        return [(row["job"], int(row["start"]), int(row["end"])) for row in csv.DictReader(stream)]


@pytest.mark.parametrize("policy", ["fcfs", "easy", "priority"])
def test_a_replay_writes_when_each_job_starts_and_ends(files, policy):
    assert replayed(files, "--policy", policy, "--out", str(files / "s.csv")) == DONE
    assert starts(files / "s.csv") == [("1", 0, 10), ("2", 10, 15), ("3", 15, 115)]


def test_a_replay_tells_waits_by_group_and_how_far_the_record_is(files, capsys):
    assert replayed(files, "--policy", "easy", "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["jobs"] == 3
    assert told["waits"]["mean_wait"] == pytest.approx(22 / 3, abs=0.001)
    assert [each["group"] for each in told["groups"]] == ["6214e9", "a"]
    assert told["fidelity"]["mean_wait_ratio"] == 1
    assert told["fidelity"]["rank_correlation"] == 1
    assert replayed(files) == DONE
    assert "Fidelity" in capsys.readouterr().out


def test_jobs_that_cannot_run_are_left_out_and_told(files, capsys):
    (files / "trace.csv").write_text(TRACE + "4,3,1,5,1,a,\n5,3,0,1,1,a,\n6,3,9,-2,1,a,\n")
    assert replayed(files, "--json") == DONE
    said = capsys.readouterr()
    assert len(json.loads(said.out)["left_out"]) == 3
    assert "larger than the 4" in said.err
    assert "trace.csv:6" in said.err


@pytest.mark.parametrize("row", ["9,3,5,0,1,a,", "9,3,5,-1,1,a,", "9,3,0,1,1,a,", "9,3,-5,1,1,a,"])
def test_a_size_or_runtime_of_zero_or_less_is_told_with_its_line_and_changes_no_start(
    files, capsys, row
):
    assert replayed(files, "--out", str(files / "sound.csv")) == DONE
    (files / "trace.csv").write_text(TRACE + row + "\n")
    capsys.readouterr()
    assert replayed(files, "--out", str(files / "s.csv")) == DONE
    assert "trace.csv:5" in capsys.readouterr().err
    assert starts(files / "s.csv") == starts(files / "sound.csv")


def test_an_unsorted_trace_gives_the_same_starts(files):
    assert replayed(files, "--out", str(files / "sound.csv")) == DONE
    head, *rows = TRACE.splitlines()
    (files / "trace.csv").write_text("\n".join([head, *rows[::-1], ""]))
    assert replayed(files, "--out", str(files / "s.csv")) == DONE
    assert sorted(starts(files / "s.csv")) == sorted(starts(files / "sound.csv"))


@pytest.mark.parametrize(
    ("trace", "cluster", "code"),
    [
        ("", "[pool]\nprocs = 4\n", USAGE),
        ("job,submit,duration,procs\n", "[pool]\nprocs = 4\n", USAGE),
        (TRACE, "[pool]\nprocs = 0\n", USAGE),
        (TRACE.replace("procs", "size"), "[pool]\nprocs = 4\n", USAGE),
    ],
)
def test_a_replay_is_refused_and_writes_nothing_when_the_files_are_wrong(
    files, trace, cluster, code
):
    (files / "trace.csv").write_text(trace)
    (files / "cluster.toml").write_text(cluster)
    assert replayed(files, "--out", str(files / "s.csv")) == code
    assert not (files / "s.csv").exists()


def test_nodes_are_refused_where_their_order_would_be_by_usage_and_nothing_is_written(files):
    (files / "cluster.toml").write_text("[[nodes]]\ncount = 1\ngpus = 4\n")
    out = files / "s.csv"
    assert replayed(files, "--policy", "fair-share", "--out", str(out)) == REFUSED
    assert not out.exists()
    assert replayed(files, "--policy", "easy", "--out", str(out)) == DONE


def test_gangs_of_a_real_trace_are_replayed_on_the_nodes_of_each_group(files, capsys):
    folder = SHARED / "data" / "traces"
    if not folder.exists():
        pytest.skip("no traces here: set APPORTION_SHARED to the folder that has data/traces")
    with (folder / "philly_vc_nodes.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    groups = [
        f'[groups."{name}"]\nplacement = "gang"\n'
        f'[[groups."{name}".nodes]]\ncount = {count}\ngpus = 8\n'
        for name, count in rows
    ]
    (files / "cluster.toml").write_text("".join(groups))
    trace = folder / "philly_jobs_vc.csv.gz"
    assert replayed(files, "--policy", "fcfs", "--json", layout="philly", trace=trace) == DONE
    told = json.loads(capsys.readouterr().out)
    assert len(told["groups"]) == len(rows)
    assert told["jobs"] + len(told["left_out"]) == 82_247
    assert 0 < told["utilisation"] < 1
