"""`apportion simulate directive`: the price of an emergency, and what is refused."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from apportion.adapters.files.parse_terms import parse_terms
from apportion.core.directive.drill import drill_of
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused
from apportion.core.simulate.cluster import Cluster, Group
from apportion.core.simulate.directive import Directive
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.preview import preview
from apportion.core.simulate.trace import TraceJob, lay_out
from apportion.office.cli import run

DRILL = """schema = "apportion.directive/1"
ref = "ship-it"
declared_by = "cto"
purpose = "launch"
group = "a"
from = 200
until = 600
mode = "preempt"
signers = ["ceo"]
finish_by = 1000
[take.share]
gpu = 0.25
[payback]
rate = 1
by = 4000
leave = 0.5
[minimums]
b = 0.4
"""
ROWS = [(at, 70, 2, who) for at in range(0, 2000, 25) for who in "ab"]
CLUSTER = Cluster(procs=8, groups=(Group(name="a", quota=4), Group(name="b", quota=4)))
POLICY = Policy(order=Order.FAIR_SHARE, checkpoint=20, restart=5)


def traced():
    jobs = [
        TraceJob(job=str(n), submit=at, duration=ran, procs=procs, estimate=2 * ran, group=who)
        for n, (at, ran, procs, who) in enumerate(ROWS)
    ]
    return lay_out(jobs, file="rows")


def drilled(text=DRILL):
    terms = parse_terms(text.encode(), "d.toml")
    drill = drill_of(terms, trace=traced(), cluster=CLUSTER)
    return preview(drill, traced(), CLUSTER, POLICY, tell=str)


def test_a_preview_names_who_gains_who_pays_and_who_falls_under_a_minimum():
    told = drilled()
    changes = {change.group: change for change in told.changes}
    assert changes["a"].moved > 0 > changes["b"].moved
    assert changes["a"].wait_with < changes["a"].wait_without
    assert changes["b"].wait_with > changes["b"].wait_without
    assert changes["b"].lent > 0
    assert [change.group for change in told.losers] == ["b"]
    assert told.chosen.repaid_at is None or told.chosen.repaid_at > 600


def test_what_is_taken_comes_on_top_of_what_the_group_can_count_on():
    told = drilled()
    assert (told.directive.quota, told.directive.amount, told.directive.lent) == (4, 6, 2)
    amounts = {each.name: each.amount for each in told.alternatives}
    assert amounts["half the amount"] == 5


def test_draining_loses_nothing_and_the_smallest_amount_meets_the_date_while_one_less_does_not():
    told = drilled()
    drained = next(each for each in told.alternatives if each.name == "by draining")
    assert drained.lost == 0
    late = told.finished_at + 200
    found = drilled(DRILL.replace("finish_by = 1000", f"finish_by = {late}")).smallest
    for amount, meets in ((found, True), (found - 1, False)):
        if amount:
            less = preview(
                replace(told.directive, amount=amount), traced(), CLUSTER, POLICY, tell=str
            )
            assert (less.finished_at <= late) is meets


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("until = 600\n", "", "a directive has an end"),
        ("[payback]\nrate = 1\nby = 4000\nleave = 0.5\n", "", "what is lent comes back"),
        ("leave = 0.5", "leave = 0", "not a part"),
        ("gpu = 0.25", "gpu = 1.5", "not a share"),
        ("gpu = 0.25", "gpu = 0.5\n[take.amount]\ngpu = 3", "given twice"),
        ("gpu = 0.25", "", "nothing is taken"),
        ('mode = "preempt"', 'mode = "grab"', "not known"),
        ("from = 200", 'from = "soon"', "not an instant"),
        ("from = 200", "from = 1e99", "not an instant"),
        ('group = "a"', 'too = "a"', "unknown key"),
        ('group = "a"', 'group = "a"\narea = "b"', "not one borrower"),
        ("b = 0.4", "b = -1", "minimums.b"),
        ('signers = ["ceo"]', 'signers = "ceo"', "not a list"),
    ],
)
def test_a_drill_is_refused_when_its_file_is_wrong(old, new, words):
    with pytest.raises(BadInput) as refused:
        parse_terms(DRILL.replace(old, new).encode(), "d.toml")
    assert any(words in str(fault) for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"group": "z"}, Code.NOT_FOUND),
        ({"amount": 9}, Code.OUT_OF_RANGE),
        ({"ends_at": 200}, Code.OUT_OF_RANGE),
        ({"starts_at": 10**6, "ends_at": 10**7}, Code.OUT_OF_RANGE),
        ({"payback": Fraction(0)}, Code.INCOMPLETE),
        ({"exempt": ("a",)}, Code.OUT_OF_RANGE),
    ],
)
def test_a_drill_is_refused_when_it_cannot_be_previewed(change, code):
    terms = {
        "name": "n",
        "declared_by": "d",
        "purpose": "p",
        "group": "a",
        "amount": 6,
        "starts_at": 200,
        "ends_at": 600,
        "preempt": True,
        "payback": Fraction(1, 2),
        "signers": ("s",),
    }
    with pytest.raises(Refused) as refused:
        preview(Directive(**terms | change), traced(), CLUSTER, POLICY, tell=str)
    assert refused.value.refusals[0].code is code


def test_the_command_tells_the_price_as_text_and_as_json(tmp_path, capsys):
    (tmp_path / "d.toml").write_text(DRILL)
    (tmp_path / "c.toml").write_text("[pool]\nprocs = 8\n")
    rows = [f"{n},{at},{ran},{size},{who}" for n, (at, ran, size, who) in enumerate(ROWS)]
    (tmp_path / "t.csv").write_text("\n".join(["job,submit,duration,procs,group", *rows, ""]))
    words = [
        *("simulate", "directive", str(tmp_path / "t.csv"), "--format", "csv"),
        *("--cluster", str(tmp_path / "c.toml"), "--directive", str(tmp_path / "d.toml")),
    ]
    assert run(words) == 0
    assert "b falls under its minimum" in capsys.readouterr().out
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["losers"] == ["b"]
    assert told["fidelity"] is None
    assert len(told["alternatives"]) == 9
