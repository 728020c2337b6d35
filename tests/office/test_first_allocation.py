"""From a new colleague to a limit on the cluster in four steps, as docs/first-allocation.md counts them."""

from pathlib import Path

import pytest

from apportion.apps.enforce.actions import apply_limits
from apportion.apps.enforce.queries import list_limits
from apportion.apps.grant.fastlane import advance_fast_lanes
from apportion.apps.people.actions import add_person
from tests.apps.enforce.test_actions import Cluster, Tree
from tests.apps.grant.test_fastlane import LANE, SEED
from tests.apps.small_lab import DATES, GPU, NOW, file_request, open_spring, people

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "first-allocation.md"


def test_a_new_colleague_has_an_enforced_allocation_after_four_steps():
    there = people()
    lane = open_spring(there["eve"], policy=LANE)
    slurm = Cluster(tree=Tree(associations={}))
    nia = add_person(username="nia", name="Nia", roles=["researcher"])  # 1: the operator
    file_request(lane, nia, "depth", minimum=2, ask=10)  # 2: the researcher
    assert advance_fast_lanes(now=NOW, seed=SEED)  # 3: the office
    start = DATES.credits_start_at
    outcome = apply_limits(scheduler=slurm, by=there["ops"], now=start)  # 4: the operator
    assert outcome.after.matches
    assert slurm.minutes()["depth"] == {GPU: 600}
    assert [(limit.project.slug, limit.applied) for limit in list_limits()] == [("depth", True)]


def test_the_page_counts_four_steps_and_two_hand_offs():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    steps = [row for row in rows if row[2:4] in {f"{number}." for number in range(1, 10)}]
    assert len(steps) == 4
    assert sum("*hand-off*" in row for row in rows) == 2
