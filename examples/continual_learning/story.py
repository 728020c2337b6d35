"""The reference project's way through the office: one pilot, four claims, a decision, two verdicts.

    python story.py --data FOLDER              # jobs run here
    python story.py --data FOLDER --slurm NAME # jobs run on a cluster that has the account `memory`

Everything happens at once that takes a lab months: the pilot's jobs and the awards' jobs are real and
metered, the four claims rest on the same pilot, and the pool is made so small that not all fit.
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings")  # noqa: TID251  as the office's own door
CLAIMS = {  # the new arm, the old one, the smallest effect worth having
    "beats-naive": ("replay200", "naive", 0.7),
    "beats-50": ("replay200", "replay50", 0.03),
    "hundred-beats-50": ("replay100", "replay50", 0.015),
    "beats-100": ("replay200", "replay100", 0.008),
}
CARRIED_OUT = ("beats-naive", "beats-50")  # the others are as they are, only longer
ARMS = ("naive", "replay50", "replay100", "replay200")
SEEDS = range(5)
NINE_SECONDS = 9  # a 400th of an hour, so that a pool is whole seconds
TEN = 10  # runs: what a lab might grant the smallest effect, and too few
POLICY = """schema = "apportion.round/1"
name = "{name}"
[resources."cpu"]
unit = "hour"
[pool]
"cpu" = {hours}
[reserve]
share = 0.05
[[areas]]
id = "foundations"
name = "Foundations"
[decide]
objective = "cut-line"
tie_seed = "0x1"
[decide.cut_line]
threshold = 1
skip_unfit = true
"""
CLAIM = """schema = "apportion.evidence/1"
[claim]
kind = "compare_means"
metric = "accuracy"
effect = {effect}
arms = ["{new}", "{old}"]
range = [0, 1]
[registered]
seeds = [0, 1, 2, 3, 4]
"""


def main() -> None:
    """Reads the flags, tells the story, prints what it came to as JSON."""
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--data", type=Path, required=True, help="an empty folder")
    flags.add_argument("--slurm", default="", help="name of a cluster; without it jobs run here")
    chosen = flags.parse_args()
    chosen.data.mkdir(parents=True, exist_ok=True)
    os.environ["APPORTION_DATA"] = str(chosen.data)  # noqa: TID251  an office in this folder alone
    os.environ.pop("APPORTION_DATABASE_URL", None)  # noqa: TID251  as above
    from runners import LocalRunner, SlurmRunner

    runner = (
        SlurmRunner("memory", chosen.slurm, chosen.data) if chosen.slurm else LocalRunner("memory")
    )
    verb("init")
    told = Story(chosen.data, runner).tell()
    print(json.dumps(told, indent=1, sort_keys=True))


def verb(*words: str) -> None:
    """Runs one command of the office, as from a shell; any refusal ends the story."""
    from contextlib import redirect_stdout

    from apportion.office.cli import run

    with redirect_stdout(sys.stderr):
        if code := run(list(words)):
            raise SystemExit(f"{' '.join(words)}: exit code {code}")


class Story:
    """The office, its people, and the project."""

    def __init__(self, folder: Path, runner: Any) -> None:
        from apportion.apps.people.actions import add_person

        self.folder, self.runner = folder, runner
        self.now = datetime.now(UTC)  # noqa: TID251  its jobs are real
        roles = {"ann": "researcher", "rev": "reviewer", "eve": "board", "ops": "operator"}
        self.folk = {
            name: add_person(username=name, name=name.title(), roles=[role])
            for name, role in roles.items()
        }

    def tell(self) -> dict[str, Any]:
        """Goes from four ideas to two verdicts."""
        self.open_round("winter", 2.0)
        self.register()
        pilot = self.run_pilot()
        minimums = self.estimate_and_ask()
        self.decide()
        verdicts = {slug: self.carry_out(slug) for slug in CARRIED_OUT}
        return {
            "pilot": {
                arm: round(mean([job.printed["accuracy"] for job in pilot if job.arm == arm]), 4)
                for arm in ARMS
            },
            "runs_needed": minimums,
            "power_of_ten_runs": self.power_of(TEN, "beats-100"),
            "stages": self.stages(),
            "verdicts": verdicts,
            "pool_left_seconds": self.pool_left(),
            "books_differ": self.audit(),
        }

    def open_round(self, slug: str, hours: float) -> None:
        """Opens a round whose credits can be spent at once."""
        from apportion.apps.rounds.actions import Dates, open_round, set_rate

        hour = timedelta(hours=1)
        dates = Dates(
            requests_close_at=self.now + hour,
            reviews_due_at=self.now + 2 * hour,
            decision_at=self.now + 3 * hour,
            appeals_until_at=self.now + 4 * hour,
            credits_start_at=(self.now - 2 * hour if slug == "winter" else self.now - hour),
            credits_end_at=self.now + timedelta(days=30),
        )
        policy = POLICY.format(name=slug.title(), hours=hours)
        open_round(slug=slug, policy_toml=policy, dates=dates, by=self.folk["eve"], now=self.now)
        if slug == "winter":
            set_rate(resource="cpu", microcredits_per_unit=1_000_000, starts_at=self.now - 9 * hour)

    def register(self) -> None:
        """Starts the project and fixes the four claims before anything runs."""
        title = "Remembering while learning"
        verb(
            "project", "start", "memory", "--title", title, "--area", "foundations", "--lead", "ann"
        )
        for slug, (new, old, effect) in CLAIMS.items():
            file = self.folder / f"{slug}.toml"
            file.write_text(CLAIM.format(new=new, old=old, effect=effect))
            words = ["experiment", "register", slug, "--claim", str(file), "--project", "memory"]
            verb(*words, "--title", f"{new} against {old}", "--as", "ann")

    def run_pilot(self) -> Sequence[Any]:
        """Pays one pilot for the four, runs its twenty jobs, meters and reports them."""
        words = ["--round", "winter", "--amount", "0.04", "--resource", "cpu", "--as", "eve"]
        verb("experiment", "pilot", *CLAIMS, *words)
        jobs = self.runner.run([(arm, seed) for arm in ARMS for seed in SEEDS])
        for slug in CLAIMS:
            self.report(slug, jobs)
        lines = [json.dumps({"arm": job.arm, **job.printed}, sort_keys=True) for job in jobs]
        (self.folder / "pilot.jsonl").write_text("\n".join(lines) + "\n")
        return jobs

    def report(self, slug: str, jobs: Sequence[Any]) -> None:
        """Imports the accounting so far, then reports what the jobs of a claim's arms showed."""
        usage = self.folder / "usage.sacct"
        usage.write_text(self.runner.accounting())
        verb("usage", "import", "--format", "sacct", str(usage), "--as", "ops")
        file = self.folder / f"{slug}.csv"
        with file.open("w", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["job", "arm", "seed", "value"])
            rows.writerows([j.id, j.arm, j.seed, j.printed["accuracy"]] for j in jobs)
        verb("experiment", "report", slug, "--runs", str(file), "--as", "ann")

    def estimate_and_ask(self) -> dict[str, int]:
        """Estimates the four from one pilot and asks for what settles each."""
        from apportion.apps.apply.queries import find_request
        from apportion.apps.evidence.queries import find_experiment, latest_estimate
        from apportion.apps.review.actions import write_opinion

        kept = {}
        for slug in CLAIMS:
            verb("experiment", "estimate", slug, "--as", "ann")
            kept[slug] = latest_estimate(find_experiment(slug))
        costs = [one.assured * one.per_run["cpu"] for one in kept.values()]
        # The dearest claim would fit alone, and does not beside the others.
        nines = max(costs) * 100 // 95 // NINE_SECONDS + 2
        self.open_round("spring", round(nines / 400, 4))
        for place, slug in enumerate(CLAIMS):
            verb("experiment", "ask", slug, "--round", "spring", "--as", "ann")
            request = find_request(find_experiment(slug).request.ref)
            score = 100 * (9 - place)
            write_opinion(
                request=request, by=self.folk["rev"], score_hundredths=score, now=self.now
            )
        return {slug: one.assured for slug, one in kept.items()}

    def decide(self) -> None:
        """Decides the round and holds its awards."""
        verb("slate", "propose", "spring", "--as", "eve")
        verb("slate", "adopt", "spring", "1", "--as", "eve")
        verb("grant", "round", "spring", "--as", "eve")

    def carry_out(self, slug: str) -> str:
        """Runs what each tranche pays until a look ends it."""
        from apportion.apps.evidence.queries import find_experiment

        done, new, old = 0, *CLAIMS[slug][:2]
        while (row := find_experiment(slug)).stage.startswith("tranche"):
            due = row.plan[int(row.stage[-1]) - 1]
            seeds = range(len(SEEDS) + done, len(SEEDS) + due)
            self.report(slug, self.runner.run([(arm, s) for s in seeds for arm in (new, old)]))
            verb("experiment", "look", slug, "--as", "ann")
            done = due
        return row.stage

    def power_of(self, runs: int, slug: str) -> float:
        """Tells what an award of so many runs of each arm could show."""
        from apportion.apps.evidence.queries import estimate_at, find_experiment, question_of

        row = find_experiment(slug)
        needs = estimate_at(row, now=self.now).needs
        return round(needs.power_at(question_of(row).claim, runs), 3)

    def stages(self) -> dict[str, str]:
        """Tells where each claim stands."""
        from apportion.apps.evidence.queries import list_experiments

        return {row.slug: row.stage for row in list_experiments("memory")}

    def pool_left(self) -> int:
        """Tells what the pool may still give, holds counted."""
        from apportion.apps.ledger.queries import available
        from apportion.core.ledger import Key, Kind

        return available(kind=Kind.POOL)[Key(Kind.POOL, "spring", "cpu")]

    def audit(self) -> list[str]:
        """Audits the books; nothing may differ."""
        from apportion.apps.ledger.audit import audit_books

        return [str(difference) for difference in audit_books().differences]


def mean(values: Sequence[Any]) -> float:
    """Averages numbers."""
    return float(sum(values) / len(values))


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1] / "src"))
    main()
