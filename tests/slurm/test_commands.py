"""The verbs of `apportion limits` against a real cluster, from the books to the scheduler and back."""

import json

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.apps.enforce.queries import list_limits, list_orders
from apportion.core.ledger import Kind
from apportion.office.cli import run
from apportion.office.levers import reconcile
from tests.apps.enforce.books import give
from tests.apps.small_lab import HOUR, NOW, file_request, open_spring, people

TEN_HOURS = "gres/gpu:h100=600"
pytestmark = [pytest.mark.slurm, pytest.mark.django_db]


@pytest.fixture
def project(slurm, settings):
    """One project that was given 10 GPU-hours, with an association on the cluster."""
    settings.APPORTION_CLOCK = lambda: NOW
    settings.APPORTION_SLURM_POOL = f"pool-{slurm.number()}"
    folk = people()
    slug = slurm.add_account()
    file_request(open_spring(folk["eve"]), folk["ann"], slug)
    give("pool", 0, Kind.ISSUED, Kind.POOL, 100 * HOUR)
    give(slug, 1, Kind.POOL, Kind.PROJECT, 10 * HOUR)
    return slug


def test_limits_are_planned_applied_checked_and_found_changed(slurm, project, capfd):
    assert run(["limits", "preflight", "--cluster", slurm.name]) == 0
    assert run(["limits", "plan", "--cluster", slurm.name]) == 0
    planned = capfd.readouterr().out.splitlines()
    command = f"sacctmgr -iQ modify account where account={project} cluster={slurm.name}"
    assert planned[-1] == f"{command} set GrpTRESMins=gres/gpu:h100=600"
    assert run(["limits", "check", "--cluster", slurm.name]) == 1
    assert "should be 600 minutes and is no limit" in capfd.readouterr().err

    assert run(["limits", "apply", "--cluster", slurm.name, "--as", "ops"]) == 0
    assert capfd.readouterr().out.endswith("The scheduler's limits match the books.\n")
    assert [limit.applied for limit in list_limits()] == [True]
    assert run(["limits", "check", "--cluster", slurm.name]) == 0
    capfd.readouterr()

    where = ("where", f"account={project}", "set", "GrpTRESMins=gres/gpu:h100=1")
    slurm.run("sacctmgr", "-iQ", "modify", "account", *where)
    assert run(["limits", "check", "--cluster", slurm.name]) == 1
    assert [limit.applied for limit in list_limits()] == [False]
    capfd.readouterr()
    assert run(["limits", "show", "--json"]) == 0
    [found] = json.loads(capfd.readouterr().out)
    assert (found["subject"], found["mend"]) == (project, f"{command} set GrpTRESMins={TEN_HOURS}")


def test_the_conductor_tells_of_drift_and_mends_it_where_the_site_wants_that(
    slurm, project, settings, capfd
):
    settings.APPORTION_RECONCILE = "watch"
    assert reconcile(SlurmCluster(slurm.name), mend=False, now=NOW) == (
        f"{slurm.name}: 1 differences; apportion limits show"
    )
    told = reconcile(SlurmCluster(slurm.name), mend=True, now=NOW)
    assert told == f"{slurm.name}: 1 orders to the scheduler"
    assert reconcile(SlurmCluster(slurm.name), mend=True, now=NOW) == ""
    assert [(order.by, order.in_force_at) for order in list_orders()] == [(None, NOW)]


def test_an_existing_tree_is_taken_over_and_the_first_plan_finds_nothing_to_change(
    slurm, project, settings, capfd
):
    above, account = f"old-{slurm.number()}", f"lab-{slurm.number()}"
    slurm.run("sacctmgr", "-iQ", "add", "account", above)
    slurm.run("sacctmgr", "-iQ", "add", "account", account, f"parent={above}")
    slurm.run("sacctmgr", "-iQ", "add", "user", "daemon", f"account={account}")
    limit = ("set", "GrpTRESMins=gres/gpu:h100=90")
    slurm.run("sacctmgr", "-iQ", "modify", "account", "where", f"account={account}", *limit)
    command = ["limits", "import", "--cluster", slurm.name, "--under", above, "--as", "ops"]
    assert run(command) == 0
    told = f"{account}: becomes a project; members daemon; gpu:h100 90 min\n"
    assert capfd.readouterr().out == told
    assert run([*command, "--area", "foundations", "--go"]) == 0
    capfd.readouterr()
    assert run(["limits", "plan", "--cluster", slurm.name]) == 0
    assert account not in capfd.readouterr().out
    assert run(command) == 0
    assert "is a project already" in capfd.readouterr().out


def test_applying_by_somebody_who_is_no_operator_is_refused_and_touches_nothing(slurm, project):
    assert run(["limits", "apply", "--cluster", slurm.name, "--as", "ann"]) == 4
    assert list_limits() == []


def test_a_cluster_that_slurm_does_not_know_is_unavailable(slurm, project, capfd):
    assert run(["limits", "check", "--cluster", "nowhere"]) == 69
    assert "nowhere" in capfd.readouterr().err
