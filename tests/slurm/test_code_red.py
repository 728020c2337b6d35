"""A code red on a real Slurm, by the office's own verbs alone: lent, enforced, ended, paid back."""

import json
from datetime import timedelta

import pytest

from apportion.adapters.slurm.client import SlurmCluster
from apportion.apps.directive.queries import document_of, find_directive, latest_preview
from apportion.apps.enforce.queries import list_alarms, list_levers
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.apps.meter.models import Charge
from apportion.core.ids import ResourceCode
from apportion.core.ledger import Key, Kind
from tests.apps.small_lab import GPU, POLICY
from tests.slurm.lab import Lab
from tests.slurm.load_jobs import load_jobs

pytestmark = [pytest.mark.slurm, pytest.mark.django_db]
MINUTE, HOUR, DAY = 60, timedelta(hours=1), timedelta(days=1)
LASTS, LENDS, HOURS = 26 * HOUR, 30, 3600
RED = (
    POLICY
    + "[code_red]\nsigners = 2\nexempt = []\nnotice_days = 1\n[changes]\nsupplement_share = 0.9\n"
)
TERMS = """schema = "apportion.directive/1"
ref = "{ref}"
purpose = "Answer the incident"
project = "{target}"
from = {begins:%Y-%m-%dT%H:%M:%SZ}
until = {ends:%Y-%m-%dT%H:%M:%SZ}
mode = "{mode}"
exempt_projects = [{exempt}]
[take.amount]
"gpu:h100" = {hours}
[payback]
rate = 1.25
by = {payback:%Y-%m-%dT%H:%M:%SZ}
"""
SHELVE = """[[shelve]]
project = "{project}"
at = {at:%Y-%m-%dT%H:%M:%SZ}
"""


@pytest.fixture
def lab(slurm, settings):
    return Lab(slurm, settings)


@pytest.fixture
def declare(lab, tmp_path):
    """Drafts, previews, signs and adopts a directive of 26 hours, by the board's own commands."""

    def put(ref, target, *, mode, hours, exempt="", shelve=""):
        begins = lab.clock()
        ends = begins + LASTS
        terms = {
            "ref": ref,
            "target": target,
            "mode": mode,
            "hours": hours,
            "exempt": f'"{exempt}"' * bool(exempt),
        }
        text = TERMS.format(begins=begins, ends=ends, payback=ends + DAY, **terms)
        if shelve:
            text += SHELVE.format(project=shelve, at=begins + DAY)
        path = tmp_path / f"{ref}.toml"
        path.write_text(text)
        lab.does("codered", "draft", path, "--as", "eve")
        lab.does("codered", "preview", ref, "--as", "eve")
        for signer in ("mia", "noa"):
            lab.does("codered", "sign", ref, "--preview", 1, "--as", signer)
        lab.does("codered", "adopt", ref, "--as", "mia")
        return document_of(latest_preview(find_directive(ref)))

    return put


def minutes(slurm, *slugs):
    """The limits that slurmctld itself holds now. Units: GPU-minutes."""
    held = SlurmCluster(slurm.name).read_tree().associations
    return [held[slug].minutes[ResourceCode(GPU)] for slug in slugs]


def balance(slug):
    return balance_of(Key(Kind.PROJECT, slug, GPU))


def busy_days(lab, slurm, slug):
    """Sixty jobs of the last four days, on which a directive can be tried."""
    now = int(lab.now.timestamp())
    job = {"account": slug, "user": lab.team[0].username, "state": "COMPLETED", "gpus": 5}
    times = (now - 90 * 3600 + 5000 * number for number in range(60))
    jobs = [job | {"submit": at, "start": at + 20, "end": at + 140} for at in times]
    assert load_jobs(slurm.state, slurm.name, jobs) == 60
    assert lab.sync("--since", f"{lab.now - 4 * DAY:%Y-%m-%dT%H:%M:%SZ}") == 0


