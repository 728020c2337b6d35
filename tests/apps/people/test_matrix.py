"""Every address the office answers, by every method, to every role: made of the table of addresses."""

import re
from collections import defaultdict

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import PERMITS, PUBLIC

DOORS = {  # these make somebody out of nobody, and each has tests of its own
    "people:login", "people:logout", "people:become", "account_login", "mfa_authenticate",
    "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
ROLES = ("researcher", "reviewer", "board", "operator", "auditor")
METHODS = ("GET", "POST")
SHUT = {401, 403, 405}  # 401 where programs alone are answered, by token
SAMPLES = {"int": "1", "slug": "none", "str": "none", "path": "none", "uuid": "0" * 32}


def walk(resolver=None, prefix="", space=""):
    """Lists every address as (name, route, view)."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            below = f"{space}{one.namespace}:" if one.namespace else space
            yield from walk(one, route, below)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}", route, one


ROUTES = tuple(walk())
API = tuple(route for _, route, _ in ROUTES if route.startswith("api/"))
OURS = tuple(
    (name, route, getattr(one.callback, "verb", None))
    for name, route, one in ROUTES
    if name not in DOORS and not route.startswith("api/") and not hasattr(one.callback, "door")
)


def sample(route):
    """Fills an address with things that there are not: who may not is told so all the same."""

    def fill(found):
        return SAMPLES[found[1] or "str"]

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", fill, route)


def test_every_address_has_a_rule_or_a_door():
    """A new address without a rule stops here; calls of the API are walked by its own tests."""
    ruleless = [route for _, route, verb in OURS if verb not in {*PERMITS, *PUBLIC}]
    assert ruleless == []


def test_doors_that_no_longer_are_stand_in_no_list():
    assert DOORS - {name for name, _, _ in ROUTES} == set()


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_every_address_is_closed_to_every_role_that_its_verb_does_not_name(client, db, role):
    person = add_person(username="some", name="Some", roles=[role] if role else [])
    client.force_login(person)
    client.raise_request_exception = False
    opened = []
    for _, route, verb in OURS:
        if verb in PUBLIC or role in PERMITS[verb]:
            continue
        for method in METHODS:
            answer = client.generic(method, sample(route))
            if answer.status_code not in SHUT:
                opened.append((method, route, answer.status_code))
    assert opened == []


def test_a_stranger_is_sent_to_sign_in_at_every_address(client, db):
    client.raise_request_exception = False
    opened = []
    for _, route, verb in OURS:
        if verb in PUBLIC:
            continue
        for method in METHODS:
            answer = client.generic(method, sample(route))
            sent = answer.status_code == 302 and answer["Location"].startswith("/login/")
            if not sent and answer.status_code not in SHUT:
                opened.append((method, route, answer.status_code))
    assert opened == []


@pytest.mark.parametrize("role", ROLES)
def test_no_address_falls_over_for_whoever_may_open_it(client, db, role):
    person = add_person(username="some", name="Some", roles=[role])
    client.force_login(person)
    client.raise_request_exception = False
    fallen = defaultdict(list)
    for _, route, verb in OURS:
        if verb in PUBLIC or role in PERMITS[verb]:
            for method in METHODS:
                answer = client.generic(method, sample(route))
                if answer.status_code >= 500:
                    fallen[answer.status_code].append((method, route))
    assert dict(fallen) == {}
