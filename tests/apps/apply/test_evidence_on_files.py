"""`apportion evidence` on plain files: answers, and every fault of a file at once."""

import json

import pytest
import typer
from typer.testing import CliRunner

from apportion.apps.apply.evidence_on_files import evidence
from apportion.core.faults import BadInput

CLAIM = """schema = "apportion.evidence/1"
[claim]
kind = "compare_means"
metric = "accuracy"
effect = 1.0
arms = ["new", "old"]
[[rates]]
resource = "gpu:h100"
credits = 2.5
[grant]
starts_at = 2026-01-01T00:00:00Z
ends_at = 2026-04-01T00:00:00Z
ask = 100
"""
VALUES = {"new": (10.0, 11.0, 12.0, 11.5, 10.5), "old": (9.0, 10.0, 11.0, 10.5, 9.5)}
PILOT = "job,arm,seed,value,used.gpu:h100,registered\n" + "".join(
    f"{arm}-{seed},{arm},{seed},{value},2,1\n"
    for arm, values in VALUES.items()
    for seed, value in enumerate(values)
)


@pytest.fixture
def call(tmp_path):
    """Calls a verb with files made of the texts given; answers exit code and output."""
    files = {"claim": ("claim.toml", CLAIM), "pilot": ("pilot.csv", PILOT)}

    def run(*words, **texts):
        chosen = {name: (file, texts.get(name, text)) for name, (file, text) in files.items()}
        for file, text in chosen.values():
            (tmp_path / file).write_text(text)
        command = typer.main.get_command(evidence)
        answer = CliRunner().invoke(
            evidence, [word.replace("@", f"{tmp_path}/") for word in words], standalone_mode=False
        )
        assert command is not None
        if isinstance(answer.exception, BadInput):
            raise answer.exception
        assert answer.exception is None, answer.exception
        return answer.return_value, answer.stdout

    return run


ESTIMATE = ("estimate", "--claim", "@claim.toml", "--pilot", "@pilot.csv")


def test_an_estimate_prints_the_verdict_and_the_three_numbers(call):
    code, said = call(*ESTIMATE, "--offer", "30")
    assert code == 0
    assert said.startswith("Underpowered: too small to settle the claim.")
    assert "To see 1 accuracy:" in said
    assert "With the offer, 30 credits: 3 runs of each arm, power" in said


def test_an_estimate_as_json_holds_every_number_and_where_it_comes_from(call):
    code, said = call(*ESTIMATE, "--json")
    told = json.loads(said)
    assert code == 0
    assert told["verdict"] in {"sufficient", "underpowered"}
    assert float(told["credits"]["point"]) == told["runs"]["assured"] * 2 * 2 * 2.5
    assert told["at"][0]["name"] == "ask"
    assert told["provenance"]["jobs"][0] == "new-0"
    assert "NaN" not in said


def test_without_a_pilot_the_answer_is_that_one_is_needed_and_the_exit_says_no(call):
    code, said = call("estimate", "--claim", "@claim.toml", "--json")
    told = json.loads(said)
    assert (code, told["verdict"]) == (1, "pilot_needed")
    assert told["credits"] == {"low": None, "point": None, "high": None, "expected": None}


def test_the_picture_is_drawn_into_the_file_named(call, tmp_path):
    call(*ESTIMATE, "--svg", "@power.svg")
    assert (tmp_path / "power.svg").read_text().startswith("<svg xmlns=")


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        (("effect = 1.0", "spread = 0.1\neffect = 1.0"), "claim.spread", "never typed"),
        (("effect = 1.0", 'effect = "big"'), "claim.effect", "number"),
        (("effect = 1.0\n", ""), "claim.effect", "missing"),
        (("compare_means", "compare_mean"), "claim.kind", "Did you mean compare_means?"),
        (("credits = 2.5", "credits = -1"), "rates[0].credits", "negative"),
        (("2026-04-01", "2025-04-01"), "grant.ends_at", "before it starts"),
        (("ask = 100", "ask = 100\nminimum = 101"), "grant.minimum", "above the ask"),
        (('schema = "apportion.evidence/1"', ""), "schema", "missing"),
        (("[grant]", "[policy]\nprior = 2\n[grant]"), "policy.prior", "below 1"),
        (("arms = [", "alpha = true\narms = ["), "claim.alpha", "number"),
    ],
)
def test_a_fault_of_the_claim_is_told_with_line_field_and_remedy(call, changed, field, says):
    with pytest.raises(BadInput) as bad:
        call(*ESTIMATE, claim=CLAIM.replace(*changed))
    fault = next(fault for fault in bad.value.faults if fault.field == field)
    assert says in str(fault)
    assert fault.remedy


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        (("job,arm", "spread,arm"), "spread", "measured, never typed"),
        (("new-0,new,0,10.0", "new-0,new,zero,10.0"), "seed", "whole number"),
        (("new-0,new,0,10.0", "new-0,new,0,ten"), "value", "not a number"),
        (("10.0,2,1", "10.0,-2,1"), "used.gpu:h100", "negative"),
        (("10.0,2,1", "10.0,2,maybe"), "registered", "not 0 or 1"),
        (("new-0,new", "new 0,new"), "job", "not an id"),
    ],
)
def test_a_fault_of_the_pilot_is_told_with_line_field_and_remedy(call, changed, field, says):
    with pytest.raises(BadInput) as bad:
        call(*ESTIMATE, pilot=PILOT.replace(*changed, 1))
    fault = next(fault for fault in bad.value.faults if fault.field == field)
    assert says in str(fault)
    assert fault.line in {1, 2}


def test_an_infinite_metric_is_refused_by_the_job_that_has_it(call):
    code, said = call(*ESTIMATE, pilot=PILOT.replace("new,0,10.0", "new,0,inf"))
    assert code == 1
    assert "METRIC_NOT_FINITE: job new-0" in said


def test_a_law_is_fitted_and_printed_with_its_six_numbers(call, tmp_path):
    rows = [
        f"{n:.6e},{d:.6e},{1.8 + 400 / n**0.34 + 2000 / d**0.36:.9f},0"
        for n in (1e7, 1e8, 1e9)
        for d in (1e8, 1e9, 1e10)
    ]
    (tmp_path / "runs.csv").write_text(
        "params,tokens,loss,outlier\n" + "\n".join([*rows, "1e7,1e8,9,1"])
    )
    code, said = call("scaling-fit", "--runs", "@runs.csv", "--json")
    told = json.loads(said)
    assert code == 0
    assert list(told)[:6] == ["A", "B", "E", "alpha", "beta", "objective"]
    assert told["E"] == pytest.approx(1.8, abs=1e-4)
    assert told["alpha"] == pytest.approx(0.34, abs=1e-4)
    assert (told["runs"], told["left_out"]) == (9, 1)


def test_four_runs_do_not_make_a_law(call, tmp_path):
    (tmp_path / "runs.csv").write_text("params,tokens,loss\n" + "1e7,1e8,3\n" * 4)
    with pytest.raises(BadInput, match="4 runs do not determine five numbers"):
        call("scaling-fit", "--runs", "@runs.csv")


def test_the_ways_to_split_a_budget_are_compared_and_drawn(call, tmp_path):
    words = ("portfolio", "--budget", "120", "--noise", "50", "--repeats", "20")
    code, said = call(*words, "--svg", "@finds.svg")
    assert code == 0
    assert said.count("\n") == 6
    assert "equal thin split" in said
    assert (tmp_path / "finds.svg").read_text().startswith("<svg xmlns=")
    told = json.loads(call(*words, "--json")[1])
    assert [row["budget"] for row in told] == [120] * 4
