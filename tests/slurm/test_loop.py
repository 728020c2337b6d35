"""The whole loop on a real Slurm: grants set limits, jobs burn credits, the books equal sacct."""

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apportion.apps.apply.actions import start_project
from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.audit import audit_books
from apportion.apps.meter import trimming
from apportion.apps.meter.admission import list_holds
from apportion.apps.meter.models import Charge
from apportion.apps.meter.reconciling import find_differences
from apportion.apps.rounds.actions import Dates, open_round
from apportion.apps.rounds.queries import find_area
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.office.cli import run
from tests.apps.small_lab import GPU, HOUR, POLICY, people
from tests.slurm.conftest import HERE, Slurm, free_ports, start
from tests.slurm.load_jobs import load_jobs, made_up

pytestmark = [pytest.mark.slurm, pytest.mark.django_db(transaction=True)]
TAKE_ALL = """function slurm_job_submit(job, partitions, uid) return slurm.SUCCESS end
function slurm_job_modify(job, record, partitions, uid) return slurm.SUCCESS end
return slurm.SUCCESS
"""
USERS = ("daemon", "bin", "mail")  # stand on every Debian and may own jobs
NUMBERS = itertools.count(1)
ROOT = HERE.parents[1]
TOKEN = "a-long-word-for-tests"


class Cluster(Slurm):
    """A cluster of its own, whose slurmctld asks a script before it takes a job."""

    def send(self, account, *, gpus, user=USERS[0], command="sleep 2", minutes=1, more=()):
        """Submits a job as a user, where this machine lets us; comes back at once."""
        as_user = [f"--uid={user}"] if os.geteuid() == 0 else []
        what = ["-A", account, f"--gres=gpu:h100:{gpus}", "-t", str(minutes)]
        where = ["-o", os.devnull, "-D", os.sep]
        words = ["sbatch", "--parsable", *as_user, *what, *where, *more, "--wrap", command]
        return self.run(*words)

    def states(self, job):
        text = self.run("sacct", "-nPXD", "-j", job, "-o", "state")
        return [line.split()[0] for line in text.splitlines()]

    def used(self, account):
        """What sacct itself says that an account used. Units: GPU-seconds."""
        fields = "elapsedraw,alloctres"
        since = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%dT%H:%M:%S}"  # noqa: TID251
        told = self.run("sacct", "-nPXaD", "-A", account, "-S", since, "-o", fields)
        found = 0
        for line in told.splitlines():
            seconds, tres = line.split("|")
            units = dict(part.split("=") for part in tres.split(",") if part)
            found += int(seconds) * int(units.get("gres/gpu", 0))
        return found


@pytest.fixture(scope="module")
def cluster():
    with tempfile.TemporaryDirectory(prefix="loop-", ignore_cleanup_errors=True) as name:
        state = Path(name)
        state.chmod(0o755)
        (state / "etc").mkdir()
        (state / "etc" / "job_submit.lua").write_text(TAKE_ALL)
        settings = {
            "SLURM_TEST_PORT": str(free_ports()),
            "SLURM_TEST_GPU_TYPES": "h100",
            "SLURM_TEST_CLUSTER": "loop",
            "SLURM_TEST_EXTRA": "JobSubmitPlugins=lua",
        }
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")  # noqa: TID251  where Debian keeps the daemons
            environment.setenv("SLURM_CONF", str(state / "etc" / "slurm.conf"))
            environment.setenv("TZ", "UTC")
            try:
                start(state, settings)
                yield Cluster(state=state, settings=settings, name="loop")
            finally:
                subprocess.run([HERE / "cluster-down", state], check=False)


