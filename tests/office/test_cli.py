"""The command line tells trouble by exit code and on standard error, never by a traceback."""

import json

import pytest

from apportion import __version__
from apportion.office import cli
from apportion.office.databases import describe_database


def run(capfd, *arguments):
    code = cli.run(arguments)
    printed = capfd.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def test_help_names_every_stage(capfd):
    code, out, _ = run(capfd, "--help")
    verbs = ("demo", "init", "serve", "doctor", "test", "people", "round", "project", "request")
    more = (
        "review",
        "decide",
        "verify",
        "slate",
        "grant",
        "limits",
        "usage",
        "balance",
        "standing",
    )
    assert code == 0
    assert [verb for verb in (*verbs, *more, "ledger") if f"  {verb}" not in out] == []


def test_the_version_is_told(capfd):
    assert run(capfd, "--version")[1].strip() == f"apportion {__version__}"


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("round",), ("round", "open"), ("people", "add", "x", "--role", "king")],
)
def test_wrong_words_exit_2(capfd, db, arguments):
    assert run(capfd, *arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("round", "policy", "nowhere"), 3),
        (("slate", "propose", "nowhere", "--as", "nobody"), 3),
        (("ledger", "prove", "5"), 3),
        (("decide", "--round", "no.toml", "--requests", "no.csv", "--out", "x.json"), 2),
    ],
)
def test_what_is_not_there_is_told_apart(capfd, db, arguments, code):
    assert run(capfd, *arguments)[0] == code


def test_listings_come_in_five_shapes(capfd, db):
    run(capfd, "people", "add", "ann", "--name", "Ann | Example", "--role", "researcher")
    assert (
        run(capfd, "people", "list", "-P", "-n", "-o", "username,name")[1] == "ann|Ann / Example\n"
    )
    assert (
        run(capfd, "people", "list", "--csv")[1].splitlines()[0]
        == "username,name,roles,teams,manager"
    )
    assert json.loads(run(capfd, "people", "list", "--json")[1])[0]["roles"] == "researcher"
    assert "Username" in run(capfd, "people", "list")[1]
    assert run(capfd, "people", "list", "-o", "shoe_size")[0] == 2


def test_the_doctor_finds_sound_books(capfd, db):
    code, out, _ = run(capfd, "doctor", "--json")
    assert {finding["check"]: finding["ok"] for finding in json.loads(out)}["books"] is True
    assert code in {0, 1}  # 1 where the data folder is not made yet


def test_a_database_url_is_read_whole(tmp_path):
    described = describe_database(url="postgresql://me:p%40ss@db.example:5433/lab", data=tmp_path)
    wanted = {"NAME": "lab", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"}
    assert wanted.items() <= described.items()


def test_another_kind_of_database_is_refused(tmp_path):
    with pytest.raises(ValueError, match="postgresql://"):
        describe_database(url="mysql://me@host/lab", data=tmp_path)
