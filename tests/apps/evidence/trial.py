"""A project with a claim, whose jobs run and are metered as fast as a test wants."""

from datetime import timedelta

from apportion.apps.apply.actions import start_project
from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.evidence.actions import (
    ask_for,
    keep_estimate,
    record_runs,
    register_experiment,
)
from apportion.apps.evidence.queries import find_experiment
from apportion.apps.grant.actions import grant_round
from apportion.apps.grant.pilots import pay_for_pilot
from apportion.apps.meter.actions import import_usage
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.report.queries import meter_runs
from apportion.apps.review.actions import write_opinion
from apportion.apps.rounds.actions import Dates, open_round, set_rate
from apportion.apps.rounds.queries import find_area
from apportion.core.evidence.claim import Run
from tests.apps.small_lab import DATES, GPU, NOW, POLICY

DAY = timedelta(days=1)
RESERVED = POLICY.replace("[[areas]]", "[reserve]\nshare = 0.1\n[[areas]]", 1)
CLAIM = """schema = "apportion.evidence/1"
[claim]
kind = "compare_means"
metric = "accuracy"
effect = {effect}
arms = ["new", "old"]
range = [0, 1]
[registered]
seeds = [0, 1, 2, 3, 4]
"""
WOBBLE = (0.011, -0.013, 0.004, -0.009, 0.008, 0.015, -0.012, 0.002)
SECONDS = 1800


class Trial:
    """An office with a running period, a round that takes requests, and one project."""

    def __init__(self, folk, folder):
        self.folk, self.folder, self.files = folk, folder, iter(range(100))
        set_up = {
            name: getattr(DATES, name) - 60 * DAY
            for name in DATES.__dataclass_fields__
            if name != "credits_end_at"
        }
        dates = Dates(**set_up, credits_end_at=DATES.credits_end_at - 5 * DAY)
        self.winter = open_round(
            slug="winter", policy_toml=RESERVED, dates=dates, by=folk["eve"], now=NOW
        )
        self.spring = open_round(
            slug="spring", policy_toml=RESERVED, dates=DATES, by=folk["eve"], now=NOW
        )
        set_rate(resource=GPU, microcredits_per_unit=2_000_000, starts_at=NOW - 90 * DAY)
        self.project = start_project(
            slug="memory", title="Memory", area=find_area("foundations"), lead=folk["ann"], now=NOW
        )

    def register(self, slug="replay", effect=0.05):
        return register_experiment(
            slug=slug,
            title=slug.title(),
            project=self.project,
            claim_toml=CLAIM.format(effect=effect),
            by=self.folk["ann"],
            now=NOW,
        )

    def pay_pilot(self, *rows, amount=3600 * 2):
        pay_for_pilot(
            experiments=rows,
            row=self.winter,
            amounts={GPU: amount} if amount else {},
            by=self.folk["eve"],
            now=NOW,
        )

    def run(self, seeds, *, gain, at, arms=("new", "old"), account="memory"):
        """Runs and meters one job for each arm and seed; gives what they showed."""
        runs, lines = [], []
        for arm in arms:
            for seed in seeds:
                job = f"{int(at.timestamp()) % 10_000_000}{len(runs)}"
                value = 0.8 + (gain if arm == "new" else 0.0) + WOBBLE[(3 * seed + len(arm)) % 8]
                runs.append(
                    Run(job=job, arm=arm, seed=seed, value=value, unit="accuracy", used=None)
                )
                lines.append(sacct_line(job, int(at.timestamp()), account))
        path = self.folder / f"usage-{next(self.files)}.txt"
        path.write_text("".join(lines))
        source = read_source(str(path), layout=Layout(format=Format.SACCT))
        import_usage(sources=[source], by=self.folk["ops"], now=at + DAY)
        return runs

    def report(self, slug, runs, *, at):
        row = find_experiment(slug)
        metered, costs = meter_runs(row, runs)
        return record_runs(row=row, runs=metered, microcredits=costs, by=self.folk["ann"], now=at)

    def through_pilot(self, slug="replay", effect=0.05, gain=0.08):
        """Registers, pays and runs a pilot, and estimates."""
        self.pay_pilot(self.register(slug, effect))
        self.report(slug, self.run(range(5), gain=gain, at=NOW + DAY), at=NOW + 2 * DAY)
        return keep_estimate(row=find_experiment(slug), by=self.folk["ann"], now=NOW + 2 * DAY)

    def ask(self, slug="replay", *, score=8, runs=None):
        request = ask_for(
            row=find_experiment(slug),
            round_row=self.spring,
            by=self.folk["ann"],
            now=NOW + 3 * DAY,
            runs=runs,
        )
        write_opinion(
            request=request, by=self.folk["rev"], score_hundredths=score * 100, now=NOW + 8 * DAY
        )
        return request

    def decide(self):
        """Decides the round and carries it out."""
        at = NOW + 21 * DAY
        slate = propose_slate(row=self.spring, by=self.folk["eve"], now=at)
        adopt_slate(slate=slate, by=self.folk["eve"], now=at)
        self.spring.refresh_from_db()
        return grant_round(row=self.spring, by=self.folk["eve"], now=at)


def sacct_line(job, start, account):
    cells = [job, "c1", account, "ann", "gpu", "normal", "COMPLETED", start - 60, start - 60, start]
    cells += [start + SECONDS, SECONDS, 120, "gres/gpu:h100=1,gres/gpu=1", "", 1, 8, "0:0", "train"]
    return "|".join(map(str, cells)) + "\n"
