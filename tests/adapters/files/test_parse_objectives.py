"""What objectives and policy rows add to a round's files is read exactly, or refused with its place."""

import json
from fractions import Fraction

import pytest

from apportion.adapters.files.parse import parse_requests, parse_round
from apportion.adapters.files.parse_carried import with_carried
from apportion.core.faults import BadInput

ROUND = b"""schema = "apportion.round/1"
name = "r"
[pool]
gpu = 10
[[areas]]
id = "lab"
floor = { gpu = 4 }
[[areas]]
id = "field"
[carried]
lab = { gpu = 1.5 }
[decide]
objective = "nash"
curve_exponent = 0.8
"""
POLICY = parse_round(ROUND, "round.toml")
HEADER = b"id,area,value,value_at_minimum,ask.gpu,minimum.gpu,either_or,requires"


def faults_of(read, *given):
    with pytest.raises(BadInput) as caught:
        read(*given)
    return [(fault.line, fault.field, fault.what) for fault in caught.value.faults]


def request_faults(*rows, header=HEADER):
    return faults_of(parse_requests, b"\n".join([header, *rows]), "requests.csv", POLICY)


def test_what_is_carried_and_the_curve_are_read():
    assert POLICY.carried == {"lab": {"gpu": 5400}}
    assert POLICY.curve_exponent == Fraction(4, 5)
    assert POLICY.promises(POLICY.areas[0]) == (("gpu", 4 * 3600, 0), ("gpu", 19800, 5400))


@pytest.mark.parametrize("objective", ["merit", "nash", "leximin", "equal-shares", "cut-line"])
def test_every_objective_is_known(objective):
    data = ROUND.replace(b'"nash"', f'"{objective}"'.encode())
    assert parse_round(data, "round.toml").objective == objective


@pytest.mark.parametrize(
    ("change", "line", "field", "what"),
    [
        ((b"lab = { gpu = 1.5 }", b"lob = { gpu = 1.5 }"), 11, "carried.lob", "no such area"),
        ((b"gpu = 1.5", b"gpu = -1"), 11, "carried.lab.gpu", "negative"),
        ((b"gpu = 1.5", b"cpu = 1"), 11, "carried.lab.cpu", "no such resource"),
        ((b"lab = { gpu = 1.5 }", b"lab = 3"), 11, "carried.lab", "not a table"),
        ((b"exponent = 0.8", b"exponent = 1.2"), 14, "decide.curve_exponent", "out of range"),
    ],
)
def test_a_fault_in_what_is_carried_or_curved_is_told_with_its_place(change, line, field, what):
    assert faults_of(parse_round, ROUND.replace(*change), "round.toml") == [(line, field, what)]


def test_a_value_at_the_minimum_is_read_where_it_makes_a_curve():
    data = b"\n".join([HEADER, b"a,lab,10,8,4,2,,"])
    (ask,) = parse_requests(data, "requests.csv", POLICY)
    assert (ask.value, ask.value_at_minimum) == (10, 8)


def test_a_value_at_the_minimum_outside_its_curve_is_refused():
    told = request_faults(b"a,lab,10,11,4,2,,", b"b,lab,10,4.9,4,2,,", b"c,lab,10,x,4,2,,")
    assert told == [
        (2, "value_at_minimum", "above the value of the ask"),
        (3, "value_at_minimum", "less than the minimum's share of the ask"),
        (4, "value_at_minimum", "not a number"),
    ]


def test_a_value_beyond_what_can_be_counted_is_refused():
    assert request_faults(b"a,lab,1000000000000000,,4,2,,") == [(2, "value", "too large")]


def test_a_score_that_the_objective_needs_is_missed():
    header = b"id,area,ask.gpu,minimum.gpu"
    assert request_faults(b"a,lab,4,2", header=header) == [(1, "score", "missing column")]


def test_a_request_that_excludes_what_it_requires_can_never_be_funded_and_is_refused():
    told = request_faults(
        b"child,lab,10,,4,2,pair,parent",
        b"parent,lab,10,,4,2,pair,",
        b"far,lab,10,,4,2,pair,near",
        b"near,lab,10,,4,2,,parent",
        b"fine,lab,10,,4,2,,parent",
    )
    assert [(line, what) for line, _, what in told] == [
        (2, "it needs both child and parent, of which only one is funded"),
        (4, "it needs both far and parent, of which only one is funded"),
    ]


def test_a_chain_of_many_thousand_requirements_is_read_in_no_time():
    rows = [f"r{n},lab,10,,4,2,l{n},{f'r{n - 1}' if n else ''}".encode() for n in range(20_000)]
    asks = parse_requests(b"\n".join([HEADER, *rows]), "requests.csv", POLICY)
    assert len(asks) == 20_000


def test_a_circle_of_requirements_is_told_once():
    told = request_faults(b"a,lab,10,,4,2,,b", b"b,lab,10,,4,2,,a")
    assert [what for _, _, what in told] == ["requests that require one another in a circle"]


def decision(**owed):
    held = {"area": "lab", "resource": "gpu", "before": 0, "after": 7200} | owed
    return json.dumps({"schema": "apportion.decision/1", "carried": [held]}).encode()


def test_what_a_decision_left_owed_is_carried_into_the_next_round():
    assert with_carried(POLICY, decision(), "d").carried == {"lab": {"gpu": 7200}}
    assert with_carried(POLICY, decision(after=0), "d").carried == {}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (decision(area="gone"), "carried[0].area"),
        (decision(resource="tpu"), "carried[0].resource"),
        (decision(after=-1), "carried[0].after"),
        (decision(after=True), "carried[0].after"),
        (b"{}", "carried"),
        (b"[]", "carried"),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
    ids=["area", "resource", "negative", "a truth", "empty", "list", "not text", "deep"],
)
def test_a_file_that_says_nothing_to_carry_is_refused(data, field):
    ((_, found, _),) = faults_of(with_carried, POLICY, data, "d")
    assert found == field
