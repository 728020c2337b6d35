"""Slurm's traps, each as the real thing does it, and how the office stays out of it."""

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.core.enforce.counters import Cause, Counter, Reading, watch_counters
from apportion.core.enforce.plan import Step, Verb
from apportion.core.faults import WorldError
from apportion.core.ids import ProjectId, ResourceCode

pytestmark = pytest.mark.slurm
GPU = ResourceCode("gpu:h100")
SET = "GrpTRESMins=gres/gpu:h100="


def limit(account, minutes):
    return Step(
        verb=Verb.SET_LIMIT,
        association=account,
        reason="a test",
        generation=1,
        minutes={GPU: minutes},
    )


@pytest.fixture
def cluster(slurm):
    return SlurmCluster(slurm.name)


@pytest.fixture
def account(slurm):
    return slurm.add_account()


def there(cluster, account):
    return cluster.read_tree().associations[account]


def by_hand(slurm, account, setting):
    return slurm.ask(
        "sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", "set", setting
    )


def test_a_missing_account_name_changes_every_account_and_the_office_never_leaves_it_out(
    slurm, cluster, account
):
    done = slurm.ask("sacctmgr", "-iQ", "modify", "account", "set", "GrpJobs=77777")
    assert done.returncode == 0
    jobs = slurm.run("sacctmgr", "-nP", "show", "assoc", "user=", "format=grpjobs").splitlines()
    assert set(jobs) == {"77777"}
    slurm.run("sacctmgr", "-iQ", "modify", "account", "set", "GrpJobs=-1")
    for name in ("", " ", "root"):
        with pytest.raises(ValueError, match="no name for Slurm"):
            cluster.carry_out([limit(name, 5)])


@pytest.mark.parametrize(("written", "kept"), [("abc", 0), ("1e3", 1), ("1.5", 1)])
def test_what_is_no_integer_becomes_another_limit_and_the_office_writes_integers_alone(
    slurm, cluster, account, written, kept
):
    assert by_hand(slurm, account, f"{SET}{written}").returncode == 0
    assert there(cluster, account).minutes == {GPU: kept}
    with pytest.raises((ValueError, TypeError)):
        cluster.carry_out([limit(account, written)])


def test_a_negative_limit_becomes_none_and_the_office_neither_writes_nor_believes_it(
    slurm, cluster, account, eventually
):
    assert by_hand(slurm, account, f"{SET}-5").returncode == 0
    job = slurm.submit(account, gpus="h100:60", wait=False)
    eventually(lambda: slurm.run("sacct", "-nPX", "-j", job, "-o", "state"), "COMPLETED")
    assert there(cluster, account).minutes == {}
    with pytest.raises(ValueError, match="below zero"):
        cluster.carry_out([limit(account, -5)])


def test_nothing_modified_is_a_failure_of_one_order_and_the_same_again_is_none(
    slurm, cluster, account
):
    assert by_hand(slurm, "no-such-account", f"{SET}5").returncode == 1
    answers = cluster.carry_out([limit("no-such-account", 5), limit(account, 5)])
    assert [answer.said for answer in answers] == ["Nothing modified"]
    assert cluster.carry_out([limit(account, 5)]) == ()
    assert there(cluster, account).minutes == {GPU: 5}


def test_under_safe_a_running_job_is_not_killed_by_a_cut_and_new_ones_wait(
    slurm, cluster, account, eventually
):
    cluster.carry_out([limit(account, 500)])
    runs = slurm.submit(account, gpus="h100:20", command="sleep 4", wait=False)
    eventually(lambda: slurm.run("squeue", "-h", "-j", runs, "-o", "%T"), "RUNNING")
    cluster.carry_out([limit(account, 0)])
    waits = slurm.submit(account, gpus="h100:1", wait=False)
    eventually(lambda: slurm.run("squeue", "-h", "-j", waits, "-o", "%r"), "AssocGrpGRESMinutes")
    eventually(lambda: slurm.run("sacct", "-nPX", "-j", runs, "-o", "state"), "COMPLETED")
    slurm.run("scancel", waits)


