"""A `.pb` file is read whole, or every fault in it is told with its line."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.adapters.pabulib.parse import parse_election
from apportion.core.decide.rules.election import BallotKind
from apportion.core.faults import BadInput

META = "META\nkey;value\nbudget;100\nvote_type;{kind}\nnum_projects;3\nnum_votes;{votes}\n"
PROJECTS = 'PROJECTS\nproject_id;cost;name\n10;40;A park\n2;30.5;"Trees; more"\nx;60;X\n'


def file(*votes, kind="approval", columns="voter_id;vote", projects=PROJECTS, meta=META):
    head = meta.format(kind=kind, votes=len(votes)) + projects
    return (head + f"VOTES\n{columns}\n" + "".join(f"{vote}\n" for vote in votes)).encode()


def faults_of(data):
    with pytest.raises(BadInput) as bad:
        parse_election(data, "e.pb")
    return [str(fault) for fault in bad.value.faults]


def test_projects_stand_by_id_as_text_and_money_in_its_smallest_unit():
    held = parse_election(file("a;x", "b;10,2"), "e.pb")
    assert held.projects == ("10", "2", "x")
    assert (held.costs, held.budget, held.scale) == ((80, 61, 120), 200, 2)
    assert held.kind is BallotKind.APPROVAL


def test_equal_ballots_are_counted_once_however_they_are_spelled():
    held = parse_election(file("a;10,2", "b;2, 10", "c;x", "d;"), "e.pb")
    assert held.voters == 4
    assert held.ballots.weights.tolist() == [1, 2, 1]
    assert held.ballots.starts.tolist() == [0, 0, 2, 3]


def test_points_may_have_decimals_and_follow_their_project():
    votes = ("a;x,10;1.5,0.25", "b;2;1")
    held = parse_election(file(*votes, kind="scoring", columns="voter_id;vote;points"), "e.pb")
    assert held.ballots.projects.tolist() == [0, 2, 1]
    assert held.ballots.points.tolist() == [1, 6, 4]


def test_an_ordinal_ballot_counts_how_many_stand_below():
    held = parse_election(file("a;x,10,2", kind="ordinal"), "e.pb")
    assert held.ballots.projects.tolist() == [0, 1, 2]
    assert held.ballots.points.tolist() == [1, 0, 2]


def test_the_order_of_voters_leaves_no_trace():
    one = parse_election(file("a;x", "b;10,2", "c;2"), "e.pb").ballots
    other = parse_election(file("c;2", "b;2,10", "a;x"), "e.pb").ballots
    assert one.projects.tolist() == other.projects.tolist()
    assert one.weights.tolist() == other.weights.tolist()


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    data = b"\xef\xbb\xbf" + file("a;x").replace(b"\n", b"\r\n")
    assert parse_election(data, "e.pb").voters == 1


FAULTS = {
    "an empty file": (b" \n", ["e.pb:1: empty"]),
    "UTF-16": ("META".encode("utf-16"), ["e.pb:1: UTF-16 text"]),
    "other bytes": (b"META\nkey;value\n\xff", ["e.pb:3: not UTF-8 text"]),
    "a NUL": (b"META\n\0", ["e.pb:2: a NUL character"]),
    "another file": (b"id,area\nr1,a\n", ["e.pb:1: outside any section"]),
    "a missing section": (b"META\nkey;value\n", ["PROJECTS: missing section", "VOTES: missing"]),
    "an unclosed quote": (file('a;"x'), ["e.pb:14: not a table"]),
    "an unknown project": (file("a;y"), ["e.pb:14: vote: no such project (got 'y')"]),
    "a project named twice": (file("a;x,x"), ["e.pb:14: vote: names one twice"]),
    "a voter who votes twice": (file("a;x", "a;2"), ["e.pb:15: voter_id: repeated (got 'a')"]),
    "an unknown kind": (file("a;x", kind="aproval"), ["vote_type: unknown kind", "mean approval?"]),
    "too few cells": (file("a"), ["e.pb:14: 1 cells in a table of 2 columns"]),
    "no budget": (
        file("a;x", meta="META\nkey;value\nvote_type;{kind}\nx;{votes}\n"),
        ["budget: missing"],
    ),
    "a negative cost": (
        file("a;x", projects="PROJECTS\nproject_id;cost\nx;-4\n2;1\n3;1\n"),
        ["e.pb:9: cost: negative (got '-4')"],
    ),
    "a repeated project": (
        file("a;x", projects="PROJECTS\nproject_id;cost\nx;4\nx;1\n3;1\n"),
        ["e.pb:10: project_id: repeated (got 'x')"],
    ),
    "a cost without bound": (
        file("a;x", projects="PROJECTS\nproject_id;cost\nx;1e15\n2;1\n3;1\n"),
        ["e.pb:9: cost: too large"],
    ),
    "no cost column": (
        file("a;x", projects="PROJECTS\nproject_id;name\nx;4\n"),
        ["e.pb:8: cost: missing column"],
    ),
    "no points": (file("a;x", kind="cumulative"), ["e.pb:13: points: missing column"]),
    "points for others": (
        file("a;x;1,2", kind="cumulative", columns="voter_id;vote;points"),
        ["e.pb:14: points: points for 2 of 1 projects"],
    ),
    "negative points": (
        file("a;x;-1", kind="scoring", columns="voter_id;vote;points"),
        ["e.pb:14: points: negative (got '-1')"],
    ),
    "a file cut off": (
        file("a;x").replace(b"num_votes;1", b"num_votes;2"),
        ["e.pb:6: num_votes: not so many (got '2'). The file has 1"],
    ),
    "a budget in words": (
        file("a;x").replace(b"budget;100", b"budget;much"),
        ["e.pb:3: budget: not a number (got 'much')"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_refused_with_its_line_when_there_is(name):
    data, told = FAULTS[name]
    text = "\n".join(faults_of(data))
    for part in told:
        assert part in text


def test_all_faults_are_told_at_once():
    data = file("a;y", "a;2", "b;x,x", "c;y", projects=PROJECTS.replace("40", "forty"))
    assert len(faults_of(data)) == 5


def test_a_fault_of_many_ballots_alike_is_told_at_each_line_up_to_a_thousand():
    told = faults_of(file(*(f"v{n};y" for n in range(1500))))
    assert told[0].startswith("e.pb:14: vote: no such project")
    assert told[999].startswith("e.pb:1013: vote: no such project")
    assert "500 more faults" in told[-1]


@settings(max_examples=150)
@given(st.text(alphabet='METAPROJCSVkeyvalu;,\n"0123456789-.é', max_size=200))
def test_no_text_crashes_the_reader(text):
    for data in (text.encode(), file("a;x") + text.encode(), file(text)):
        with contextlib.suppress(BadInput):
            assert parse_election(data, "e.pb").voters >= 0


def test_ninety_thousand_ballots_are_read_in_a_few_seconds():
    votes = [f"v{n};{'10' if n % 2 else '2'},x" for n in range(90_000)]
    started = time.process_time()
    assert parse_election(file(*votes), "e.pb").voters == 90_000
    assert time.process_time() - started < 5
