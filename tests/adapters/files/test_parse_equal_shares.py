"""A policy may let areas or reviewers hold equal shares, and requests may carry opinions."""

from fractions import Fraction

import pytest

from apportion.adapters.files.parse import parse_requests, parse_round
from apportion.core.faults import BadInput
from apportion.core.policy import Counting, EqualShares, Objective, Voters

ROUND = """schema = "apportion.round/1"
name = "R"
[resources.gpu]
[pool]
gpu = 10
[[areas]]
id = "lab"
name = "Lab"
[decide]
objective = "equal-shares"
"""
SHARES = '[decide.equal_shares]\nvoters = "reviewers"\ncount = "approval"\ncomplete = false\n'
HEADER = "id,area,score,ask.gpu,minimum.gpu"


def policy(more=""):
    return parse_round((ROUND + more).encode(), "round.toml")


def faults_of(act):
    with pytest.raises(BadInput) as bad:
        act()
    return [str(fault) for fault in bad.value.faults]


def test_shares_are_held_by_areas_and_completed_unless_told_otherwise():
    assert policy().objective is Objective.EQUAL_SHARES
    assert policy().equal_shares == EqualShares()
    told = policy(SHARES).equal_shares
    assert told == EqualShares(voters=Voters.REVIEWERS, count=Counting.APPROVAL, complete=False)


def test_what_is_not_known_is_refused_with_its_line():
    wrong = SHARES.replace("reviewers", "reviewer").replace("approval", "ok").replace("false", "0")
    told = faults_of(lambda: policy(wrong))
    assert len(told) == 3
    assert told[0].startswith("round.toml:12: decide.equal_shares.voters: not known")
    assert "Did you mean reviewers?" in told[0]
    assert told[2].startswith("round.toml:14: decide.equal_shares.complete: not true or false")


def test_opinions_are_read_by_reviewer_and_an_empty_cell_is_none():
    rows = f"{HEADER},opinion.bo,opinion.ada\nr1,lab,3,4,1,2.5,4\nr2,lab,3,4,1,,0\n"
    one, two = parse_requests(rows.encode(), "requests.csv", policy(SHARES))
    assert one.opinions == (("ada", Fraction(4)), ("bo", Fraction(5, 2)))
    assert two.opinions == (("ada", Fraction(0)),)


def test_a_round_in_which_reviewers_vote_is_refused_without_their_opinions():
    rows = f"{HEADER}\nr1,lab,3,4,1\n".encode()
    (told,) = faults_of(lambda: parse_requests(rows, "requests.csv", policy(SHARES)))
    assert told.startswith("requests.csv:1: opinion: missing column")


def test_an_opinion_that_is_no_number_is_refused_with_its_column():
    rows = f"{HEADER},opinion.ada\nr1,lab,3,4,1,good\n".encode()
    (told,) = faults_of(lambda: parse_requests(rows, "requests.csv", policy(SHARES)))
    assert told.startswith("requests.csv:2: opinion.ada: not a number (got 'good')")


def test_areas_that_approve_need_scores_and_not_only_values():
    rows = b"id,area,value,ask.gpu,minimum.gpu\nr1,lab,3,4,1\n"
    approving = policy(SHARES.replace("reviewers", "areas"))
    (told,) = faults_of(lambda: parse_requests(rows, "requests.csv", approving))
    assert told.startswith("requests.csv:1: score: missing column")
    assert parse_requests(rows, "requests.csv", policy())[0].value == 3
