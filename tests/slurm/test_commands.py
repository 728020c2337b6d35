"""The verbs of `apportion limits` against a real cluster, from the books to the scheduler and back."""

import pytest

from apportion.apps.enforce.queries import list_limits
from apportion.core.ledger import Kind
from apportion.office.cli import run
from tests.apps.enforce.books import give
from tests.apps.small_lab import HOUR, NOW, file_request, open_spring, people

pytestmark = [pytest.mark.slurm, pytest.mark.django_db]


@pytest.fixture
def project(slurm, settings):
    """One project that was given 10 GPU-hours, with an association on the cluster."""
    settings.APPORTION_CLOCK = lambda: NOW
    folk = people()
    slug = slurm.add_account()
    file_request(open_spring(folk["eve"]), folk["ann"], slug)
    give("pool", 0, Kind.ISSUED, Kind.POOL, 100 * HOUR)
    give(slug, 1, Kind.POOL, Kind.PROJECT, 10 * HOUR)
    return slug


def test_limits_are_planned_applied_checked_and_found_changed(slurm, project, capfd):
    assert run(["limits", "plan", "--cluster", slurm.name]) == 0
    planned = capfd.readouterr().out.splitlines()
    command = f"sacctmgr -iQ modify account where account={project} cluster={slurm.name}"
    assert planned == [f"{command} set GrpTRESMins=gres/gpu:h100=600"]
    assert run(["limits", "check", "--cluster", slurm.name]) == 1
    assert "should be 600 minutes and is no limit" in capfd.readouterr().err

    assert run(["limits", "apply", "--cluster", slurm.name, "--as", "ops"]) == 0
    assert capfd.readouterr().out.endswith("The scheduler's limits match the books.\n")
    assert [limit.applied for limit in list_limits()] == [True]
    assert run(["limits", "check", "--cluster", slurm.name]) == 0

    where = ("where", f"account={project}", "set", "GrpTRESMins=gres/gpu:h100=1")
    slurm.run("sacctmgr", "-iQ", "modify", "account", *where)
    assert run(["limits", "check", "--cluster", slurm.name]) == 1
    assert [limit.applied for limit in list_limits()] == [False]


def test_applying_by_somebody_who_is_no_operator_is_refused_and_touches_nothing(slurm, project):
    assert run(["limits", "apply", "--cluster", slurm.name, "--as", "ann"]) == 4
    assert list_limits() == []


def test_a_cluster_that_slurm_does_not_know_has_no_associations(slurm, project, capfd):
    assert run(["limits", "check", "--cluster", "nowhere"]) == 1
    assert f"{project}: the scheduler knows no such account" in capfd.readouterr().err
