"""People come in by the lab's own sign-in: a real provider, in a process of its own, on loopback."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from apportion.adapters.oidc.client import (
    AddressRefused,
    check_address,
    guarded_session,
    is_public,
)
from apportion.apps.people.actions import add_person
from apportion.apps.people.directory import close_account, link_subject, map_group
from apportion.apps.people.models import Act, Person
from apportion.office.identity import provider_id
from tests.apps.pages import read, visit
from tests.apps.small_lab import NOW

OFFICE = "http://testserver"
KIM = {
    "sub": "kim-1",
    "preferred_username": "kim@lab.example",
    "name": "Kim Lee",
    "email": "kim@lab.example",
    "groups": ["staff"],
}


class Provider:
    """The running provider, and what it is to say."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}/o"
        self.say(KIM)

    def say(self, claims, **more):
        """Changes what is said from now on."""
        fresh = self.folder / "fresh.json"
        fresh.write_text(json.dumps({"claims": claims, **more}))
        fresh.replace(self.folder / "said.json")

    @property
    def callback(self):
        return f"/oidc/{provider_id(self.issuer)}/login/callback/"

    def start(self):
        script = Path(__file__).with_name("provider.py")
        words = [str(self.port), str(self.folder), OFFICE + self.callback]
        self.process = subprocess.Popen([sys.executable, str(script), *words])
        calm = threading.Event()
        for _ in range(300):
            if (self.folder / "ready").exists():
                return self
            assert self.process.poll() is None, "the provider did not start"
            calm.wait(0.1)
        raise AssertionError("the provider did not start in 30 s")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider")).start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running, settings, db):
    use(settings, running)
    running.say(KIM)
    return running


