"""The reference project: what its README says is what its runs and its way through the office give."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "continual_learning"
EXPECTED = json.loads((EXAMPLE / "expected.json").read_text())
FASHION = Path("/usr/share/datasets/fashion-mnist")


def run(script, *flags):
    """Runs a script of the example and gives what it printed."""
    command = [sys.executable, str(EXAMPLE / script), *map(str, flags)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


def check(told):
    """Compares what a story came to with what is expected, within its tolerances."""
    for arm, (value, within) in EXPECTED["pilot"].items():
        assert abs(told["pilot"][arm] - value) <= within
    needed = told["runs_needed"]
    assert min(needed.values()) >= EXPECTED["least_runs"]
    for slug, (low, high) in EXPECTED["runs_needed"].items():
        assert low <= needed[slug] <= high
    assert sorted(needed, key=needed.get) == list(EXPECTED["runs_needed"])
    assert told["power_of_ten_runs"] <= EXPECTED["most_power_of_ten_runs"]
    for slug, stage in EXPECTED["stages"].items():
        assert told["stages"][slug] == stage
    assert told["books_differ"] == []


def test_a_run_prints_its_line_and_the_same_seed_gives_the_same(tmp_path):
    flags = ("--method", "replay", "--memory", 50, "--seed", 1)
    first, again = (json.loads(run("run.py", *flags)) for _ in range(2))
    assert first | {"cpu_seconds": 0} == again | {"cpu_seconds": 0}
    assert first["arm"] == "replay50"
    (tmp_path / "runs.jsonl").write_text(json.dumps(first) + "\n")
    ET.fromstring(run("picture.py", tmp_path / "runs.jsonl"))


@pytest.mark.slow
def test_one_pilot_carries_four_claims_to_a_decision_and_two_to_a_verdict(tmp_path):
    check(json.loads(run("story.py", "--data", tmp_path / "office")))


@pytest.mark.slow
@pytest.mark.skipif(
    not FASHION.is_dir(), reason="no Fashion-MNIST: apt-get install dataset-fashion-mnist"
)
@pytest.mark.parametrize(
    ("flags", "expected"),
    [(("naive",), 0.20), (("replay", "--memory", 1000), 0.81)],  # joint takes a minute
    ids=["naive", "replay1000"],
)
def test_garments_are_forgotten_as_digits_are(flags, expected):
    line = json.loads(run("run.py", "--dataset", "fashion", "--seed", 0, "--method", *flags))
    assert abs(line["accuracy"] - expected) <= 0.04
