"""An office with a round in every state, opened in a browser that reports every fault."""

import pytest
from playwright.sync_api import Page

from tests.apps import full_lab
from tests.apps.small_lab import NOW


@pytest.fixture(autouse=True)
def same_day(settings):
    """Every page speaks of the same instant, so that its words can be told beforehand."""
    settings.APPORTION_CLOCK = lambda: NOW


@pytest.fixture
def office(transactional_db):
    """A decided round whose credits are being spent, and an open one with four requests."""
    return full_lab.fill_office()


@pytest.fixture
def quiet(page: Page):
    """Fails a test whose page logs an error, breaks the policy or misses one of its own files."""
    bad = []
    page.on("console", lambda m: bad.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: bad.append(str(e)))
    yield page
    assert [text for text in bad if "409" not in text and "422" not in text] == []


@pytest.fixture
def enter(live_server, quiet, office, client):
    """Gives a way to be somebody and open a page."""

    def go(username, path="/"):
        if username is not None:
            quiet.goto("about:blank")  # a page that asks for news would ask as somebody else
            client.force_login(office["folk"][username])
            known = {"name": "sessionid", "value": client.cookies["sessionid"].value}
            quiet.context.clear_cookies()
            quiet.context.add_cookies([{**known, "url": live_server.url}])
        quiet.goto(live_server.url + path)
        return quiet

    return go
