"""Open OnDemand reads what is left: our file, by its own documented rules."""

import json

import pytest

from apportion.adapters.ondemand.render import UserBalance, render_balances
from apportion.apps.formats.queries import user_balances
from apportion.apps.people.queries import find_person
from apportion.core.faults import BadInput
from apportion.office.cli import run
from tests.apps.small_lab import GPU, NOW


def find_balances(path, user):
    """Does what `Balance.find` of Open OnDemand's dashboard does with a file and a user.

    The rows of one user, with `value` read as Ruby's `to_i` reads it: the digits in front.
    """
    told = json.loads(path.read_text())
    assert isinstance(told, dict)
    assert isinstance(told["balances"], list)
    config = told.get("config") or {}
    return [
        {
            "user": str(row["user"]),
            "project": str(row.get("project", "")),
            "value": row["value"] if isinstance(row["value"], int) else None,
            "project_type": str(config.get("project_type", "")),
            "unit": str(config.get("unit", "")),
            "updated_at": int(told["timestamp"]),
        }
        for row in told["balances"]
        if row.get("user") == user
    ]


def export(*words):
    return run(["export", "ondemand", *map(str, words)])


def test_each_user_of_a_project_finds_what_is_left_of_it_in_whole_units(alpha, tmp_path, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    out = tmp_path / "balances.json"
    assert export("--out", out, "--resource", GPU) == 0
    for user in ("ann", "bob"):
        assert find_balances(out, user) == [
            {
                "user": user,
                "project": "alpha",
                "value": 20,
                "project_type": "project",
                "unit": f"{GPU} hour",
                "updated_at": int(NOW.timestamp()),
            }
        ]
    assert find_balances(out, "eve") == []


def test_without_a_resource_balances_are_credits_at_the_rates_in_force(alpha):
    unit, rows = user_balances(resource="", now=NOW)
    assert unit == "credit"
    assert {(row.user, row.value) for row in rows} == {("ann", 41), ("bob", 41)}


def test_the_file_names_its_version_and_holds_integers_alone(alpha, tmp_path, settings):
    settings.APPORTION_CLOCK = lambda: NOW
    out = tmp_path / "balances.json"
    export("--out", out)
    told = json.loads(out.read_text(), parse_float=pytest.fail)
    assert told["version"] == 1
    assert set(told) == {"version", "timestamp", "config", "balances"}
    assert [set(row) for row in told["balances"]] == [{"user", "project", "value"}] * 2


def test_people_who_left_are_not_told(alpha):
    bob = find_person("bob")
    bob.is_active = False
    bob.save()
    _, rows = user_balances(resource=GPU, now=NOW)
    assert [row.user for row in rows] == ["ann"]


def test_an_office_without_projects_writes_an_empty_list(spring, tmp_path):
    out = tmp_path / "balances.json"
    assert export("--out", out, "--resource", GPU) == 0
    assert json.loads(out.read_text())["balances"] == []


def test_a_resource_that_there_is_not_is_refused_and_the_old_file_stays(alpha, tmp_path, capsys):
    out = tmp_path / "balances.json"
    out.write_text("old")
    assert export("--out", out, "--resource", "gpu:b300") == 2
    assert "There are gpu:h100" in capsys.readouterr().err
    assert out.read_text() == "old"


def test_credits_are_refused_where_nothing_has_a_rate(spring):
    with pytest.raises(BadInput, match="Name one resource"):
        user_balances(resource="", now=NOW)


def test_a_file_that_cannot_be_written_is_said(alpha, tmp_path, capsys):
    assert export("--out", tmp_path / "none" / "balances.json") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_same_balances_give_the_same_bytes_in_any_order():
    rows = [UserBalance(user=f"u{n}", project="p", value=n) for n in range(5)]
    told = render_balances(rows, unit="hour", now=NOW)
    assert render_balances(reversed(rows), unit="hour", now=NOW) == told
