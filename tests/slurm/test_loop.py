"""The whole loop on a real Slurm: grants set limits, jobs burn credits, the books equal sacct."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.apps.ledger.audit import audit_books
from apportion.apps.meter.admission import list_holds
from apportion.apps.meter.models import Charge
from apportion.apps.meter.reconciling import find_differences
from apportion.office.cli import run
from tests.apps.small_lab import HOUR
from tests.slurm.conftest import USERS
from tests.slurm.lab import Lab
from tests.slurm.load_jobs import load_jobs

pytestmark = [pytest.mark.slurm, pytest.mark.django_db]
MINUTE = 60


@pytest.fixture
def lab(slurm, settings):
    return Lab(slurm, settings)


def test_two_projects_and_three_users_are_charged_what_sacct_says_to_the_gpu_second(
    lab, slurm, eventually, recorded, capfd
):
    one, two = lab.fund(one=10 * HOUR, two=10 * HOUR)
    story = recorded("two-projects", lab)
    lab.limits()
    done = slurm.send(one, gpus=7, user=USERS[0])
    array = slurm.send(one, gpus=2, user=USERS[1], more=["-a", "0-2"])
    failed = slurm.send(two, gpus=3, user=USERS[2], command="sleep 1; exit 3")
    cancelled = slurm.send(two, gpus=5, command="sleep 60")
    eventually(lambda: slurm.states(cancelled), ["RUNNING"])
    lab.sync()
    assert {hold.owner for hold in list_holds()} >= {two}
    slurm.run("scancel", cancelled)
    eventually(lambda: slurm.states(cancelled), ["CANCELLED"])
    eventually(lambda: slurm.states(array), ["COMPLETED"] * 3)
    eventually(lambda: slurm.states(done) + slurm.states(failed), ["COMPLETED", "FAILED"])
    eventually(lab.differences(one, two), [0, 0])
    assert lab.charged(one) >= 7 * 2 + 3 * 2 * 2
    users = set(Charge.objects.filter(account=one).values_list("user", flat=True))
    assert users == (set(USERS[:2]) if os.geteuid() == 0 else {slurm.run("id", "-un")})
    states = set(Charge.objects.filter(account=two).values_list("state", flat=True))
    assert states == {"CANCELLED", "FAILED"}
    assert list_holds() == []
    before = Charge.objects.count()
    lab.sync()
    assert Charge.objects.count() == before
    story.write()
    capfd.readouterr()
    assert run(["usage", "reconcile", "--cluster", slurm.name, "--as", "ops", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert {row["account"] for row in rows} >= {one, two}
    assert [row for row in rows if row["in_suspense"] and row["account"] in {one, two}] == []
    assert audit_books().differences == ()


def test_a_job_of_an_exhausted_project_is_held_and_starts_after_a_supplement(
    lab, slurm, eventually
):
    [slug] = lab.fund(dry=62 * MINUTE)
    lab.limits()
    first = slurm.send(slug, gpus=60, command="sleep 3")
    eventually(lambda: slurm.states(first), ["COMPLETED"])
    job = slurm.send(slug, gpus=60)
    eventually(lambda: slurm.reason_of(job), "AssocGrpGRESMinutes")
    wish = ["--resource", "gpu:h100", "--amount", "0.25", "--why", "The last run needs it."]
    lab.does("change", "ask", "supplement", slug, *wish, "--as", lab.team[0].username)
    lab.does("change", "decide", f"{slug}-supplement-1", "--grant", "--as", "mia")
    assert slurm.reason_of(job) == "AssocGrpGRESMinutes"
    lab.tick()
    eventually(lambda: slurm.states(job), ["COMPLETED"])
    eventually(lab.differences(slug), [0])
    assert audit_books().differences == ()


def test_a_job_over_midnight_counts_on_both_days(lab, slurm):
    [slug] = lab.fund(night=10 * HOUR)
    lab.limits()
    today = datetime(lab.now.year, lab.now.month, lab.now.day, tzinfo=UTC)
    midnight = int(today.timestamp()) - 86_400
    job = {"account": slug, "user": lab.team[0].username, "state": "COMPLETED", "gpus": 4}
    times = {"submit": midnight - 1100, "start": midnight - 1000, "end": midnight + 500}
    assert load_jobs(slurm.state, slurm.name, [job | times]) == 1
    since = f"{today - timedelta(days=3):%Y-%m-%d}"
    assert lab.sync("--since", since) == 0
    lab.does("usage", "reconcile", "--cluster", slurm.name, "--as", "ops", "--since", since)
    assert not find_differences().filter(account=slug).exists()
    assert lab.charged(slug) == 6000


def test_an_account_with_a_hostile_name_is_text_to_us_and_its_jobs_wait_in_suspense(
    lab, slurm, tmp_path, monkeypatch, eventually
):
    monkeypatch.chdir(tmp_path)
    [slug] = lab.fund(honest=10 * HOUR)
    lab.limits()
    name = "évil; touch loot 'x' $(touch loot)"
    user = slurm.run("id", "-un")
    slurm.run("sacctmgr", "-iQ", "add", "account", name)
    slurm.run("sacctmgr", "-iQ", "add", "user", user, f"account={name}")
    held = SlurmCluster(slurm.name).read_tree().associations
    [there] = [account for account in held if account.startswith("évil")]
    job = slurm.run(*slurm.order(there, gpus="h100:2"))
    eventually(lambda: slurm.states(job), ["COMPLETED"])
    differ = lab.differences(slug, there)
    charges = Charge.objects.filter(account=there)
    eventually(lambda: (differ(), len(charges.all())), ([0, 0], 1))
    [charge] = charges.all()
    assert (charge.project, charge.unit_seconds) == (None, slurm.used(there))
    lab.limits()
    assert not (tmp_path / "loot").exists()
