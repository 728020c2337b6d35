"""Limits on a real Slurm: planned, applied, read back, and felt by the jobs."""

from dataclasses import replace

import pytest

from apportion.adapters.slurm.client import FEWEST, SlurmCluster
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import Means, Site, Step, Verb, plan_limits
from apportion.core.faults import BadInput
from apportion.core.ids import ProjectId, ResourceCode

pytestmark = pytest.mark.slurm
GPU = ResourceCode("gpu:h100")


class Office:
    """Plans and applies for one project at a time, under a pool of its own."""

    def __init__(self, slurm):
        self.slurm = slurm
        self.cluster = SlurmCluster(slurm.name)
        self.site = Site(pool=f"pool-{slurm.number()}")

    def read(self):
        return self.cluster.read_tree(qos=True)

    def plan(self, project, minutes, **more):
        wish = ProjectLimit(project=ProjectId(project), minutes={GPU: minutes}, **more)
        return plan_limits(desired=[wish], tree=self.read(), site=self.site, generation=1)

    def order(self, planned):
        answers = self.cluster.carry_out(planned.steps)
        assert answers == (), answers

    def apply(self, project, minutes, eventually, **more):
        self.order(self.plan(project, minutes, **more))
        eventually(lambda: self.plan(project, minutes, **more).steps, ())


@pytest.fixture
def office(slurm):
    return Office(slurm)


def reason_of(slurm, job):
    return lambda: slurm.run("squeue", "-h", "-j", job, "-o", "%r")


def state_of(slurm, job):
    return lambda: slurm.run("sacct", "-nPX", "-j", job, "-o", "state")


def test_applying_again_changes_nothing(slurm, office, eventually):
    account = slurm.add_account()
    first = office.plan(account, 100)
    office.apply(account, 100, eventually)
    office.order(first)
    assert office.plan(account, 100).matches


def test_many_limits_that_change_at_once_hold_and_one_that_slurm_refuses_stops_no_other(
    slurm, office, eventually
):
    accounts = [f"many-{number}" for number in range(2 * FEWEST)]
    slurm.run("sacctmgr", "-iQ", "add", "account", ",".join(accounts), f"cluster={slurm.name}")
    steps = [
        Step(verb=Verb.SET_LIMIT, association=name, reason="", generation=1, minutes={GPU: place})
        for place, name in enumerate([*accounts[:3], "vanished", *accounts[3:]])
    ]
    answers = office.cluster.carry_out(steps)
    assert [(one.step.association, one.said) for one in answers] == [
        ("vanished", "Nothing modified")
    ]
    wanted = {one.association: one.minutes for one in steps if one.association != "vanished"}
    held = lambda: {name: office.read().associations[name].minutes for name in accounts}  # noqa: E731  asked again
    eventually(held, wanted)


def test_a_limit_that_an_operator_set_on_something_else_stays(slurm, office, eventually):
    account = slurm.add_account()
    by_hand = ("set", "GrpTRESMins=cpu=5000")
    slurm.run("sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", *by_hand)
    office.apply(account, 100, eventually)
    assert office.read().associations[account].minutes == {"cpu": 5000, GPU: 100}


def test_an_account_made_by_hand_keeps_its_members_and_its_place(slurm, office, eventually):
    account = slurm.add_account("Depth-Recurrent").lower()
    office.apply("Depth-Recurrent", 30, eventually, members=("daemon",))
    there = office.read().associations[account]
    assert (there.parent, there.members) == ("root", {slurm.run("id", "-un")})


def test_a_new_project_gets_account_limit_and_members_in_one_batch(slurm, office, eventually):
    name = f"new-{slurm.number()}"
    office.apply(name, 60, eventually, members=("daemon", "nobody"))
    there = office.read().associations[name]
    assert (there.parent, there.minutes) == (office.site.pool, {GPU: 60})
    assert there.members == {"daemon", "nobody"}
    office.apply(name, 60, eventually, members=("daemon",))
    assert office.read().associations[name].members == {"daemon"}


def test_a_job_beyond_the_limit_is_held_and_a_raised_limit_lets_it_run(slurm, office, eventually):
    account = slurm.add_account()
    office.apply(account, 50, eventually)
    job = slurm.submit(account, gpus="h100:60", wait=False)  # up to 60 GPU-minutes: over the limit
    eventually(reason_of(slurm, job), "AssocGrpGRESMinutes")
    office.apply(account, 500, eventually)
    eventually(state_of(slurm, job), "COMPLETED")