def use(settings, provider):
    """Sets the site to a provider."""
    settings.APPORTION_OIDC = True
    settings.APPORTION_OIDC_ID = provider_id(provider.issuer)
    settings.APPORTION_OIDC_ISSUER = provider.issuer
    settings.APPORTION_OIDC_PRIVATE_HOSTS = frozenset({"127.0.0.1"})
    app = {
        "provider_id": settings.APPORTION_OIDC_ID,
        "name": "Lab",
        "client_id": "office",
        "secret": "a secret of tests",
        "settings": {
            "server_url": f"{provider.issuer}/.well-known/openid-configuration",
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile", "email", "groups"],
        },
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def leave(client, settings, where=""):
    """Goes from the office to the provider, and comes back with a code that was not yet used."""
    there = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/{where}")
    assert there.status_code == 302, there.content
    with requests.Session() as browser:
        back = browser.get(there["Location"], allow_redirects=False, timeout=10)
        if "login" in back.headers.get("Location", ""):
            back = browser.get(there["Location"], allow_redirects=False, timeout=10)
    assert back.headers["Location"].startswith(OFFICE), back.text[:500]
    return back.headers["Location"].removeprefix(OFFICE)


def sign_in(client, settings, where=""):
    return client.get(leave(client, settings, where))


def who(client):
    number = client.session.get("_auth_user_id")
    return Person.objects.get(pk=number) if number else None


def test_somebody_new_comes_in_as_themselves_and_may_do_nothing_yet(client, settings, provider):
    answer = sign_in(client, settings)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    kim = who(client)
    assert (kim.username, kim.name, kim.email) == ("kim", "Kim Lee", "kim@lab.example")
    assert client.get("/ledger/").status_code == 403
    assert not kim.has_usable_password()


def test_a_changed_address_or_name_with_the_same_subject_is_the_same_person(
    client, settings, provider
):
    sign_in(client, settings)
    before = who(client)
    client.logout()
    provider.say({**KIM, "email": "lee@lab.example", "preferred_username": "lee", "name": "K. Lee"})
    sign_in(client, settings)
    assert who(client) == before
    assert (who(client).email, who(client).username) == ("lee@lab.example", "kim")


def test_the_same_address_and_name_with_another_subject_is_somebody_else(
    client, settings, provider
):
    sign_in(client, settings)
    before = who(client)
    client.logout()
    provider.say({**KIM, "sub": "kim-2"})
    sign_in(client, settings)
    assert who(client) != before
    assert who(client).username == "kim-2"


def test_the_address_of_somebody_with_a_password_opens_nothing(client, settings, provider):
    boss = add_person(username="kim", name="Boss", roles=["board"], password="correct horse")
    Person.objects.filter(pk=boss.pk).update(email=KIM["email"])
    sign_in(client, settings)
    assert who(client) != boss
    assert client.get("/ledger/").status_code == 403


def test_groups_give_roles_and_take_them_again_and_leave_what_was_given_by_hand(
    client, settings, provider, folk
):
    map_group(group="staff", kind="researcher", by=folk["ops"], now=NOW)
    map_group(group="board", kind="board", by=folk["ops"], now=NOW)
    provider.say({**KIM, "groups": ["staff", "board"]})
    sign_in(client, settings)
    kim = who(client)
    assert set(kim.roles.values_list("kind", flat=True)) == {"researcher", "board"}
    assert client.get("/ledger/").status_code == 200
    add_person(username="kim", name="Kim", roles=["auditor"])
    client.logout()
    provider.say({**KIM, "groups": ["staff"]})
    sign_in(client, settings)
    assert set(kim.roles.values_list("kind", flat=True)) == {"researcher", "auditor"}
    client.logout()
    provider.say({name: value for name, value in KIM.items() if name != "groups"})
    sign_in(client, settings)
    assert set(kim.roles.values_list("kind", flat=True)) == {"auditor"}
    assert Act.objects.filter(verb="role.sync", words="-board").exists()


@pytest.mark.parametrize("groups", ["board", {"board": 1}, [["board"]], 7, None])
def test_groups_in_another_shape_give_nothing(client, settings, provider, folk, groups):
    map_group(group="board", kind="board", by=folk["ops"], now=NOW)
    provider.say({**KIM, "groups": groups})
    sign_in(client, settings)
    assert client.get("/ledger/").status_code == 403


def test_somebody_whom_an_operator_linked_comes_in_as_who_they_were(
    client, settings, provider, folk
):
    link_subject(person=folk["ann"], subject="kim-1", by=folk["ops"], now=NOW)
    sign_in(client, settings)
    assert who(client) == folk["ann"]


def test_somebody_who_left_stays_out_although_the_provider_vouches(
    client, settings, provider, folk
):
    sign_in(client, settings)
    close_account(who(client), by=folk["ops"], now=NOW)
    assert client.get("/rounds/").status_code == 302
    client.logout()
    answer = sign_in(client, settings)
    assert answer.status_code == 403
    assert "This account is closed" in read(answer)
    assert who(client) is None


def test_a_provider_that_disappears_in_the_middle_is_told_and_nothing_is_half_done(
    client, settings, tmp_path, db
):
    provider = Provider(tmp_path).start()
    use(settings, provider)
    back = leave(client, settings)
    provider.stop()
    before = Person.objects.count()
    answer = client.get(back)
    assert answer.status_code == 503
    assert "Try again in a minute" in read(answer)
    assert (who(client), Person.objects.count()) == (None, before)
    again = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/")
    assert again.status_code == 503
    assert client.get("/login/").status_code == 200


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"status": 500, "body": {}}, "does not answer"),
        ({"status": 401, "body": {}}, "does not answer"),
        ({"status": 200, "body": {"name": "Kim"}}, "UserInfo names no subject"),
        ({"status": 200, "body": [1, 2]}, "UserInfo names no subject"),
        ({"status": 200, "body": {"sub": "boss"}}, "somebody else than the ID token"),
        ({"status": 200, "body": {"sub": "kim-1", "name": "x" * 1_100_000}}, "does not answer"),
    ],
)
def test_userinfo_that_says_nothing_or_lies_lets_nobody_in(
    client, settings, provider, instead, words
):
    provider.say(KIM, userinfo=instead)
    answer = sign_in(client, settings)
    assert answer.status_code in {401, 503}
    assert words in read(answer)
    assert who(client) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"userinfo_endpoint": None}, "has no userinfo_endpoint"),
        ({"issuer": "https://evil.example"}, "speaks for"),
        ({"token_endpoint": 7}, "has no token_endpoint"),
    ],
)
def test_a_discovery_document_that_lacks_or_lies_is_told(
    client, settings, provider, changed, words
):
    provider.say(KIM, discovery=changed)
    answer = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/")
    assert answer.status_code == 401
    assert words in read(answer)


