"""Calls that really run at the same time: one key carries out one act, whoever comes second."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection
from django.test import Client

from apportion.apps.people.models import Token
from apportion.apps.people.tokens import create_token
from apportion.office.api import entry
from tests.apps.small_lab import NOW
from tests.office.api.conftest import ALL, V1

BODY = {"name": "made", "scopes": ["round:read"], "days": 1}
CALLERS = 6


@pytest.fixture
def send(transactional_db, office):
    """Sends one act under one key, from whatever thread."""
    _, raw = create_token(by=office["ann"], name="caller", scopes=ALL, days=1, now=NOW)
    shown = {"Authorization": f"Bearer {raw}", "Idempotency-Key": "the-same"}

    def post(body=None, key="the-same"):
        try:
            return Client().post(
                f"{V1}/tokens",
                json.dumps(body or BODY),
                content_type="application/json",
                headers={**shown, "Idempotency-Key": key},
            )
        finally:
            connection.close()

    return post


def kind_of(answer):
    return answer.json()["type"].rpartition(":")[2]


def test_a_key_is_refused_while_its_first_call_is_at_work_and_answered_after_it(send, monkeypatch):
    entered, go_on = Event(), Event()
    carry_out = entry._carry_out

    def slowly(*given):
        entered.set()
        assert go_on.wait(60)
        return carry_out(*given)

    monkeypatch.setattr(entry, "_carry_out", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send)
        assert entered.wait(60)
        waits, other = send(), send({**BODY, "days": 2})
        go_on.set()
        answered = first.result(60)
    assert (waits.status_code, kind_of(waits), waits["Retry-After"]) == (409, "in-flight", "1")
    assert (other.status_code, kind_of(other)) == (422, "key-reused")
    assert answered.status_code == 200
    again = send()
    assert (again.content, again["Idempotency-Replayed"]) == (answered.content, "true")
    assert Token.objects.filter(name="made").count() == 1


def test_many_that_send_the_same_call_at_once_make_one_thing(send):
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = [one.result(60) for one in [pool.submit(send) for _ in range(CALLERS)]]
    assert Token.objects.filter(name="made").count() == 1
    done = {one.content for one in answers if one.status_code == 200}
    assert len(done) == 1
    assert {kind_of(one) for one in answers if one.status_code != 200} <= {"in-flight"}
    assert send().content in done
