"""Caps of members on a real Slurm: ordered on the member's association, read back, felt by jobs."""

import getpass
import os

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.apps.apply.queries import find_project
from apportion.apps.members.actions import set_cap
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import Site, Verb, plan_limits
from apportion.core.ids import ProjectId, ResourceCode
from tests.apps.small_lab import HOUR
from tests.slurm.conftest import TAKE_ALL
from tests.slurm.lab import Lab

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


@pytest.mark.django_db(transaction=True)
def test_slurmctld_says_whose_job_it_is_so_that_a_cap_is_refused_as_the_job_is_sent(
    slurm, settings, live_server, client, capfd
):
    if os.geteuid() != 0:
        pytest.skip("sends jobs as other users, which takes root")
    lab = Lab(slurm, settings)
    [slug] = lab.fund(capped=HOUR)
    lab.limits()
    settings.APPORTION_ADMISSION_TOKEN = "a-long-word-for-tests"
    lead, member, free = lab.team
    cap = {"resource": GPU, "amount": 60, "ends_at": None}
    set_cap(project=find_project(slug), person=member, by=lead, now=lab.now, **cap)
    where = ["--host", live_server.thread.host, "--port", str(live_server.thread.port)]
    client.post("/admission/ask", {"account": slug})  # the first call of a process is the slowest
    capfd.readouterr()
    lab.does(
        "admission-script", "--cluster", slurm.name, *where, "--patience", "10", "--fail-closed"
    )
    script = slurm.state / "etc" / "job_submit.lua"
    try:
        script.write_text(capfd.readouterr().out)
        at = int(lab.now.timestamp()) + 600
        os.utime(script, (at, at))
        slurm.run("scontrol", "reconfigure")
        refused = slurm.ask(*slurm.order(slug, gpus="h100:2", user=member.username))
        assert refused.returncode != 0
        assert f"cap of {member.username}" in refused.stderr
        assert slurm.send(slug, gpus=2, user=free.username).isdigit()
    finally:
        script.write_text(TAKE_ALL)
        os.utime(script, (at + 60, at + 60))
        slurm.run("scontrol", "reconfigure")