def test_resetting_usage_under_a_running_job_loses_some_and_is_found_as_a_fall(
    slurm, cluster, account, eventually
):
    slurm.submit(account, gpus="h100:60", command="sleep 3")
    eventually(lambda: there(cluster, account).used[GPU] >= 3, True)
    before = there(cluster, account).used[GPU]
    job = slurm.submit(account, gpus="h100:60", command="sleep 60", wait=False)
    eventually(lambda: there(cluster, account).running, 1)
    slurm.run(
        "sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", "set", "RawUsage=0"
    )
    eventually(lambda: there(cluster, account).used[GPU] < before, True)
    now = there(cluster, account)
    place = (ProjectId(account), GPU)
    after, [alarm] = watch_counters(
        {place: Counter(minutes=before)},
        {place: Reading(minutes=now.used[GPU], running=now.running)},
        {},
    )
    assert alarm.cause is Cause.FELL
    assert after[place].lost == before - now.used[GPU]
    slurm.run("scancel", job)


def test_a_user_without_a_unix_account_is_taken_by_slurm_and_told_by_the_office(
    slurm, cluster, account
):
    add = Step(
        verb=Verb.ADD_MEMBER, association=account, reason="a test", generation=1, user="ghost"
    )
    assert cluster.carry_out([add]) == ()
    assert there(cluster, account).ghosts == {"ghost"}


def test_an_account_or_member_with_live_jobs_cannot_be_removed_and_that_is_told(
    slurm, cluster, account, eventually
):
    user = slurm.run("id", "-un")
    job = slurm.submit(account, gpus="h100:1", command="sleep 30", wait=False)
    eventually(lambda: there(cluster, account).running, 1)
    # slurmdbd says which jobs live, and learns of one some seconds after slurmctld started it
    eventually(lambda: slurm.run("sacct", "-nPX", "-j", job, "-o", "state"), "RUNNING")
    remove = Step(
        verb=Verb.REMOVE_MEMBER, association=account, reason="a test", generation=1, user=user
    )
    [answer] = cluster.carry_out([remove])
    assert "Job(s) active" in answer.said
    assert there(cluster, account).members == {user}
    done = slurm.ask("sacctmgr", "-iQ", "delete", "account", account)
    assert (done.returncode, "Job(s) active" in done.stdout + done.stderr) == (1, True)
    slurm.run("scancel", job)


def test_where_slurmdbd_is_down_nothing_is_ordered_and_the_office_may_try_again(
    slurm, cluster, account
):
    slurm.kill("slurmdbd")
    try:
        with pytest.raises(WorldError) as heard:
            cluster.carry_out([limit(account, 5)])
        assert heard.value.retryable
    finally:
        slurm.start()
    assert cluster.carry_out([limit(account, 5)]) == ()
    assert there(cluster, account).minutes == {GPU: 5}


def saved_at(slurm, name):
    """When slurmctld last saved a part of its state; 0 before the first time."""
    path = slurm.state / "spool" / "ctld" / name
    return path.stat().st_mtime_ns if path.exists() else 0


def test_a_killed_slurmctld_forgets_what_it_counted_and_the_fall_is_found(
    slurm, cluster, account, eventually
):
    cluster.carry_out([limit(account, 500)])
    while True:
        saved = saved_at(slurm, "assoc_usage")
        slurm.submit(account, gpus="h100:60", command="sleep 3")
        ended = saved_at(slurm, "job_state")
        eventually(lambda: there(cluster, account).used[GPU] >= 3, True)
        eventually(lambda since=ended: saved_at(slurm, "job_state") > since, True)
        if saved_at(slurm, "assoc_usage") == saved:  # else that was the one time in five minutes
            break
    before = there(cluster, account).used[GPU]
    slurm.kill("slurmctld")
    with pytest.raises(WorldError):
        cluster.read_tree()
    slurm.start()
    now = there(cluster, account)
    assert now.minutes == {GPU: 500}
    assert now.used[GPU] < before  # its last save was before the job
    place = (ProjectId(account), GPU)
    after, [alarm] = watch_counters(
        {place: Counter(minutes=before)},
        {place: Reading(minutes=now.used[GPU], running=now.running)},
        {},
    )
    assert (alarm.was, after[place].lost) == (before, before - now.used[GPU])


def test_without_i_and_with_stdin_closed_sacctmgr_succeeds_and_does_nothing(slurm, cluster):
    """It waits half a minute for an answer: it was asked when the cluster started."""
    code, said = slurm.hear_unanswered()
    assert (code, "Changes Discarded" in said) == (0, True)
    assert "unanswered" not in cluster.read_tree().qos
    same = Step(
        verb=Verb.ADD_QOS, association="any", reason="a test", generation=1, qos="unanswered"
    )
    assert cluster.carry_out([same]) == ()
    assert "unanswered" in cluster.read_tree().qos
