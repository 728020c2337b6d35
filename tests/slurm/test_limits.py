"""Limits on a real Slurm: planned, applied, read back, and felt by the jobs."""

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import plan_limits
from apportion.core.faults import WorldError
from apportion.core.ids import ProjectId, ResourceCode

pytestmark = pytest.mark.slurm
GPU = ResourceCode("gpu:h100")


def plan(slurm, project, minutes):
    desired = [ProjectLimit(project=ProjectId(project), minutes={GPU: minutes})]
    actual = SlurmCluster(slurm.name).read_limits()
    return plan_limits(desired=desired, actual=actual, generation=1)


def apply(slurm, planned):
    for step in planned.steps:
        SlurmCluster(slurm.name).apply_step(step)


def test_a_limit_matches_only_after_slurm_was_asked_and_said_so(slurm):
    account = slurm.add_account()
    planned = plan(slurm, account, 100)
    assert not planned.matches
    apply(slurm, planned)
    assert plan(slurm, account, 100).matches


def test_applying_again_changes_nothing(slurm):
    account = slurm.add_account()
    first = plan(slurm, account, 100)
    apply(slurm, first)
    apply(slurm, first)
    assert plan(slurm, account, 100).matches


def test_a_limit_that_an_operator_set_on_something_else_stays(slurm):
    account = slurm.add_account()
    set_by_hand = ("set", "GrpTRESMins=cpu=5000")
    slurm.run("sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", *set_by_hand)
    apply(slurm, plan(slurm, account, 100))
    assert SlurmCluster(slurm.name).read_limits()[account] == {"cpu": 5000, GPU: 100}


def test_a_change_by_hand_is_found_as_drift(slurm):
    account = slurm.add_account()
    apply(slurm, plan(slurm, account, 100))
    raised = ("set", "GrpTRESMins=gres/gpu:h100=999")
    slurm.run("sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", *raised)
    [drift] = plan(slurm, account, 100).drifts
    assert (drift.desired, drift.actual) == (100, 999)


def test_a_project_name_in_capitals_finds_its_association(slurm):
    slurm.add_account("Depth-Recurrent")
    apply(slurm, plan(slurm, "Depth-Recurrent", 30))
    assert plan(slurm, "Depth-Recurrent", 30).matches


def test_a_job_beyond_the_limit_is_held_and_a_raised_limit_lets_it_run(slurm, eventually):
    account = slurm.add_account()
    apply(slurm, plan(slurm, account, 50))
    job = slurm.submit(account, gpus="h100:60", wait=False)  # up to 60 GPU-minutes: over the limit
    eventually(lambda: slurm.run("squeue", "-h", "-j", job, "-o", "%r"), "AssocGrpGRESMinutes")
    apply(slurm, plan(slurm, account, 500))
    eventually(lambda: slurm.run("sacct", "-nPX", "-j", job, "-o", "state"), "COMPLETED")


def test_a_resource_that_this_slurm_does_not_count_is_an_error_that_names_it(slurm):
    account = slurm.add_account()
    desired = [ProjectLimit(project=ProjectId(account), minutes={ResourceCode("gpu:b200"): 1})]
    actual = SlurmCluster(slurm.name).read_limits()
    with pytest.raises(WorldError, match="gpu:b200"):
        apply(slurm, plan_limits(desired=desired, actual=actual, generation=1))


def test_an_association_that_vanished_is_an_error_and_not_a_success(slurm):
    account = slurm.add_account()
    planned = plan(slurm, account, 100)
    slurm.run("sacctmgr", "-iQ", "delete", "account", account)
    with pytest.raises(WorldError, match="Nothing modified"):
        apply(slurm, planned)
    assert plan(slurm, account, 100).absent == (account,)
