"""What a real Slurm said to every sync of a story, said again: the books come to the same charges."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from apportion.apps.ledger.audit import audit_books
from apportion.apps.meter import trimming
from apportion.apps.meter.collecting import sync_usage
from tests.slurm.lab import Lab
from tests.slurm.recording import TRANSCRIPTS, charges

pytestmark = pytest.mark.django_db
STORIES = sorted(path.stem for path in TRANSCRIPTS.glob("*.json"))


class Recorded:
    """A cluster that says what was recorded of one."""

    name = "recorded"

    def __init__(self, told):
        self.told, self.windows = told, {}

    def number(self):
        return 1

    def run(self, *_):
        return "daemon"

    def longest_job(self):
        return self.told["longest_job"]

    def ask(self, window, *, folder):
        path = folder / f"{window[0]}-{window[1]}"
        lines = self.told["texts"][self.windows[window]]
        path.write_text("".join(f"{line}\n" for line in lines))
        return Said(path)


class Said:
    """An answer that is there already."""

    def __init__(self, path):
        self.path = path

    def wait(self):
        return self.path

    def drop(self):
        self.path.unlink(missing_ok=True)


@pytest.mark.parametrize("story", STORIES)
def test_a_recorded_story_comes_to_the_charges_that_it_came_to_on_the_cluster(
    story, settings, monkeypatch
):
    told = json.loads((TRANSCRIPTS / f"{story}.json").read_text())
    cluster = Recorded(told)
    lab = Lab(cluster, settings, now=datetime.fromtimestamp(told["now"], UTC))
    lab.grant({slug: (seconds, "foundations") for slug, seconds in told["granted"].items()})
    monkeypatch.setattr(trimming, "GRACE", timedelta(seconds=told["grace"]))
    for one in told["passes"]:
        cluster.windows = {(low, high): text for low, high, text in one}
        now = datetime.fromtimestamp(one[-1][1], UTC)
        sync_usage(accounting=cluster, by=lab.folk["ops"], now=now)
    assert charges(told["granted"]) == told["charges"]
    assert told["charges"]
    last = told["passes"][-1][-1][2]
    cluster.windows = defaultdict(lambda: last)  # the same once more, whatever window is asked for
    sync_usage(accounting=cluster, by=lab.folk["ops"], now=now + timedelta(seconds=1))
    assert charges(told["granted"]) == told["charges"]
    assert audit_books().differences == ()


def test_there_are_stories_of_a_requeue_a_preemption_and_a_crash():
    assert {"crashed", "preempted", "two-projects"} <= set(STORIES)
