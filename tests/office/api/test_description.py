"""The description against the calls: schemathesis finds no undeclared answer, and nothing that breaks."""

from pathlib import Path

from apportion.apps.people.queries import PERMITS, PUBLIC
from apportion.office import cli
from apportion.office.api.describe import describe, write_description
from apportion.office.api.gather import LOCAL, all_calls
from apportion.office.api.links import name_of

ROOT = Path(__file__).resolve().parents[3]
KEPT = ROOT / "docs" / "openapi.json"


def verbs(command, path=()):
    below = getattr(command, "commands", None)
    if below:
        for name, one in below.items():
            yield from verbs(one, (*path, name))
    else:
        yield " ".join(path)


def test_every_verb_of_the_command_line_has_a_call_or_a_reason_for_having_none():
    known = set(verbs(cli.build()))
    called = {command for call in all_calls() for command in call.commands}
    assert known - called - set(LOCAL) == set()
    assert (called | set(LOCAL)) - known == set()
    assert called & set(LOCAL) == set()


def test_every_call_names_a_verb_that_the_one_predicate_knows():
    assert {call.verb for call in all_calls()} <= {*PERMITS, *PUBLIC}


def test_no_two_calls_share_an_address_or_a_name():
    calls = all_calls()
    shapes = {
        (c.method, "/".join("{}" if "{" in p else p for p in c.path.split("/"))) for c in calls
    }
    assert len(shapes) == len(calls) == len({name_of(call) for call in calls})


def test_the_kept_description_is_the_one_that_the_office_gives():
    told = "keep the new one: apportion openapi > docs/openapi.json"
    assert KEPT.read_text() == write_description(), told


def test_the_description_is_openapi_3_1_and_every_answer_has_a_shape():
    told = describe()
    assert told["openapi"] == "3.1.0"
    for path, held in told["paths"].items():
        for method, operation in held.items():
            for status, answer in operation["responses"].items():
                assert "content" in answer or "$ref" in answer, (path, method, status)
