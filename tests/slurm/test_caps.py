"""Caps of members on a real Slurm: ordered on the member's association, read back, felt by jobs."""

import getpass

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import Site, Verb, plan_limits
from apportion.core.ids import ProjectId, ResourceCode

pytestmark = pytest.mark.slurm
GPU = ResourceCode("gpu:h100")
MEMBER = "daemon"  # stands on every Debian


class Team:
    """One project under a pool of its own, with whoever runs these tests and one more in it."""

    def __init__(self, slurm):
        self.cluster, self.me = SlurmCluster(slurm.name), getpass.getuser()
        self.name = f"team-{slurm.number()}"
        self.site = Site(pool=f"pool-{slurm.number()}")

    def plan(self, cap):
        wish = ProjectLimit(
            project=ProjectId(self.name),
            minutes={GPU: 500},
            members=(self.me, MEMBER),
            caps={MEMBER: {GPU: cap}},
        )
        tree = self.cluster.read_tree()
        return plan_limits(desired=[wish], tree=tree, site=self.site, generation=1)

    def apply(self, cap, eventually):
        answers = self.cluster.carry_out(self.plan(cap).steps)
        assert answers == (), answers
        eventually(lambda: self.plan(cap).steps, ())

    def caps(self):
        return self.cluster.read_tree().associations[self.name].caps


@pytest.fixture
def team(slurm):
    return Team(slurm)


def test_a_capped_member_is_held_while_another_runs_and_starts_once_the_cap_is_lifted(
    slurm, team, eventually
):
    team.apply(2, eventually)
    assert team.caps() == {MEMBER: {GPU: 2}}
    held = slurm.send(team.name, gpus=20, user=MEMBER)  # 20 GPU-minutes at most
    eventually(lambda: slurm.reason_of(held), "AssocGrpGRESMinutes")
    free = slurm.send(team.name, gpus=20, user="")
    eventually(lambda: slurm.states(free), ["COMPLETED"])
    assert slurm.state_of(held) == "PENDING"
    team.apply(None, eventually)
    assert team.caps() == {}
    eventually(lambda: slurm.states(held), ["COMPLETED"])


def test_a_cap_that_somebody_changed_by_hand_is_drift_and_is_mended(slurm, team, eventually):
    team.apply(9, eventually)
    slurm.run(
        *("sacctmgr", "-iQ", "modify", "user", "where", f"user={MEMBER}"),
        *(f"account={team.name}", "set", "GrpTRESMins=gres/gpu:h100=900,cpu=77"),
    )
    eventually(lambda: [step.verb for step in team.plan(9).steps], [Verb.SET_CAP])
    assert "should be 9 minutes and is 900 minutes" in team.plan(9).steps[0].reason
    team.apply(9, eventually)
    assert team.caps() == {MEMBER: {GPU: 9, "cpu": 77}}  # what the office did not order stays
