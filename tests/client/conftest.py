"""An office with a small lab that listens on loopback, and a user's config folder of its own."""

import io

import pytest

from apportion.apps.people.tokens import create_token
from apportion.office import clock
from apportion_client import Office, Patience, cli
from tests.apps.small_lab import file_request, open_spring, people

SCOPES = ("all:read", "all:write")


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """Gives the folder that settings of this user would be in; nothing of the machine is seen."""
    for name in ("APPORTION_SERVER", "APPORTION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "apportion" / "profiles.json"


@pytest.fixture
def lab(transactional_db):
    """People, an open round and two requests."""
    known = people()
    round_row = open_spring(by=known["eve"])
    row = file_request(round_row, known["ann"], "looking-inside")
    other = file_request(round_row, known["bob"], "long-memory")
    return {**known, "round": round_row, "request": row, "other": other}


@pytest.fixture
def token_of(lab):
    """Makes tokens."""

    def make(name, *scopes):
        now = clock.now()
        _, raw = create_token(
            by=lab[name], name="laptop", scopes=scopes or SCOPES, days=30, now=now
        )
        return raw

    return make


@pytest.fixture
def office_of(live_server, token_of):
    """Gives the office as one of the lab's people reaches it."""
    held = []

    def reach(name, *scopes):
        office = Office(live_server.url, token_of(name, *scopes), patience=Patience(tries=1))
        held.append(office)
        return office

    yield reach
    for office in held:
        office.close()


@pytest.fixture
def sign_in(live_server, token_of, at_home, monkeypatch, run):
    """Signs a person in, as one does: with the token on standard input."""

    def enter(name, *scopes):
        token = token_of(name, *scopes)
        code, out, err = run("login", live_server.url, "--with-token", typed=token + "\n")
        assert (code, err) == (0, "")
        return token, out

    return enter


@pytest.fixture
def run(capfd, monkeypatch):
    """Runs one command; gives its exit code and what it said."""

    def call(*arguments, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.run(arguments)
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call
