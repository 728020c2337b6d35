"""Opinions on file: odds and ties from the command line, or every fault and nothing written."""

import hashlib
import json
from pathlib import Path

import pytest

from apportion.office import cli

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/round"
SEED = "0x9f3a51c7"
HASH = hashlib.sha256(SEED.encode()).hexdigest()


@pytest.fixture
def decide(tmp_path):
    """Decides the example round with its opinions, under another rule if one is given."""

    def call(rule="", reviews=EXAMPLE / "reviews.csv"):
        policy = (EXAMPLE / "round.toml").read_text().replace(f'tie_seed = "{SEED}"', f'tie_seed = "{SEED}"\n{rule}')  # fmt: skip
        (tmp_path / "round.toml").write_text(policy)
        words = ["decide", "--round", str(tmp_path / "round.toml"), "--requests"]
        words += [str(EXAMPLE / "requests.csv"), "--reviews", str(reviews)]
        return cli.run([*words, "--out", str(tmp_path / "decision.json"), "--json"])

    return call


def test_opinions_give_odds_an_interval_and_a_zone(decide, tmp_path, capsys):
    assert decide() == 0
    told = json.loads(capsys.readouterr().out)["ties"]
    assert told["settlement"] == "engine"
    assert told["draws"] == 200
    assert set(told["zone"]) <= set(told["odds"])
    assert cli.run(["verify", str(tmp_path / "decision.json")]) == 0


def test_a_lottery_is_drawn_and_a_corrupted_seed_is_refused(decide, tmp_path, capsys):
    assert decide(f'tie_commitment = "{HASH}"\nties = {{ by = "lottery" }}') == 0
    told = json.loads(capsys.readouterr().out)["ties"]
    assert told["settlement"] == "drawn"
    assert len(told["drawn"]) >= 2
    file = tmp_path / "decision.json"
    assert cli.run(["verify", str(file)]) == 0
    file.write_text(file.read_text().replace(SEED, "0x9f3a51c8"))
    assert cli.run(["verify", str(file)]) == 1


def test_a_lottery_without_a_promise_or_wrong_opinions_write_nothing(decide, tmp_path, capsys):
    assert decide('ties = { by = "lottery" }') == 2
    assert "a lottery whose seed nobody promised" in capsys.readouterr().err
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("request,reviewer,score\nnobody,ana,3\n")
    assert decide(reviews=reviews) == 2
    assert "no such request" in capsys.readouterr().err
    assert decide(reviews=tmp_path / "missing.csv") == 2
    assert not (tmp_path / "decision.json").exists()


def test_opinions_that_cannot_tell_leave_the_engine_alone_and_say_why(decide, tmp_path, capsys):
    reviews = tmp_path / "reviews.csv"
    rows = [line.split(",") for line in (EXAMPLE / "requests.csv").read_text().splitlines()[1:]]
    reviews.write_text("request,reviewer,score\n" + "".join(f"{r[0]},ana,{r[4]}\n" for r in rows))
    assert decide(reviews=reviews) == 0
    assert "no request has two opinions" in json.loads(capsys.readouterr().out)["ties"]["why_not"]


def test_the_model_of_a_file_is_told(capsys):
    assert cli.run(["review", "model", "--reviews", str(EXAMPLE / "reviews.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["opinions"] == 48
    assert len(told["requests"]) == 16