class Lab:
    """An office whose round runs now, with projects that have associations on the cluster."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.folk = people()
        now = datetime.now(UTC)  # noqa: TID251  the cluster's jobs run in real time
        self.now = now.replace(microsecond=0)
        begin = now - timedelta(days=20)
        dates = Dates(
            requests_close_at=begin + timedelta(days=1),
            reviews_due_at=begin + timedelta(days=2),
            decision_at=begin + timedelta(days=3),
            appeals_until_at=begin + timedelta(days=4),
            credits_start_at=begin + timedelta(days=5),
            credits_end_at=now + timedelta(days=90),
        )
        open_round(slug="spring", policy_toml=POLICY, dates=dates, by=self.folk["eve"], now=begin)

    def project(self, seconds):
        """Starts a project with so many GPU-seconds, and its account with three users."""
        slug = f"lab-{next(NUMBERS)}"
        area = find_area("foundations")
        start_project(slug=slug, title=slug, area=area, lead=self.folk["ann"], now=self.now)
        self.move(slug, seconds)
        self.cluster.run("sacctmgr", "-iQ", "add", "account", slug, "cluster=loop")
        users = USERS if os.geteuid() == 0 else (self.cluster.run("id", "-un"),)
        for user in users:
            self.cluster.run("sacctmgr", "-iQ", "add", "user", user, f"account={slug}")
        return slug

    def move(self, slug, seconds):
        """Grants credits, or takes them back for something more urgent."""
        name = f"test {next(NUMBERS)}"
        pool, own = Key(Kind.ISSUED, "spring", GPU), Key(Kind.PROJECT, slug, GPU)
        leg = Transfer(
            id=transfer_id(1, name),
            debit=pool if seconds > 0 else own,
            credit=own if seconds > 0 else pool,
            amount=abs(seconds),
            code=TransferCode.GRANT if seconds > 0 else TransferCode.REDIRECT,
            source=name,
            effective_us=int(self.now.timestamp() - 86_400) * 1_000_000,
        )
        post_transfers([leg], now=self.now, actor="test")

    def limits(self):
        run(["limits", "apply", "--cluster", "loop", "--as", "ops"])

    def sync(self):
        return run(["usage", "sync", "--cluster", "loop", "--as", "ops", "--overlap", "240"])

    def charged(self, slug):
        return sum(Charge.objects.filter(account=slug).values_list("unit_seconds", flat=True))


@pytest.fixture
def lab(cluster, settings):
    settings.APPORTION_SLURM_POOL = "pool-loop"
    settings.APPORTION_REFUNDS = "NODE_FAIL=1,PREEMPTED=0.5"
    return Lab(cluster)


def reason(cluster, job):
    return lambda: cluster.run("squeue", "-h", "-j", job, "-o", "%r")


def equal(lab, cluster, *slugs):
    """Says whether, after a sync, the books hold what sacct says, account by account."""

    def ask():
        assert lab.sync() == 0
        return [lab.charged(slug) - cluster.used(slug) for slug in slugs]

    return ask


def test_two_projects_and_three_users_are_charged_what_sacct_says_to_the_gpu_second(
    lab, cluster, eventually, capfd
):
    one, two = lab.project(10 * HOUR), lab.project(10 * HOUR)
    lab.limits()
    done = cluster.send(one, gpus=7, user=USERS[0])
    array = cluster.send(one, gpus=2, user=USERS[1], more=["-a", "0-2"])
    failed = cluster.send(two, gpus=3, user=USERS[2], command="sleep 1; exit 3")
    cancelled = cluster.send(two, gpus=5, command="sleep 60")
    eventually(lambda: cluster.states(cancelled), ["RUNNING"])
    lab.sync()
    assert {hold.owner for hold in list_holds()} >= {two}
    cluster.run("scancel", cancelled)
    eventually(lambda: cluster.states(cancelled), ["CANCELLED"])
    eventually(lambda: cluster.states(array), ["COMPLETED"] * 3)
    eventually(lambda: cluster.states(done) + cluster.states(failed), ["COMPLETED", "FAILED"])
    eventually(equal(lab, cluster, one, two), [0, 0])
    assert lab.charged(one) >= 7 * 2 + 3 * 2 * 2
    users = set(Charge.objects.filter(account=one).values_list("user", flat=True))
    assert users == (set(USERS[:2]) if os.geteuid() == 0 else {cluster.run("id", "-un")})
    states = set(Charge.objects.filter(account=two).values_list("state", flat=True))
    assert states == {"CANCELLED", "FAILED"}
    assert list_holds() == []
    before = Charge.objects.count()
    lab.sync()
    assert Charge.objects.count() == before
    capfd.readouterr()
    assert run(["usage", "reconcile", "--cluster", "loop", "--as", "ops", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert {row["account"] for row in rows} >= {one, two}
    assert [row for row in rows if row["in_suspense"]] == []
    assert audit_books().differences == ()


def test_a_job_of_an_exhausted_project_is_held_and_starts_after_a_supplement(
    lab, cluster, eventually
):
    slug = lab.project(120)
    lab.limits()
    job = cluster.send(slug, gpus=60)
    eventually(reason(cluster, job), "AssocGrpGRESMinutes")
    lab.move(slug, 2 * HOUR)
    lab.limits()
    eventually(lambda: cluster.states(job), ["COMPLETED"])
    eventually(equal(lab, cluster, slug), [0])


def test_a_code_red_cut_holds_new_jobs_and_lets_the_running_one_end(lab, cluster, eventually):
    slug = lab.project(4 * HOUR)
    lab.limits()
    running = cluster.send(slug, gpus=2, command="sleep 6")
    eventually(lambda: cluster.states(running), ["RUNNING"])
    lab.move(slug, -(4 * HOUR - 120))
    lab.limits()
    job = cluster.send(slug, gpus=60)
    eventually(reason(cluster, job), "AssocGrpGRESMinutes")
    eventually(lambda: cluster.states(running), ["COMPLETED"])
    cluster.run("scancel", job)
    eventually(equal(lab, cluster, slug), [0])


def test_a_preempted_and_requeued_job_pays_for_each_run_and_gets_half_of_the_first_back(
    lab, cluster, eventually
):
    slug = lab.project(10 * HOUR)
    cluster.ask("sacctmgr", "-iQ", "add", "qos", "flagship", "preempt=normal", "priority=1000")
    cluster.run(*f"sacctmgr -iQ modify account where account={slug} set qos+=flagship".split())
    victim = cluster.send(slug, gpus=40, command="sleep 60", more=["--requeue"])
    eventually(lambda: cluster.states(victim), ["RUNNING"])
    cluster.send(slug, gpus=50, more=["--qos=flagship"])
    eventually(lambda: cluster.states(victim), ["PREEMPTED", "PENDING"])
    cluster.run("scancel", victim)
    eventually(equal(lab, cluster, slug), [0])
    [first] = Charge.objects.filter(account=slug, state="PREEMPTED")
    assert first.unit_seconds > 0
    assert first.refunded_seconds == first.unit_seconds // 2


def test_a_job_over_midnight_counts_on_both_days(lab, cluster):
    slug = lab.project(10 * HOUR)
    today = datetime(lab.now.year, lab.now.month, lab.now.day, tzinfo=UTC)
    midnight = int(today.timestamp()) - 86_400
    job = {"account": slug, "user": cluster.run("id", "-un"), "state": "COMPLETED", "gpus": 4}
    cluster.ask("sacctmgr", "-iQ", "add", "user", job["user"], f"account={slug}")
    times = {"submit": midnight - 1100, "start": midnight - 1000, "end": midnight + 500}
    assert load_jobs(cluster.state, "loop", [job | times]) == 1
    lab.sync()
    days = (today - timedelta(days=3)).date().isoformat()
    words = ["usage", "reconcile", "--cluster", "loop", "--as", "ops", "--since", days]
    assert run(words) == 0
    assert not find_differences().exists()
    assert lab.charged(slug) == 6000


def test_a_crashed_slurmctld_and_a_slurmdbd_that_is_away_cost_no_second_and_double_none(
    lab, cluster, eventually, monkeypatch
):
    monkeypatch.setattr(trimming, "GRACE", timedelta(seconds=5))
    slug = lab.project(10 * HOUR)
    job = cluster.send(slug, gpus=9, command="sleep 8", minutes=5)
    eventually(lambda: cluster.states(job), ["RUNNING"])
    lab.sync()
    cluster.kill("slurmctld")
    cluster.start()
    after = (["COMPLETED"], ["REQUEUED"])  # as the crash came after or before its state was saved
    eventually(lambda: cluster.states(job) in after, True)
    cluster.ask("scancel", job)
    cluster.ask("scontrol", "update", "nodename=n0", "state=resume")  # drained, if it ran twice
    cluster.kill("slurmdbd")
    assert lab.sync() == 69
    before = Charge.objects.count()
    late = cluster.send(slug, gpus=5, command="sleep 1")
    eventually(
        lambda: cluster.run("squeue", "-h", "-j", late, "-t", "all", "-o", "%T"), "COMPLETED"
    )
    assert Charge.objects.count() == before
    cluster.start()
    eventually(lambda: cluster.states(late), ["COMPLETED"])
    eventually(equal(lab, cluster, slug), [0])
    assert audit_books().differences == ()


def test_our_own_kill_in_the_middle_of_a_sync_loses_and_doubles_nothing(cluster, tmp_path):
    """The office of this test lives on disk, and its sync in a process of its own."""
    slug = f"killed-{next(NUMBERS)}"
    user = cluster.run("id", "-un")
    cluster.run("sacctmgr", "-iQ", "add", "account", slug, "cluster=loop")
    cluster.run("sacctmgr", "-iQ", "add", "user", user, f"account={slug}")
    begin = int((datetime.now(UTC) - timedelta(days=9)).timestamp())  # noqa: TID251  real time
    load_jobs(
        cluster.state, "loop", made_up(4000, pairs=[(slug, user)], start=begin, days=5, seed=7)
    )
    environment = {**os.environ, "PYTHONPATH": f"src{os.pathsep}."}  # noqa: TID251  as a shell would
    office = [sys.executable, "tests/slurm/office.py", str(tmp_path), slug]
    subprocess.run(office, env=environment, cwd=ROOT, check=True, capture_output=True)
    since = f"{datetime.now(UTC) - timedelta(days=12):%Y-%m-%d}"  # noqa: TID251  real time
    words = ["--data", str(tmp_path), "usage", "sync", "--cluster", "loop", "--as", "ops"]
    sync = [sys.executable, "-m", "apportion", *words, "--since", since, "--overlap", "240"]
    books = tmp_path / "office.sqlite3"
    assert books.is_file(), [path.name for path in tmp_path.iterdir()]

    def count(table):
        with closing(sqlite3.connect(books)) as connection:
            [[number]] = connection.execute(f"select count(*) from {table}").fetchall()
        return number

    process = subprocess.Popen(sync, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    while process.poll() is None and not count("meter_usageimport"):
        threading.Event().wait(0.005)
    process.kill()
    process.wait()
    at_kill = count("meter_charge")
    assert at_kill < 4000 or process.returncode == 0
    for _ in range(2):
        subprocess.run(sync, env=environment, cwd=ROOT, check=True, capture_output=True)
        with closing(sqlite3.connect(books)) as connection:
            query = "select count(*), sum(unit_seconds) from meter_charge where account = ?"
            [told] = connection.execute(query, [slug]).fetchall()
        assert told == (4000, cluster.used(slug))


def test_slurm_asks_the_office_before_it_takes_a_job_and_obeys_the_sites_fail_mode(
    lab, cluster, settings, live_server, capfd
):
    slug = lab.project(HOUR)
    settings.APPORTION_ADMISSION_TOKEN = TOKEN
    host, port = live_server.thread.host, live_server.thread.port
    script = cluster.state / "etc" / "job_submit.lua"
    touched = itertools.count(int(lab.now.timestamp()) + 60)

    def install(mode, port):
        where = ["--cluster", "loop", "--host", host, "--port", str(port)]
        words = ["admission-script", *where, "--patience", "8", mode]
        capfd.readouterr()
        assert run(words) == 0
        script.write_text(capfd.readouterr().out)
        at = next(touched)  # slurmctld reads it again when its time, in seconds, is another
        os.utime(script, (at, at))
        cluster.run("scontrol", "reconfigure")

    try:
        install("--fail-closed", port)
        job = cluster.send(slug, gpus=10, minutes=5, command="sleep 120")
        [hold] = [one for one in list_holds() if one.owner == slug]
        assert hold.job.startswith("ticket:")
        lab.sync()
        assert "ticket:" not in "".join(one.job for one in list_holds() if one.owner == slug)
        refused = cluster.ask(
            *(
                "sbatch",
                "-A",
                slug,
                "--gres=gpu:h100:60",
                "-t",
                "30",
                "-D",
                "/",
                "-o",
                os.devnull,
                "--wrap",
                "true",
            )
        )
        assert refused.returncode != 0
        assert "NOT_ENOUGH" in refused.stderr or "below its floor" in refused.stderr
        cluster.run("scancel", job)
        install("--fail-closed", 9)
        silent = (
            "sbatch",
            "-A",
            slug,
            "--gres=gpu:h100:1",
            "-t",
            "1",
            "-D",
            "/",
            "-o",
            os.devnull,
            "--wrap",
            "true",
        )
        closed = cluster.ask(*silent)
        assert (closed.returncode != 0, "does not answer" in closed.stderr) == (True, True)
        install("--fail-open", 9)
        assert cluster.send(slug, gpus=1).isdigit()
    finally:
        script.write_text(TAKE_ALL)
        cluster.run("scontrol", "reconfigure")
