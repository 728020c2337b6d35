"""Moves, comparisons and fairness work on decision files alone, and refuse what is no decision."""

import json
from pathlib import Path

import pytest

from apportion.office import cli

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "round"


@pytest.fixture(scope="module")
def decision(tmp_path_factory):
    out = tmp_path_factory.mktemp("decided") / "decision.json"
    files = ("--round", EXAMPLE / "round.toml", "--requests", EXAMPLE / "requests.csv")
    words = ("decide", *files, "--out", out, "--counterfactuals", "estimate", "--json")
    assert cli.run([str(word) for word in words]) == 0
    return out


def run(capfd, *words):
    code = cli.run([str(word) for word in words])
    printed = capfd.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def test_a_move_tells_its_price_and_keeps_nothing_unless_told_where(capfd, decision, tmp_path):
    move = ("what-if", decision, "--pin", "red-team-swarm=in", "--why", "The safety case needs it")
    code, out, err = run(capfd, *move, "--json")
    assert code == 0
    rows = {row["request"]: row for row in json.loads(out)}
    assert rows["red-team-swarm"]["after"] == "minimum"
    assert "points of value" in err
    moved = tmp_path / "moved.json"
    assert run(capfd, *move, "--out", moved)[0] == 0
    kept = json.loads(moved.read_bytes())
    assert kept["overrides"][0]["owner"] == "red-team-swarm"
    assert float(kept["price_of_override"]) > 0
    assert run(capfd, "verify", moved)[0] == 0
    code, out, _ = run(capfd, "compare", decision, moved, "--csv")
    assert code == 0
    assert "red-team-swarm,not_yet,minimum,gpu:h100,0,1000" in out


def test_the_areas_are_told_with_their_shares_and_whether_chance_explains_them(capfd, decision):
    code, out, err = run(capfd, "fairness", decision, "--json")
    assert code == 0
    assert "Gini of awards over asks" in err
    assert sum(row["requests"] for row in json.loads(out)) == 16
    code, out, _ = run(capfd, "shares", decision, "-P", "-n", "-o", "area,resource,promised")
    assert code == 0
    assert "foundations|gpu:h100|3000" in out.splitlines()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--pin", "red-team-swarm"), "neither in nor out"),
        (("--pin", "nobody=in"), "no such request"),
        (("--set", "pool/gpu:h100=many"), "not a number"),
        (("--set", "moon/gpu:h100=1"), "no such setting"),
        (("--set", "floor/nowhere/gpu:h100=1"), "no such area or group"),
        (("--set", "pool/gold=1"), "no such resource"),
        ((), "nothing is moved"),
    ],
)
def test_a_move_that_cannot_be_made_exits_two_and_says_what_would_do(capfd, decision, words, told):
    code, out, err = run(capfd, "what-if", decision, "--why", "x", *words)
    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "apportion.decision/1"}', "\x00"])
def test_what_is_no_decision_is_refused(capfd, decision, tmp_path, text):
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text)
    for words in (("fairness", wrong), ("compare", decision, wrong), ("shares", wrong)):
        code, out, err = run(capfd, *words)
        assert (code, out) == (2, "")
        assert "wrong.json" in err