class Story:
    """A flagship that borrows, two projects that lend, and one that is left alone."""

    def __init__(self, lab, slurm, eventually):
        self.lab, self.slurm, self.eventually = lab, slurm, eventually
        self.chat, self.alpha, self.beta, self.calm = lab.fund(
            RED,
            chat=(300 * MINUTE, "assistant"),
            alpha=2100 * MINUTE,
            beta=2100 * MINUTE,
            calm=900 * MINUTE,
        )
        lab.tick()
        self.all = (self.chat, self.alpha, self.beta, self.calm)
        assert minutes(slurm, *self.all) == [300, 2100, 2100, 900]

    def before(self):
        """One job of a lender runs, and one of the flagship asks for more than it has."""
        busy_days(self.lab, self.slurm, self.calm)
        self.runs = self.slurm.send(
            self.alpha, gpus=2, minutes=10, command=self.slurm.until("alpha-may-end")
        )
        self.eventually(lambda: self.slurm.states(self.runs), ["RUNNING"])
        self.waits = self.slurm.send(self.chat, gpus=50, minutes=10)  # 500 of its 300 minutes
        self.is_held(self.waits)
        self.lab.sync()

    def is_felt(self, lent):
        """The flagship's job starts; the lender's new one waits, and its old one runs on."""
        slurm = self.slurm
        assert minutes(slurm, self.chat, self.alpha) == [300, 2100]  # nothing is ordered yet
        self.lab.tick()
        left = (2100 * MINUTE - lent[self.alpha]) // MINUTE
        assert minutes(slurm, self.chat, self.alpha) == [2100, left]
        self.lab.does("limits", "check", "--cluster", slurm.name)
        self.held = slurm.send(self.alpha, gpus=40, minutes=40)  # 1600 minutes: it had as many
        self.is_held(self.held)
        self.eventually(lambda: slurm.states(self.waits), ["COMPLETED"])
        assert slurm.states(self.runs) == ["RUNNING"]
        slurm.give("alpha-may-end")
        self.eventually(lambda: slurm.states(self.runs), ["COMPLETED"])
        self.eventually(self.lab.differences(*self.all[:3]), [0, 0, 0])
        self.is_held(self.held)

    def puts_aside(self):
        """Once its notice is over, a project that is put aside may submit nothing."""
        self.may_submit(self.beta)
        self.lab.ahead = DAY + HOUR
        self.lab.tick()
        pulled = [(lever.project.slug, lever.kind) for lever in list_levers()]
        assert pulled == [(self.beta, "hold")]
        order = self.slurm.order(self.beta, gpus="h100:1", user=self.lab.team[0].username)
        refused = self.slurm.ask(*order)
        assert refused.returncode != 0
        assert "AssocGrpSubmitJobsLimit" in refused.stderr

    def ends(self):
        """It expires by itself: levers lifted, what is left given back, limits up, jobs start."""
        self.lab.ahead = LASTS + HOUR
        assert 2090 * MINUTE < balance(self.chat) < 2100 * MINUTE
        self.lab.tick()
        assert find_directive("red-1").state == "expired"
        assert (list_levers(), balance(self.chat)) == ([], 0)
        self.lab.does("limits", "check", "--cluster", self.slurm.name)
        self.eventually(lambda: self.slurm.states(self.held), ["COMPLETED"])
        self.may_submit(self.beta)

    def may_submit(self, slug):
        job = self.slurm.send(slug, gpus=1, command="true")
        self.eventually(lambda: self.slurm.states(job), ["COMPLETED"])

    def is_held(self, job):
        self.eventually(lambda: self.slurm.reason_of(job), "AssocGrpGRESMinutes")


def test_a_code_red_is_lent_felt_by_the_jobs_ended_and_paid_back(
    lab, slurm, declare, settings, tmp_path, eventually, capfd
):
    settings.APPORTION_CLUSTER_FILE = tmp_path / "cluster.toml"
    settings.APPORTION_CLUSTER_FILE.write_text("[pool]\nprocs = 60\n")
    story = Story(lab, slurm, eventually)
    story.before()
    told = declare(
        "red-1", story.chat, mode="drain", hours=LENDS, exempt=story.calm, shelve=story.beta
    )
    lent = {one["project"]: one["lent"] for one in told["losers"]}
    assert (set(lent), sum(lent.values())) == ({story.alpha, story.beta}, LENDS * HOURS)
    [replay] = told["replays"]
    assert replay.get("jobs", 0) >= 60, replay
    story.is_felt(lent)
    story.puts_aside()
    story.ends()

    wish = ["--resource", GPU, "--amount", "4", "--why", "To pay back what was lent."]
    lab.does("change", "ask", "supplement", story.chat, *wish, "--as", lab.team[0].username)
    lab.does("change", "decide", f"{story.chat}-supplement-1", "--grant", "--as", "noa")
    lab.tick()
    capfd.readouterr()
    lab.does("codered", "list", "--json")
    [row] = json.loads(capfd.readouterr().out)
    assert (row["state"], float(row["owed"])) == ("paid_back", 0), row
    assert row["premium_paid"] == row["premium"]
    eventually(lab.differences(*story.all), [0, 0, 0, 0])
    lab.tick()
    lab.does("limits", "check", "--cluster", slurm.name)
    lenders = story.alpha, story.beta
    kept = sum(balance(slug) + slurm.used(slug) for slug in lenders)
    premium = kept - 4200 * MINUTE  # a quarter of what was lent, rounded up for each lender
    assert premium - LENDS * HOURS // 4 in {0, 1}
    assert {alarm.project.slug for alarm in list_alarms()} <= {story.calm}  # whose jobs were loaded
    assert audit_books().differences == ()


def test_a_preempting_code_red_requeues_who_is_in_the_way_until_it_is_ended(
    lab, slurm, declare, recorded, eventually
):
    chat, alpha = lab.fund(RED, chat=(600 * MINUTE, "assistant"), alpha=900 * MINUTE)
    recording = recorded("preempted", lab)
    lab.tick()
    declare("red-2", chat, mode="preempt", hours=4)
    lab.tick()
    assert [(lever.project.slug, lever.kind) for lever in list_levers()] == [(chat, "boost")]
    victim = slurm.send(alpha, gpus=40, command=slurm.until("red-2-is-over"), more=["--requeue"])
    eventually(lambda: slurm.used(alpha) >= 2 * 40, True)
    urgent = slurm.send(chat, gpus=50)
    eventually(lambda: slurm.states(urgent), ["COMPLETED"])
    lab.does("codered", "end", "red-2", "--as", "mia")
    lab.tick()
    there = SlurmCluster(slurm.name).read_tree(qos=True).associations[chat]
    assert ("codered" in there.qos, list_levers()) == (False, [])
    slurm.give("red-2-is-over")
    eventually(lambda: slurm.states(victim), ["PREEMPTED", "COMPLETED"])
    eventually(lab.differences(chat, alpha), [0, 0])
    first, second = Charge.objects.filter(account=alpha, resource=GPU).order_by("started_at")
    assert (first.state, second.state) == ("PREEMPTED", "COMPLETED")
    assert first.unit_seconds > 0
    assert first.refunded_seconds == first.unit_seconds // 2
    assert second.refunded_seconds == 0
    assert audit_books().differences == ()
    recording.write()
