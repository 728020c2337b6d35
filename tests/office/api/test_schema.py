"""schemathesis walks the whole description: no undeclared answer, nothing that breaks."""

import os
from copy import deepcopy

import hypothesis
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Role
from apportion.apps.people.tokens import create_token
from apportion.apps.rounds.queries import find_round
from apportion.office.api.describe import describe
from tests.apps.small_lab import NOW, file_request

schemathesis = pytest.importorskip("schemathesis", reason="pip install -r requirements/test.lock")
SEED = 20260302
WALKS = int(os.environ.get("APPORTION_WALKS", "1"))  # noqa: TID251  a longer walk, by hand
EXAMPLES = {
    schemathesis.GenerationMode.POSITIVE: WALKS,
    schemathesis.GenerationMode.NEGATIVE: WALKS,
}
found = pytest.importorskip("schemathesis.specs.openapi.checks")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    found.status_code_conformance,
    found.content_type_conformance,
    found.response_headers_conformance,
    found.response_schema_conformance,
    found.negative_data_rejection,
]
TRIED = hypothesis.settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def known(office):
    """Names that lead somewhere, so that calls reach further than to a 404."""
    everything = add_person(username="all", name="All", roles=Role.Kind.values)
    asked = file_request(find_round("spring"), office["ann"], "depth")
    _, raw = create_token(
        by=everything, name="walk", scopes=["all:read", "all:write"], days=1, now=NOW
    )
    return {
        "token": raw,
        "slug": "spring",
        "round": "spring",
        "ref": asked.ref,
        "request": asked.ref,
        "project": "depth",
        "username": "ann",
        "reviewer": "rev",
        "owner": "depth",
    }


@pytest.fixture
def app():
    """The whole office, in this thread and this transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_whatever_is_sent_the_answer_is_one_that_was_declared(known, app):
    schema = schemathesis.openapi.from_dict(deepcopy(describe()))
    schema.app = app
    headers = {"Authorization": f"Bearer {known['token']}"}
    told = []
    for one in schema.get_all_operations():
        operation = one.ok()
        for mode in EXAMPLES:
            try:
                walk(operation, mode, known, headers)
            except hypothesis.errors.Unsatisfiable:
                continue  # a call that takes nothing has nothing to break
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  each operation is told
                told.append(f"{operation.label} {mode}: {first_of(error)}")
    assert told == [], "\n\n".join(told)


def first_of(error):
    """Digs one failure out of the groups that Hypothesis and schemathesis wrap it in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:700]


def walk(operation, mode, known, headers):
    @hypothesis.settings(TRIED, max_examples=EXAMPLES[mode])
    @hypothesis.seed(SEED)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def probe(case, data):
        for held in (case.path_parameters, case.body) if mode.is_positive else ():
            for name in sorted(known.keys() & (held.keys() if isinstance(held, dict) else ())):
                if data.draw(st.booleans()):
                    held[name] = known[name]
        case.call_and_validate(headers=headers, checks=CHECKS)

    probe()