def test_what_jobs_used_is_read_with_the_limit_in_one_question(slurm, office, eventually):
    account = slurm.add_account()
    office.apply(account, 500, eventually)
    slurm.submit(account, gpus="h100:60", command="sleep 3")
    eventually(lambda: office.read().associations[account].used[GPU] >= 3, True)
    there = SlurmCluster(slurm.name).read_tree().associations[account]
    assert there.minutes == {GPU: 500}
    assert there.used[GPU] <= 20
    assert there.running == 0


def test_where_qos_hold_limits_a_job_beyond_one_is_held_and_other_qos_are_refused(
    slurm, office, eventually
):
    account = slurm.add_account()
    office.site = replace(office.site, means=Means.QOS)
    office.apply(account, 50, eventually)
    job = slurm.submit(account, gpus="h100:60", wait=False)
    eventually(reason_of(slurm, job), "QOSGrpGRESMinutes")
    flags = slurm.run("sacctmgr", "-nP", "show", "qos", f"apportion_{account}", "format=flags")
    assert flags == "NoDecay"
    other = slurm.ask("sbatch", "-A", account, "--qos=normal", "--wrap", "true")
    assert other.returncode != 0
    office.apply(account, 500, eventually)
    eventually(state_of(slurm, job), "COMPLETED")


def test_a_hold_refuses_new_jobs_and_letting_go_takes_them_again(slurm, office, eventually):
    account = slurm.add_account()
    office.apply(account, 500, eventually, hold="put aside")
    refused = slurm.ask("sbatch", "-A", account, "-t", "1", "--wrap", "true")
    assert refused.returncode == 1
    assert "AssocGrpSubmitJobsLimit" in refused.stderr
    office.apply(account, 500, eventually, held=True)
    slurm.submit(account, gpus="h100:1", wait=False)


def test_a_boosted_job_requeues_one_that_runs_and_after_that_it_may_not(slurm, office, eventually):
    lender, flagship = slurm.add_account(), slurm.add_account()
    office.apply(flagship, 500, eventually, boost="code red")
    victim = slurm.submit(lender, gpus="h100:60", command="sleep 30", wait=False)
    eventually(lambda: slurm.run("squeue", "-h", "-j", victim, "-o", "%T"), "RUNNING")
    job = slurm.submit(flagship, gpus="h100:60", wait=False)
    eventually(state_of(slurm, job), "COMPLETED")
    assert slurm.run("squeue", "-h", "-j", victim, "-o", "%T") == "PENDING"
    slurm.run("scancel", victim)
    office.apply(flagship, 500, eventually)
    there = office.read().associations[flagship]
    assert ("codered" in there.qos, there.default_qos) == (False, "")


def test_a_resource_that_this_slurm_does_not_count_is_told_and_stops_no_other(slurm, office):
    account, other = slurm.add_account(), slurm.add_account()
    wishes = [
        ProjectLimit(project=ProjectId(account), minutes={ResourceCode("gpu:b200"): 1}),
        ProjectLimit(project=ProjectId(other), minutes={GPU: 7}),
    ]
    planned = plan_limits(desired=wishes, tree=office.read(), site=office.site, generation=1)
    [answer] = office.cluster.carry_out(planned.steps)
    assert answer.step.association == account
    assert office.read().associations[other].minutes == {GPU: 7}


def test_an_account_that_vanished_is_told_and_planned_anew(slurm, office):
    account = slurm.add_account()
    planned = office.plan(account, 100)
    slurm.run("sacctmgr", "-iQ", "delete", "account", account)
    [answer] = office.cluster.carry_out(planned.steps)
    assert answer.said == "Nothing modified"
    assert office.plan(account, 100).steps[0].verb is Verb.ADD_ACCOUNT


@pytest.mark.parametrize("name", ["x;reboot", "a b", "", "-r", "a\nb"])
def test_a_hostile_name_of_a_cluster_never_reaches_slurm(name):
    with pytest.raises(BadInput, match="not the name of a cluster"):
        SlurmCluster(name)
