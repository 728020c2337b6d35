"""`apportion decide --election` prints what the rule buys, or says what is wrong and with which code."""

import json

import pytest
import typer
from typer.testing import CliRunner

from apportion.apps.decide.on_files import register_files

ELECTION = """META
key;value
budget;6
vote_type;approval
PROJECTS
project_id;cost
a;2
b;2
c;2
d;2.5
VOTES
voter_id;vote
1;a,b,c
2;a,b,c
3;a,b,c
4;d
5;d
6;d
7;a
"""


@pytest.fixture
def pb(tmp_path):
    file = tmp_path / "e.pb"
    file.write_text(ELECTION)
    return file


def run(*words):
    app = typer.Typer()
    register_files(app)
    result = CliRunner().invoke(app, [str(word) for word in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.return_value, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("rule", "selected", "cost"),
    [
        ("greedy", ["a", "b", "c"], 6),
        ("equal-shares", ["a", "d"], 4.5),
        ("phragmen", ["a", "d"], 4.5),
        ("max-welfare", ["a", "b", "c"], 6),
    ],
)
def test_each_rule_prints_the_ids_in_order_and_the_cost(pb, rule, selected, cost):
    code, text, _ = run("decide", "--election", pb, "--rule", rule, "--json")
    assert code == 0
    assert json.loads(text) == {"selected": selected, "cost": cost}


def test_what_is_left_is_spent_where_that_is_asked_for(pb):
    pb.write_text(ELECTION.replace("budget;6", "budget;7"))
    given = ("decide", "--election", pb, "--rule", "equal-shares", "--satisfaction", "cardinality")
    code, text, _ = run(*given)
    assert (code, text.splitlines()[0]) == (0, "2 projects for 4.5 of 7")
    _, text, _ = run(*given, "--complete", "--json")
    assert json.loads(text) == {"selected": ["a", "b", "d"], "cost": 6.5}


def test_a_file_with_faults_ends_with_code_2_and_all_of_them(pb):
    pb.write_text(ELECTION.replace("budget;6", "budget;six").replace("7;a", "7;z"))
    code, text, told = run("decide", "--election", pb, "--rule", "greedy")
    assert (code, text) == (2, "")
    assert "e.pb:3: budget: not a number (got 'six')" in told
    assert "e.pb:19: vote: no such project (got 'z')" in told


def test_a_file_that_is_not_there_and_a_rule_that_is_none_end_with_code_2(tmp_path, pb):
    code, _, told = run("decide", "--election", tmp_path / "none.pb", "--rule", "greedy")
    assert (code, "cannot be read" in told) == (2, True)
    code, _, told = run("decide", "--election", pb, "--rule", "gredy")
    assert (code, "Did you mean greedy?" in told) == (2, True)


def test_a_satisfaction_that_the_ballots_do_not_tell_is_refused(pb):
    code, _, told = run("decide", "--election", pb, "--rule", "greedy", "--satisfaction", "borda")
    assert (code, "can be counted by cost, cardinality" in told) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--rule", "greedy"),
        ("--election", "e.pb", "--rule", "greedy", "--out", "d.json"),
        ("--round", "round.toml"),
    ],
)
def test_a_round_and_an_election_are_not_mixed(words):
    with pytest.raises(typer.BadParameter):
        run("decide", *words)
