"""An office that programs call, at a fixed instant."""

import json

import pytest

from apportion.apps.people.tokens import create_token
from apportion.office.api import entry, limits
from tests.apps.small_lab import NOW, open_spring, people

V1 = "/api/v1"
ALL = ("all:read", "all:write")


@pytest.fixture
def office(settings, monkeypatch, db):
    """A lab with an open round, where nobody has called yet."""
    settings.APPORTION_CLOCK = lambda: NOW
    settings.APPORTION_API_CALLS = 0
    monkeypatch.setattr(entry, "METER", limits.Meter())
    folk = people()
    open_spring(folk["eve"])
    return folk


@pytest.fixture
def call(client, office):
    """Calls as somebody, with a token of theirs."""
    known = {}

    def make(who, method, path, body=None, *, scopes=ALL, **headers):
        if who is not None and (who, scopes) not in known:
            person = office[who]
            _, known[who, scopes] = create_token(
                by=person, name="test", scopes=scopes, days=1, now=NOW
            )
        if who is not None:
            headers["Authorization"] = f"Bearer {known[who, scopes]}"
        data = body if isinstance(body, (str, bytes)) else "" if body is None else json.dumps(body)
        return client.generic(
            method, f"{V1}{path}", data, content_type="application/json", headers=headers
        )

    return make
