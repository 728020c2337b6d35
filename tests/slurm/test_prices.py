"""A tariff with days, queue classes, nights and refunds, on jobs of a real Slurm."""

from datetime import UTC, datetime, timedelta

import pytest

from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.queries import balance_of
from apportion.apps.meter.models import Charge
from apportion.core.ledger import Key, Kind
from tests.apps.small_lab import GPU, HOUR
from tests.slurm.lab import Lab
from tests.slurm.load_jobs import load_jobs

pytestmark = [pytest.mark.slurm, pytest.mark.django_db]
DAY = timedelta(days=1)
QUARTER, NIGHT = 900, 3 * HOUR  # seconds
OLD, NEW, SPARE, DARK = 1000, 2000, 100, 500  # microcredits a GPU-second: no rounding anywhere
FIRST = """schema = "apportion.rates/1"
[[rates]]
resource = "gpu:h100"
credits = "3.6"
"""
SECOND = """schema = "apportion.rates/1"
[[classes]]
name = "preemptible"
qos = ["scavenger"]
[[classes]]
name = "night"
hours = "{falls:%H:%M}-{ends:%H:%M}"
[[rates]]
resource = "gpu:h100"
credits = "7.2"
[[rates]]
resource = "gpu:h100"
class = "preemptible"
credits = "0.36"
[[rates]]
resource = "gpu:h100"
class = "night"
credits = "1.8"
[refunds]
NODE_FAIL = 1
PREEMPTED = "0.5"
"""


class Rates:
    """Two tariffs, and what a job costs by them, second by second."""

    def __init__(self, lab, folder):
        now = int(lab.now.timestamp())
        self.falls = now - now % QUARTER  # so that jobs of this test run by night
        self.changes = now - now % 86_400 - 86_400  # yesterday
        falls, changes = (datetime.fromtimestamp(at, UTC) for at in (self.falls, self.changes))
        second = SECOND.format(falls=falls, ends=falls + timedelta(seconds=NIGHT))
        for text, day in ((FIRST, changes - 9 * DAY), (second, changes)):
            path = folder / f"{day:%Y-%m-%d}.toml"
            path.write_text(text)
            lab.does("rates", "set", path, "--from", f"{day:%Y-%m-%d}", "--as", "ops")

    def of_second(self, at, qos):
        if at < self.changes:
            return OLD
        if qos == "scavenger":
            return SPARE
        return DARK if (at - self.falls) % 86_400 < NIGHT else NEW

    def cost(self, run):
        seconds = range(run["start"], run["end"])
        return run["gpus"] * sum(self.of_second(at, run["qos"]) for at in seconds)


@pytest.fixture
def lab(slurm, settings):
    return Lab(slurm, settings)


def runs_of(slurm, account):
    """What sacct says of each run: its QOS, state, GPUs, first and last second."""
    fields = ("jobidraw", "qos", "state", "start", "end", "alloctres")
    asked = ["-S", f"{datetime.now(UTC) - 9 * DAY:%Y-%m-%d}", "-o", ",".join(fields)]  # noqa: TID251  real time
    clock = ("env", "TZ=UTC", "SLURM_TIME_FORMAT=%s")
    for line in slurm.run(*clock, "sacct", "-nPXaD", "-A", account, *asked).splitlines():
        job, qos, state, start, end, tres = line.split("|")
        units = dict(part.split("=") for part in tres.split(",") if part)
        if gpus := int(units.get("gres/gpu", 0)):
            times = {"start": int(start), "end": int(end)}
            yield {"job": job, "qos": qos, "state": state, "gpus": gpus, **times}


def past_jobs(lab, slurm, account, rates):
    """A job over the midnight at which the tariff changes, and one over nightfall."""
    job = {"account": account, "user": lab.team[0].username, "state": "COMPLETED"}
    borders = {rates.changes: 4, rates.falls - 86_400: 6}
    jobs = [
        job | {"gpus": gpus, "submit": at - 700, "start": at - 600, "end": at + 300}
        for at, gpus in borders.items()
    ]
    load_jobs(slurm.state, slurm.name, jobs)


def test_real_jobs_are_priced_by_day_class_and_hour_and_refunded_by_how_they_ended(
    lab, slurm, tmp_path, eventually
):
    [slug] = lab.fund(priced=10 * HOUR)
    lab.limits()
    rates = Rates(lab, tmp_path)
    past_jobs(lab, slurm, slug, rates)
    for name, more in (("scavenger", ()), ("rush", ("preempt=scavenger", "preemptmode=requeue"))):
        slurm.ask("sacctmgr", "-iQ", "add", "qos", name, *more)
    allow = f"modify account where account={slug} set qos=normal,scavenger,rush"
    slurm.run("sacctmgr", "-iQ", *allow.split())
    cheap = slurm.until(f"{slug}-goes-on")
    spare = slurm.send(slug, gpus=40, command=cheap, more=["--qos=scavenger", "--requeue"])
    eventually(lambda: slurm.used(slug) >= 900 * 10 + 3 * 40, True)
    rush = slurm.send(slug, gpus=30, more=["--qos=rush"])
    eventually(lambda: slurm.states(rush), ["COMPLETED"])
    slurm.give(f"{slug}-goes-on")
    eventually(lambda: slurm.states(spare), ["PREEMPTED", "COMPLETED"])
    lost = slurm.send(slug, gpus=8, command="sleep 60", more=["--no-requeue"])
    before = slurm.used(slug)
    eventually(lambda: slurm.used(slug) >= before + 2 * 8, True)
    slurm.run("scontrol", "update", "nodename=n0", "state=down", "reason=broke")
    try:
        eventually(lambda: slurm.states(lost), ["NODE_FAIL"])
    finally:
        slurm.ask("scontrol", "update", "nodename=n0", "state=resume")  # or it came back by itself

    def sync():
        lab.does("usage", "sync", "--cluster", slurm.name, "--as", "ops", "--overlap", 72)
        return lab.charged(slug) - slurm.used(slug)

    eventually(sync, 0)
    runs = [run for run in runs_of(slurm, slug) if run["end"] > run["start"]]
    assert {run["qos"] for run in runs} == {"normal", "scavenger", "rush"}
    want = sorted((run["job"], run["start"], rates.cost(run)) for run in runs)
    found = {}
    for charge in Charge.objects.filter(account=slug).order_by("started_at"):
        found.setdefault(charge.job, []).append(charge)
    assert sum(c.microcredits for charges in found.values() for c in charges) == sum(
        cost for _, _, cost in want
    )
    for job, _, _ in want:
        costs = sum(cost for name, _, cost in want if name == job)
        assert sum(charge.microcredits for charge in found[job]) == costs, job
    first, second = found[spare]
    assert (first.refunded_seconds, second.refunded_seconds) == (first.unit_seconds // 2, 0)
    [broken] = found[lost]
    assert broken.refunded_seconds == broken.unit_seconds > 0
    refunded = first.refunded_seconds + broken.refunded_seconds
    assert balance_of(Key(Kind.PROJECT, slug, GPU)) == 10 * HOUR - slurm.used(slug) + refunded
    assert audit_books().differences == ()
