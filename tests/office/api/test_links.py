"""schemathesis follows the links of the description: what was made is read, acted on, and listed."""

from collections import Counter
from copy import deepcopy

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase

from apportion.apps.apply.actions import start_project
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import find_area
from apportion.office.api.describe import describe
from tests.apps.small_lab import DATES, GPU, NOW, POLICY
from tests.office.api.test_schema import CHECKS, WALKS, app, known  # noqa: F401  fixtures

schemathesis = pytest.importorskip("schemathesis", reason="pip install -r requirements/test.lock")
TRIED = hypothesis.settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=12 * WALKS,
    stateful_step_count=8,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
AMOUNTS = {GPU: {"minimum": 36_000, "ask": 72_000}}


def bodies(number):
    """Gives a body that each call that makes something takes; each its own names."""
    name = f"walk-{number}"
    dates = ("requests_close_at", "decision_at", "credits_start_at", "credits_end_at")
    asked = {"round": "spring", "project": "links", "title": name, "question": "Does it work?"}
    return {
        "/projects": {"slug": name, "title": name, "area": "foundations"},
        "/rounds": {
            "slug": name,
            "policy": POLICY,
            "dates": {one: getattr(DATES, one).isoformat() for one in dates},
        },
        "/requests": {**asked, "amounts": AMOUNTS},
        "/drafts": asked,
    }


def machine(schema, token, seen):
    class Walk(schema.as_state_machine()):
        def setup(self):
            self.made, self.kept = 0, transaction.atomic()
            self.kept.__enter__()

        def teardown(self):  # each walk begins in the same office
            transaction.set_rollback(True)
            self.kept.__exit__(None, None, None)

        def before_call(self, case):
            path = case.path.removeprefix("/api/v1")
            self.made += 1
            told = bodies(self.made).get(path)
            if case.method == "POST" and told is not None:
                case.body = told

        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": f"Bearer {token}"}}

        def after_call(self, response, case):
            seen[case.operation.label, response.status_code] += 1

        def validate_response(self, response, case, **more):
            case.validate_response(response, checks=CHECKS)

    return Walk


def test_what_an_answer_links_to_is_answered_as_declared(known, app):  # noqa: F811  fixtures
    schema = schemathesis.openapi.from_dict(deepcopy(describe()))
    schema.app = app
    schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])
    area, lead = find_area("foundations"), find_person("all")
    start_project(slug="links", title="Links", area=area, lead=lead, now=NOW)
    seen = Counter()
    machine(schema, known["token"], seen).run(settings=TRIED)
    assert len({label for label, status in seen if status == 201}) >= 2, seen
    assert len({label for label, status in seen if "{" in label and status == 200}) >= 3, seen


def test_every_link_leads_to_a_call_and_fills_its_whole_address():
    held = [one for paths in describe()["paths"].values() for one in paths.values()]
    calls = {one["operationId"]: one for one in held}
    links = [
        link
        for one in held
        for answer in one["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 100
    for link in links:
        taken = calls[link["operationId"]]["parameters"]
        assert {one["name"] for one in taken if one["in"] == "path"} == set(link["parameters"])
