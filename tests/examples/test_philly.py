"""The Philly example: the figures that its README shows are what it prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "philly" / "run.py"
README = SCRIPT.with_name("README.md")


@pytest.fixture(scope="module")
def told(shared, tmp_path_factory):
    """What the example prints, run once from an empty folder."""
    traces = shared / "data" / "traces"
    if not traces.is_dir():
        pytest.skip("no job traces here: set APPORTION_SHARED to the folder that has data/traces")
    folder = tmp_path_factory.mktemp("philly")
    done = subprocess.run(
        [sys.executable, SCRIPT, "--data", folder, "--traces", traces],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return re.sub(r" +", " ", done.stdout)


pytestmark = pytest.mark.slow


def test_the_whole_trace_is_metered_job_for_job(told):
    for line in ("82,247 jobs", "65 repeats", "978,078.5 GPU-hours", " 0 rejects"):
        assert line in told


def test_each_cluster_asks_for_what_it_used_before_november(told):
    for line in (
        "vc-6214e9,6214e9,6214e9,5,54163,27081.5",
        "vc-ee9e8c,ee9e8c,ee9e8c,5,125326,62663",
        "vc-23dbec,guests,23dbec,5,156,78",
    ):
        assert line in told
    assert told.count("\nvc-") == 12


def test_the_real_november_jobs_are_metered_against_the_grants(told):
    assert "gpu: 295,879.7 hours" in told
    assert "Every unit sums to zero and nothing was changed." in told


def test_standing_tells_who_ran_dry(told):
    standing = told.partition("$ apportion standing")[2].partition("$ apportion usage list")[0]
    dry = {line.split()[0] for line in standing.splitlines() if re.search(r"2017-11-\d\d", line)}
    assert dry == {"103959", "11cb48", "e13805"}


def test_what_the_readme_shows_is_what_is_printed(told):
    shown = README.read_text(encoding="utf-8").split("```")[3]
    for line in filter(None, map(str.strip, shown.splitlines())):
        assert re.sub(r" +", " ", line) in told
