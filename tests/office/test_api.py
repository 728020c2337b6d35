"""The API: who gets in, what is refused, and what a call that is sent twice does."""

import json

import pytest

from apportion.apps.people.tokens import create_token
from apportion.office.api import limits
from tests.apps.small_lab import NOW, open_spring, people

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def office(settings, monkeypatch):
    """A lab with an open round, at a fixed instant, where nobody has called yet."""
    settings.APPORTION_CLOCK = lambda: NOW
    settings.APPORTION_API_CALLS = 0
    monkeypatch.setattr(limits, "METER", limits.Meter())
    monkeypatch.setattr("apportion.office.api.entry.METER", limits.METER)
    folk = people()
    open_spring(folk["eve"])
    return folk


@pytest.fixture
def call(client, office):
    """Calls as somebody, with a token of theirs."""

    def make(who, method, path, body=None, *, scopes=("all:read", "all:write"), **headers):
        held = dict(headers)
        if who is not None:
            _, raw = create_token(by=office[who], name="test", scopes=scopes, days=1, now=NOW)
            held["Authorization"] = f"Bearer {raw}"
        data = (
            body if isinstance(body, (str, bytes)) else json.dumps(body) if body is not None else ""
        )
        return client.generic(
            method,
            f"{V1}{path}",
            data,
            content_type="application/json",
            headers=held,
        )

    return make


def test_rounds_are_listed(call):
    answer = call("ann", "GET", "/rounds")
    assert answer.status_code == 200
    (spring,) = answer.json()["items"]
    assert (spring["slug"], spring["state"]) == ("spring", "open")
    assert answer.json()["next_cursor"] is None
