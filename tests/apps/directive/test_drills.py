"""Previews and drills over metered jobs: replayed, told step by step, as page, JSON and CSV."""

import json

import pytest

from apportion.apps.directive.actions import (
    adopt_directive,
    draft_directive,
    make_preview,
    sign_directive,
)
from apportion.apps.directive.queries import document_of, find_directive
from apportion.apps.meter.jobs import metered_jobs
from apportion.office.cli import run
from tests.apps.directive.lab import DAY, END, START, TERMS, meter
from tests.apps.meter.test_actions import job
from tests.apps.pages import read, visit
from tests.apps.small_lab import GPU

pytestmark = pytest.mark.django_db
HOME = "/code-red/red-1/"
SHORT = (
    TERMS.replace("[take.amount]", "[take.share]")
    .replace('"gpu:h100" = 12', '"gpu:h100" = 0.5')
    .replace(END.isoformat(), (START + 4 * DAY).isoformat())
)
ASKED = "/code-red-drill/?trace=metered:gpu:h100&group=assistant&share=50&days=4&mode=preempt&leave=50&policy=fair-share&procs=2&finish_days=2"


@pytest.fixture(autouse=True)
def at_start(settings, tmp_path):
    """Stops the clock where the directive begins, on a cluster of eight."""
    settings.APPORTION_CLOCK = lambda: START
    cluster = tmp_path / "cluster.toml"
    cluster.write_text("[pool]\nprocs = 2\n")
    settings.APPORTION_CLUSTER_FILE = cluster


@pytest.fixture
def busy(lab, tmp_path):
    """A lab with two jobs every two hours in the nine days before the directive."""
    began = int((START - 9 * DAY).timestamp())
    rows = []
    for number in range(210):
        who = ("alpha", "beta", "chat")[number % 3]
        at = began + number // 2 * 2 * 3600
        rows.append(job(number + 1, start=at, hours=0.1, gpus=1, account=who))
    meter(lab, tmp_path, "".join(rows))
    return lab


def test_metered_jobs_come_back_run_by_run_with_area_and_project(busy):
    jobs = metered_jobs(resource=GPU)
    assert len(jobs) == 210
    assert {(one.group, one.account) for one in jobs} == {
        ("foundations", "alpha"),
        ("foundations", "beta"),
        ("assistant", "chat"),
    }
    assert {(one.duration, one.procs) for one in jobs} == {(360, 1)}
    later = START - 4 * DAY
    assert 0 < len(metered_jobs(resource=GPU, since=later)) < 210


def test_a_preview_carries_the_replay_of_the_jobs_that_were_metered_and_can_be_adopted(busy):
    draft_directive(toml=SHORT, by=busy["eve"], now=START)
    steps = []
    made = make_preview(ref="red-1", by=busy["eve"], now=START, tell=steps.append)
    assert steps[0] in {"without it", "with it"}
    (replay,) = document_of(made)["replays"]
    assert (replay["jobs"], replay["capacity"]) == (210, 2)
    assert {one["group"] for one in replay["answer"]["groups"]} >= {"chat", "foundations"}
    for name in ("mia", "noa"):
        sign_directive(ref="red-1", number=1, by=busy[name], now=START)
    assert adopt_directive(ref="red-1", by=busy["mia"], now=START).state == "in_force"


def test_the_preview_button_tells_each_replay_and_keeps_what_the_page_then_draws(client, busy):
    visit(client, busy["eve"], "/code-red-draft/", toml=SHORT)
    told = b"".join(
        visit(client, busy["eve"], f"{HOME}preview/", go="1").streaming_content
    ).decode()
    assert "<li>with it</li>" in told
    assert "Read preview 1" in told
    assert find_directive("red-1").state == "previewed"
    page = visit(client, busy["eve"], HOME)
    assert b'class="ring"' in page.content
    assert "from replaying 210 jobs of 9 days" in read(page)
    assert "How sure" in read(page)
    assert "By preemption" in read(page)


def test_a_drill_is_told_step_by_step_as_a_picture_a_table_json_and_csv(client, busy):
    told = b"".join(visit(client, busy["eve"], ASKED).streaming_content).decode()
    assert told.count("<li>") >= 12
    assert "Ways to do it" in told
    assert 'class="ring"' in told
    facts = visit(client, busy["eve"], ASKED.replace("drill/?", "drill.json?")).json()
    assert len(facts["alternatives"]) == 9
    lines = visit(client, busy["eve"], ASKED.replace("drill/?", "drill.csv?")).content.decode()
    assert len(lines.splitlines()) == 11


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("days=4", "days=90", "Try at most"),
        ("group=assistant", "group=nobody", "Nothing has this name"),
        ("metered:gpu:h100", "../../etc/passwd", "not one of the available choices"),
        ("share=50", "share=0", "greater than or equal to 1"),
        ("share=50", "share=1e99", "whole number"),
        ("policy=fair-share", "policy=mine", "not one of the available choices"),
    ],
)
def test_a_drill_is_refused_when_what_is_asked_cannot_be(client, busy, old, new, words):
    answer = visit(client, busy["eve"], ASKED.replace(old, new))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert words in body.decode()


def test_the_drill_page_says_what_to_do_where_there_is_nothing_to_replay(client, lab):
    assert "There is nothing to replay." in read(visit(client, lab["eve"], "/code-red-drill/"))
    assert visit(client, lab["ann"], "/code-red-drill/").status_code == 403


def test_the_command_line_replays_what_the_office_metered(busy, capsys):
    words = ["simulate", "replay", "--format", "office", "--policy", "fair-share", "--json"]
    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["jobs"], told["capacity"]) == (210, 2)
    assert told["fidelity"]["jobs"] == 210
    assert {one["group"] for one in told["groups"]} == {"assistant", "foundations"}
    assert run([*words, "--resource", "tpu"]) == 2
    assert "gpu:h100" in capsys.readouterr().err
    assert run(["simulate", "replay", "--format", "swf", "--cluster", "x.toml"]) == 2
