"""The reference project with its jobs on a real Slurm, metered by what sacct says."""

import json

import pytest

from tests.examples.test_continual_learning import check, run

pytestmark = pytest.mark.slurm


def test_one_pilot_carries_four_claims_to_a_decision_and_two_to_a_verdict(slurm, tmp_path):
    slurm.add_account("memory")
    folder = tmp_path / "office"
    check(json.loads(run("story.py", "--data", folder, "--slurm", slurm.name)))
