"""Nobody passes a door without the verb it names, and every answer carries the content policy."""

import pytest
from django.urls import URLResolver, get_resolver

from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import PERMITS, PUBLIC
from apportion.office.middleware import HEADERS
from tests.apps.pages import heading, read, visit

OPEN_DOORS = {  # these make somebody out of nobody
    "login",
    "logout",
    "become",
    "account_login",
    "mfa_authenticate",
    "openid_connect_login",
    "openid_connect_callback",
    "scim-users",  # these ask for the directory's own token
    "scim-user",
    "scim-config",
    "scim-types",
    "scim-type",
    "scim-schemas",
    "scim-schema",
}


def routes(resolver=None, prefix=""):
    """Lists every route of the office as (name, view)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix)
        else:
            yield pattern.name, pattern.callback


PAGES = (
    "/",
    "/rounds/",
    "/rounds/spring/",
    "/rounds/spring/requests/",
    "/rounds/spring/requests.csv",
    "/rounds/spring/requests.json",
    "/rounds/spring/requests/new/",
    "/rounds.ics",
    "/rounds.csv",
    "/rounds.json",
    "/rounds/spring.ics",
    "/mine/requests.csv",
    "/mine/requests.json",
    "/fastlane/",
    "/rounds/spring/decide/",
    "/rounds/spring/decide/acts/",
    "/rounds/spring/publish/",
    "/letters/not_yet/",
    "/projects/",
    "/experiments/",
    "/mine/requests/",
    "/mine/reviews/",
    "/mine/ties/",
    "/mine/expertise/",
    "/review/spring/panel/",
    "/review/spring/panel.json",
    "/review/spring/panel.csv",
    "/review/spring/assign/",
    "/people/",
    "/ledger/",
    "/ledger/periods/",
    "/ledger/loans/",
    "/enforcement/",
    "/code-red/",
    "/code-red.json",
    "/code-red.csv",
    "/code-red-draft/",
)
ROLES = {
    "ann": "researcher",
    "rev": "reviewer",
    "eve": "board",
    "ops": "operator",
    "aud": "auditor",
}
ALLOWED = {
    "/rounds/spring/requests/new/": {"ann"},
    "/mine/requests/": {"ann"},
    "/mine/requests.csv": {"ann"},
    "/mine/requests.json": {"ann"},
    "/fastlane/": {"rev", "eve"},
    "/mine/reviews/": {"rev"},
    "/people/": {"eve", "ops", "aud"},
    "/mine/expertise/": {"rev"},
    "/review/spring/panel/": {"eve", "aud"},
    "/review/spring/panel.json": {"eve", "aud"},
    "/review/spring/panel.csv": {"eve", "aud"},
    "/review/spring/assign/": {"eve"},
    "/rounds/spring/decide/": {"eve", "aud"},
    "/rounds/spring/decide/acts/": {"eve", "aud"},
    "/rounds/spring/publish/": {"eve", "aud"},
    "/letters/not_yet/": {"eve"},
    "/ledger/": {"eve", "ops", "aud"},
    "/ledger/periods/": {"eve", "ops", "aud"},
    "/ledger/loans/": {"eve", "ops", "aud"},
    "/enforcement/": {"eve", "ops", "aud"},
    "/code-red-draft/": {"eve", "ops"},
}


def test_every_page_names_a_verb_that_the_one_predicate_knows():
    ours = [(name, view) for name, view in routes() if view.__module__.startswith("apportion")]
    assert ours
    nameless = [
        name
        for name, view in ours
        if getattr(view, "verb", None) not in {*PERMITS, *PUBLIC} and name not in OPEN_DOORS
    ]
    assert nameless == []


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, spring, path):
    response = visit(client, None, path)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("username", ROLES)
def test_a_page_opens_to_its_roles_and_to_no_other(client, folk, spring, username, path):
    response = visit(client, folk[username], path)
    expected = {200, 302} if username in ALLOWED.get(path, ROLES) else {403}
    assert response.status_code in expected


@pytest.mark.parametrize("path", PAGES)
def test_a_person_without_a_role_passes_no_door(client, spring, path):
    nobody = add_person(username="nobody", name="Nobody")
    assert visit(client, nobody, path).status_code == 403


def test_the_public_record_needs_no_sign_in(client, db):
    assert visit(client, None, "/record/").status_code == 200


def test_every_answer_carries_the_content_policy_and_no_page_breaks_it(client, folk, spring):
    for path in (*PAGES, "/record/", "/login/", "/no-such-page/"):
        response = visit(client, folk["ann"], path)
        for name, value in HEADERS.items():
            assert response[name] == value
        if response["Content-Type"].startswith("text/html"):
            markup = response.content.decode()
            assert " style=" not in markup
            assert " onclick=" not in markup
            assert "<style" not in markup


def test_a_refusal_becomes_a_page_that_says_what_to_ask_for(client, folk, spring):
    response = visit(client, folk["ann"], "/ledger/")
    assert response.status_code == 403
    assert "Ask for one of these roles: Auditor, Board member, Operator" in read(response)


def test_what_is_not_there_is_told_as_a_page(client, folk, spring):
    assert heading(visit(client, folk["ann"], "/nowhere/")) == "There is nothing at this address."
    response = visit(client, folk["ann"], "/rounds/none/")
    assert response.status_code == 404


def test_one_click_makes_anyone_a_sample_person_in_the_demo(client, folk):
    response = visit(client, None, "/demo/be/", username="eve", next="/ledger/")
    assert response["Location"] == "/ledger/"
    assert visit(client, None, "/ledger/").status_code == 200


def test_one_click_leads_nowhere_else(client, folk):
    response = visit(client, None, "/demo/be/", username="eve", next="https://evil.example/")
    assert response["Location"] == "/"


def test_outside_the_demo_there_is_no_one_click(client, folk, settings):
    settings.APPORTION_DEMO = False
    assert visit(client, None, "/demo/be/", username="eve").status_code == 404
    assert "Try it as a sample person" not in read(visit(client, None, "/login/"))


def test_one_click_is_a_form_and_never_a_link(client, folk):
    assert client.get("/demo/be/?username=eve").status_code == 405


def test_an_account_with_powers_beyond_its_roles_is_no_sample_person(client, folk):
    folk["eve"].is_superuser = True
    folk["eve"].save()
    assert visit(client, None, "/demo/be/", username="eve").status_code == 404


def test_signing_in_by_password_and_out_again(client, db):
    add_person(username="zoe", name="Zoe", roles=["board"], password="correct horse battery")
    wrong = visit(client, None, "/login/", username="zoe", password="wrong")
    assert "That name and password do not belong together." in read(wrong)
    right = visit(client, None, "/login/", username="zoe", password="correct horse battery")
    assert right.status_code == 302
    assert client.get("/ledger/").status_code == 200
    client.post("/logout/")
    assert client.get("/ledger/").status_code == 302
