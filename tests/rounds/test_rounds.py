"""Plays each .round transcript on an empty office and compares all that it says."""

import os
import shlex
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from apportion.office import cli, desk

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.round"))


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_round_goes_as_told(story, settings, capfd, monkeypatch):
    monkeypatch.chdir(HERE)
    settings.APPORTION_SALT = bytes  # so that the journal has the same root each time
    monkeypatch.setattr(desk, "Desk", partial(desk.Desk, entropy=bytes))  # and lots fall alike
    told = story.read_text(encoding="utf-8")
    played = "\n".join(play(told, settings, capfd)) + "\n"
    if os.environ.get("REWRITE_ROUNDS"):  # noqa: TID251  who tells a new story asks by it
        story.write_text(played, encoding="utf-8")
    assert played == told


def play(told, settings, capfd):
    """Runs the commands of a story and gives it as it went."""
    for line in told.splitlines():
        if line.startswith("@ "):
            at = datetime.fromisoformat(line[2:])
            settings.APPORTION_CLOCK = lambda at=at: at
        if line.startswith(("# ", "@ ")) or line == "#":
            yield line
        elif line.startswith("$ apportion "):
            yield line
            yield from run(shlex.split(line)[2:], capfd)


def run(arguments, capfd):
    """Runs one command; gives what it printed and, where it is not 0, its exit code."""
    capfd.readouterr()
    code = cli.run(arguments)
    printed = capfd.readouterr()
    yield from (printed.out + printed.err).rstrip("\n").splitlines()
    if code:
        yield f"! {code}"
