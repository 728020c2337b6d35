"""Keeps what a real Slurm said to each sync of a test, with what the books made of it.

A transcript is written only where APPORTION_RECORD_TRANSCRIPTS is set; README.md has the command.
"""

import json
import os
from itertools import pairwise
from pathlib import Path

from apportion.adapters.slurm.collect.client import SlurmAccounting
from apportion.apps.meter import trimming
from apportion.apps.meter.models import Charge
from tests.apps.small_lab import GPU

TRANSCRIPTS = Path(__file__).resolve().parents[1] / "adapters" / "slurm" / "transcripts"
FACTS = ("account", "user", "job", "state", "size", "unit_seconds", "refunded_seconds")


def is_recording():
    return bool(os.environ.get("APPORTION_RECORD_TRANSCRIPTS"))  # noqa: TID251  said by whoever records


class Recording:
    """Hears the answers to syncs as they come in."""

    def __init__(self, name, lab):
        self.name, self.lab = name, lab
        self.texts, self.windows = [], []

    def listen(self, patch):
        ask = SlurmAccounting.ask

        def heard(accounting, window, *, folder):
            return Heard(self, window, ask(accounting, window, folder=folder))

        patch.setattr(SlurmAccounting, "ask", heard)

    def hear(self, window, text):
        """Keeps the lines about this lab's projects: others ran jobs on the cluster too."""
        marks = [f"|{slug}|" for slug in self.lab.granted]
        lines = text.splitlines(keepends=True)
        text = "".join(line for line in lines if any(mark in line for mark in marks))
        if text not in self.texts:
            self.texts.append(text)
        self.windows.append((*window, self.texts.index(text)))

    def write(self):
        """Writes the transcript, where somebody asked for it."""
        if not self.windows:
            return
        passes = [[self.windows[0]]]
        for before, window in pairwise(self.windows):
            if window[0] != before[1]:
                passes.append([])
            passes[-1].append(window)
        facts = {
            "schema": "apportion.transcript/1",
            "of": "sacct -nPXaD, Slurm 22.05.8",
            "now": int(self.lab.now.timestamp()),
            "granted": self.lab.granted,
            "grace": int(trimming.GRACE.total_seconds()),
            "longest_job": SlurmAccounting(self.lab.cluster.name).longest_job(),
            "passes": passes,
            "texts": [text.splitlines() for text in self.texts],
            "charges": charges(self.lab.granted),
        }
        path = TRANSCRIPTS / f"{self.name}.json"
        path.write_text(json.dumps(facts, indent=1) + "\n")


class Heard:
    """An answer that is kept when it has been heard to its end."""

    def __init__(self, recording, window, answer):
        self.recording, self.window, self.answer = recording, window, answer

    def wait(self):
        path = self.answer.wait()
        self.recording.hear(self.window, path.read_text())
        return path

    def drop(self):
        self.answer.drop()


def charges(slugs):
    """Gives what the books hold of projects, run by run. Units: epoch seconds, GPU-seconds."""
    rows = Charge.objects.filter(account__in=slugs, resource=GPU)
    return [
        {fact: getattr(row, fact) for fact in FACTS}
        | {"from": int(row.started_at.timestamp()), "until": int(row.ended_at.timestamp())}
        for row in rows.order_by("account", "started_at", "job")
    ]