def test_endpoints_inside_the_machine_room_are_not_asked(client, settings, provider):
    back = leave(client, settings)
    provider.say(KIM, discovery={"token_endpoint": "http://169.254.169.254/latest/meta-data/"})
    answer = client.get(back)
    assert answer.status_code == 401
    assert "is not https" in read(answer)
    assert who(client) is None


def test_loopback_is_refused_where_the_site_did_not_name_it(client, settings, provider):
    settings.APPORTION_OIDC_PRIVATE_HOSTS = frozenset()
    answer = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/")
    assert answer.status_code == 401
    assert "APPORTION_OIDC_PRIVATE_HOSTS" in read(answer)


def test_a_code_opens_once_and_only_where_it_was_asked_for(client, settings, provider):
    back = leave(client, settings)
    stranger = type(client)()
    assert stranger.get(back).status_code == 401  # somebody else's browser
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 401


def test_proof_of_possession_goes_with_the_code(client, settings, provider):
    there = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/")
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [OFFICE + provider.callback]


def test_a_link_cannot_ask_for_more_or_join_accounts(client, settings, provider, folk):
    client.force_login(folk["ann"])
    where = "?process=connect&scope=admin&auth_params=prompt%3Dnone&next=https://evil.example/"
    there = client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/{where}")
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert "admin" not in asked["scope"][0]
    assert "prompt" not in asked
    answer = sign_in(client, settings, where)
    assert answer["Location"] == "/"
    assert who(client).username == "kim"


def test_the_session_key_changes_at_the_sign_in(client, settings, provider):
    back = leave(client, settings)
    before = client.session.session_key
    client.get(back)
    assert client.session.session_key != before


def test_another_providers_address_is_not_there(client, settings, provider):
    assert client.get("/oidc/site-000000000000/login/").status_code == 404
    settings.APPORTION_OIDC = False
    assert client.get(f"/oidc/{settings.APPORTION_OIDC_ID}/login/").status_code == 404


def test_where_the_provider_asked_for_a_second_factor_ours_is_not_asked(
    client, settings, provider, folk
):
    settings.APPORTION_MFA_ROLES = frozenset({"board"})
    map_group(group="board", kind="board", by=folk["ops"], now=NOW)
    provider.say({**KIM, "groups": ["board"]})
    sign_in(client, settings)
    assert client.get("/ledger/")["Location"].startswith("/mine/account/")
    client.logout()
    provider.say({**KIM, "groups": ["board"], "amr": ["pwd", "otp"]})
    sign_in(client, settings)
    assert client.get("/ledger/").status_code == 200
    assert visit(client, folk["eve"], "/ledger/").status_code == 302  # nobody else profits


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:7f00:1::", "nonsense",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_network_are_not_public(address):
    assert not is_public(address)


def test_addresses_of_the_internet_are_public():
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "file:///etc/passwd"]
)
def test_an_address_that_is_not_public_or_not_https_is_refused(url):
    with pytest.raises(AddressRefused):
        check_address(url)


def test_a_name_that_comes_out_elsewhere_than_it_said_is_hung_up_on(running, monkeypatch):
    from apportion.adapters.oidc import client

    monkeypatch.setattr(client, "check_address", lambda url, private_hosts: None)
    with guarded_session() as session, pytest.raises(requests.ConnectionError, match="not public"):
        session.get(f"{running.issuer}/.well-known/openid-configuration")
