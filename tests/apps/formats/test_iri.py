"""The IRI account facade answers as its schema in the documentation says, for one's own projects."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from apportion.adapters.iri.render import unit_urn
from apportion.core.units import DisplayUnit
from tests.apps.small_lab import GPU, NOW

SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "docs" / "iri.schema.json").read_text())
BASE = "/iri/v1/account"


def holds(response, name):
    """Validates an answer against one definition of the schema."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    jsonschema_rs.validate(schema, response.json())
    return response.json()


def test_a_token_says_whose_it_is(ask, alpha):
    assert holds(ask(f"{BASE}/whoami", "ann"), "User") == {"id": "ann", "name": "Ann"}


def test_people_find_the_projects_on_which_they_work_and_no_other(ask, alpha):
    for username in ("ann", "bob"):
        (project,) = holds(ask(f"{BASE}/projects", username), "Projects")
        assert (project["id"], project["user_ids"]) == ("alpha", ["ann", "bob"])
        assert holds(ask(f"{BASE}/projects/alpha", username), "Project") == project
    assert holds(ask(f"{BASE}/projects", "ops"), "Projects") == []
    for path in ("alpha", "alpha/project_allocations", f"alpha/project_allocations/alpha.{GPU}"):
        assert ask(f"{BASE}/projects/{path}", "ops").status_code == 404


def test_allocations_say_what_was_granted_and_used_in_hours(ask, alpha, take):
    from tests.apps.formats.conftest import job

    take(job(1, hours=1.5, gpus=4))
    (found,) = holds(ask(f"{BASE}/projects/alpha/project_allocations", "ann"), "ProjectAllocations")
    unit = "urn:doe-iri:allocation:compute:gpu-hours"
    assert found["entries"] == [{"allocation": 20.5, "usage": 6.0, "unit": unit}]
    one = ask(f"{BASE}/projects/alpha/project_allocations/{found['id']}", "ann")
    assert holds(one, "ProjectAllocation") == found


def test_user_allocations_say_what_each_may_use_up_to_their_cap(ask, alpha, take, folk):
    from apportion.apps.members.actions import set_cap
    from tests.apps.formats.conftest import job

    take(job(1, hours=1.5, gpus=4))  # of Ann's
    words = {"resource": GPU, "amount": 2 * 3600, "ends_at": None}
    set_cap(project=alpha, person=folk["bob"], **words, by=folk["ann"], now=NOW)
    base = f"{BASE}/projects/alpha/project_allocations/alpha.{GPU}/user_allocations"
    found = holds(ask(base, "bob"), "UserAllocations")
    unit = "urn:doe-iri:allocation:compute:gpu-hours"
    assert [(one["user_id"], one["entries"]) for one in found] == [
        ("ann", [{"allocation": 20.5, "usage": 6.0, "unit": unit}]),
        ("bob", [{"allocation": 2.0, "usage": 0.0, "unit": unit}]),
    ]
    whole = ask(found[0]["project_allocation_uri"], "ann")
    assert holds(whole, "ProjectAllocation")["id"] == f"alpha.{GPU}"
    assert holds(ask(f"{base}/{found[1]['id']}", "ann"), "UserAllocation") == found[1]
    for path, who in ((f"{base}/none", "ann"), (base, "ops"), (f"{base}/{found[1]['id']}", "ops")):
        refused = ask(path, who)
        assert refused.status_code == 404
        holds(refused, "Problem")


def test_capabilities_are_the_resources_by_pages_name_and_time_of_change(ask, alpha):
    (found,) = holds(ask(f"{BASE}/capabilities", "ann"), "Capabilities")
    assert found["id"] == GPU
    assert holds(ask(f"{BASE}/capabilities/{GPU}", "ann"), "Capability") == found
    assert ask(f"{BASE}/capabilities?name=other", "ann").json() == []
    assert ask(f"{BASE}/capabilities?offset=1", "ann").json() == []
    assert ask(f"{BASE}/capabilities?limit=0", "ann").json() == []
    assert ask(f"{BASE}/capabilities?modified_since=2026-03-01T00:00:00Z", "ann").json() == [found]
    assert ask(f"{BASE}/capabilities?modified_since=2027-01-01T00:00:00Z", "ann").json() == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("offset=x", "offset"),
        ("limit=1&limit=2", "limit"),
        ("name=", "name"),
        ("modified_since=yesterday", "modified_since"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused_by_name(ask, alpha, query, name):
    response = ask(f"{BASE}/capabilities?{query}", "ann")
    assert response.status_code == 422
    problem = holds(response, "Problem")
    assert [one["name"] for one in problem["invalid_params"]] == [name]


@pytest.mark.parametrize("path", ["whoami", "projects", "projects/alpha", "capabilities"])
def test_nobody_passes_without_a_token_that_reaches_it(ask, alpha, path):
    stranger = ask(f"{BASE}/{path}")
    assert (stranger.status_code, stranger["WWW-Authenticate"]) == (401, "Bearer")
    assert stranger["Content-Type"] == "application/problem+json"
    holds(stranger, "Problem")
    narrow = ask(f"{BASE}/{path}", "ann", scopes=("letter:read",))
    assert narrow.status_code == 403
    holds(narrow, "Problem")


def test_a_session_or_a_token_in_the_address_opens_nothing(client, ask, folk, alpha):
    client.force_login(folk["ann"])
    assert client.get(f"{BASE}/projects").status_code == 401
    assert client.get(f"{BASE}/projects?token=apn_x").status_code == 401


def test_what_is_not_there_is_a_problem_too_and_nothing_can_be_sent(ask, client, alpha):
    assert holds(ask("/iri/v1/compute/jobs", "ann"), "Problem")["status"] == 404
    assert ask(f"{BASE}/capabilities/none", "ann").status_code == 404
    response = client.post(f"{BASE}/projects")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_every_resource_has_a_unit_of_its_own_name():
    assert unit_urn("cpu", DisplayUnit.HOUR) == "urn:doe-iri:allocation:compute:cpu-hours"
    assert unit_urn("staff", DisplayUnit.WEEK) == "urn:doe-iri:allocation:staff-weeks"
