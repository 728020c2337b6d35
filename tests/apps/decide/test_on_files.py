"""`apportion decide` and `apportion verify` work on files alone, and write all or nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from apportion.apps.decide.on_files import register_files

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "round"
ROUND, REQUESTS = EXAMPLE / "round.toml", EXAMPLE / "requests.csv"


def run(*words):
    """Runs the verbs as the office does: what a command returns is its exit code."""
    app = typer.Typer()
    register_files(app)

    @app.callback()
    def exits(_: typer.Context) -> None:
        """Stands where the office's own options stand."""

    result = CliRunner().invoke(app, [str(word) for word in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


def decided(tmp_path, *more):
    out = tmp_path / "decision.json"
    code, text, _ = run("decide", "--round", ROUND, "--requests", REQUESTS, "--out", out, *more)
    assert code == 0
    return out, text


def test_a_round_is_decided_and_its_decision_verified(tmp_path):
    out, text = decided(tmp_path)
    assert "11 of 16 requests funded" in text
    assert json.loads(out.read_bytes())["schema"] == "apportion.decision/1"
    code, text, _ = run("verify", out, "--counterfactuals")
    assert code == 0
    assert text.endswith(": true\n")
    assert "verified ways in, each solved again" in text


def test_the_same_files_give_the_same_bytes_under_another_hash_seed_and_row_order(tmp_path):
    out, _ = decided(tmp_path)
    lines = REQUESTS.read_text().splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    script = (
        "import sys, typer; from apportion.apps.decide.on_files import register_files as files;"
        "app = typer.Typer(); files(app); app(standalone_mode=False);"
        "sys.exit('django' in sys.modules)"
    )
    for seed in ("1", "2"):
        other = tmp_path / f"other{seed}.json"
        words = ["decide", "--round", ROUND, "--requests", turned, "--out", other]
        path = os.pathsep.join(filter(None, sys.path))
        subprocess.run(
            [sys.executable, "-c", script, *map(str, words)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        )
        assert other.read_bytes() == out.read_bytes()


def test_a_changed_award_makes_verify_exit_one_and_name_the_request(tmp_path):
    out, _ = decided(tmp_path)
    document = json.loads(out.read_bytes())
    award = next(a for a in document["awards"] if a["request"] == "proof-search")
    award["amounts"]["gpu:h100"] -= 3600
    out.write_text(json.dumps(document))
    code, text, _ = run("verify", out)
    assert code == 1
    assert "proof-search" in text
    code, text, _ = run("verify", out, "--json")
    assert (code, json.loads(text)["holds"]) == (1, False)


def test_bad_input_exits_two_with_every_fault_and_leaves_the_old_decision(tmp_path):
    out = tmp_path / "decision.json"
    out.write_text("the old one")
    bad = tmp_path / "requests.csv"
    bad.write_text(REQUESTS.read_text().replace(",continual,", ",continuall,"))
    code, text, told = run("decide", "--round", ROUND, "--requests", bad, "--out", out)
    assert (code, text) == (2, "")
    assert told.count("Did you mean continual?") == 3
    assert f"{bad}:11: area: no such area (got 'continuall')" in told
    assert out.read_text() == "the old one"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["decision.json", "requests.csv"]


@pytest.mark.parametrize(
    "words",
    [
        ("decide", "--round", "none.toml", "--requests", REQUESTS, "--out", "d.json"),
        ("decide", "--round", ROUND, "--requests", REQUESTS, "--out", "no/such/folder/d.json"),
        ("decide", "--round", ROUND, "--requests", REQUESTS, "--out", "d", "--objective", "best"),
        ("verify", "none.json"),
    ],
)
def test_a_call_that_cannot_be_followed_exits_two_and_says_what_would_do(
    words, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, _, told = run(*words)
    assert code == 2
    assert told.strip()
    assert list(tmp_path.iterdir()) == []


def test_another_objective_may_be_tried_without_touching_the_round(tmp_path):
    out, text = decided(tmp_path, "--objective", "cut-line")
    assert "by cut-line" in text
    assert run("verify", out, "--counterfactuals")[0] == 0


def test_cpu_seconds_are_written_beside_the_decision_and_never_in_it(tmp_path):
    plain, _ = decided(tmp_path)
    before = plain.read_bytes()
    out, _ = decided(tmp_path, "--timings")
    assert out.read_bytes() == before
    assert "decide_cpu_seconds" in json.loads(
        (tmp_path / "decision.json.timings.json").read_bytes()
    )


def test_json_on_standard_output_is_one_object(tmp_path):
    _, text = decided(tmp_path, "--json")
    assert json.loads(text)["funded"] == 11
