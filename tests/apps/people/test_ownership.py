"""Every call by every role, and what is somebody's own by somebody else: made of the tables of both."""

import json
import re
from collections import defaultdict
from datetime import timedelta
from enum import Enum
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from apportion.apps.apply.actions import start_project
from apportion.apps.notice.models import Message
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import PERMITS, PUBLIC
from apportion.apps.people.standing_in import lend_roles
from apportion.apps.people.tokens import create_token
from apportion.apps.rounds.queries import find_area
from apportion.office.api.gather import all_calls
from tests.apps.people.test_matrix import OURS, ROLES, SHUT, sample
from tests.apps.small_lab import GPU, HOUR, NOW, file_request

CALLS = all_calls()
DAY = timedelta(days=1)
# Verbs of which the office says: only whose it is.
OWNED = {
    *("request.file", "review.reply", "appeal.file", "change.ask", "progress.file"),
    *("winddown.reply", "project.members", "alert.acknowledge", "token.own", "role.lend"),
}
HIDDEN = 404  # who may not know that it is there is told that it is not
# Pages on which a refusal is told beside the form; the acts behind them are walked as calls.
BESIDE_FORMS = {"projects/<slug:slug>/change/"}
WORDS = {"round": "spring", "project": "video", "resource": GPU, "to": "bob", "base64": "eA=="}


def address(call, real):
    """Fills an address of the API with what is there, else with what is not."""
    noun = call.path.split("/")[1]

    def fill(found):
        name = found[1]
        if name in ("slug", "ref", "prefix") and noun in real:
            return real[noun]
        return real.get(name, "1" if name in {"number", "other", "index"} else "none")

    return "/api/v1" + re.sub(r"{(\w+)}", fill, call.path)


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_every_call_is_closed_to_every_role_that_its_verb_does_not_name(client, db, settings, role):
    """With a token that reaches everything: scopes never give what a role does not."""
    settings.APPORTION_API_CALLS = 0
    settings.APPORTION_CLOCK = lambda: NOW
    person = add_person(username="some", name="Some", roles=["auditor"])
    _, raw = create_token(by=person, name="x", scopes=["all:write"], days=1, now=NOW)
    person.roles.update(kind=role) if role else person.roles.all().delete()
    opened, closed = [], 0
    for call in CALLS:
        if call.verb in PUBLIC or role in PERMITS[call.verb]:
            continue
        answer = client.generic(
            call.method,
            address(call, {}),
            "{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {raw}"},
        )
        closed += answer.status_code == 403
        if answer.status_code != 403:
            opened.append((call.method, call.path, answer.status_code))
    assert opened == []
    assert closed > 0


def test_no_call_but_the_public_ones_is_answered_to_a_stranger(client, db):
    told = defaultdict(list)
    for call in CALLS:
        if call.verb not in PUBLIC:
            answer = client.generic(call.method, address(call, {}), content_type="application/json")
            told[answer.status_code].append(call.path)
    assert set(told) <= {401, 429}  # after so many tries a stranger is told to wait
    assert told[401]


@pytest.fixture
def things(folk, spring, settings):
    """What is ann's own: a request and its project, a token, a delegation."""
    settings.APPORTION_CLOCK = lambda: NOW
    settings.APPORTION_API_CALLS = 0
    request = file_request(spring, folk["ann"], "video")
    start_project(
        slug="other", title="Other", area=find_area("assistant"), lead=folk["bob"], now=NOW
    )
    token, _ = create_token(by=folk["ann"], name="x", scopes=["all:read"], days=9, now=NOW)
    lent = lend_roles(
        giver=folk["ann"], taker=folk["rev"], why="x", starts_at=NOW, ends_at=NOW + DAY, now=NOW
    )
    return {
        "requests": request.ref,
        "projects": "video",
        "tokens": token.prefix,
        "delegations": str(lent.pk),
        "number": str(lent.pk),
        "username": "ann",
    }


def body_of(model):
    """Makes the least that a call takes, so that it is the person who is judged."""
    return {
        name: value_of(name, field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required()
    }


def value_of(name, kind):
    plain = next((one for one in get_args(kind) if one is not type(None)), kind)
    if get_origin(kind) in (list, dict):
        return get_origin(kind)()
    kind = plain if get_origin(kind) is not None and get_args(kind) else kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return body_of(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if name.endswith("_at") or name == "last_day":
        return "2026-09-01T00:00:00Z"
    return {int: HOUR, bool: True, float: 1.0}.get(kind, WORDS.get(name, "x"))


def test_no_call_changes_what_is_somebody_elses(client, folk, things):
    client.force_login(folk["bob"])
    passed, judged = [], 0
    for call in CALLS:
        names_it = "{" in call.path and call.path.split("/")[1] in things
        if call.verb not in OWNED or call.method == "GET" or not names_it:
            continue
        body = body_of(call.body) if call.body else {}
        path = address(call, things)
        answer = client.generic(
            call.method, path, json.dumps(body), content_type="application/json"
        )
        judged += 1
        if answer.status_code not in {403, HIDDEN}:
            passed.append((call.method, call.path, answer.status_code, answer.content[:200]))
    assert passed == []
    assert judged > len(OWNED)


def test_no_page_changes_what_is_somebody_elses(client, folk, things):
    client.force_login(folk["bob"])
    client.raise_request_exception = False
    passed, judged = [], 0
    for _, route, verb in OURS:
        noun = route.partition("/")[0]
        if verb not in OWNED or noun not in things or "<" not in route:
            continue
        path = sample(re.sub(r"<(?:\w+:)?(?:slug|ref)>", things[noun], route, count=1))
        answer = client.post(path, {"username": "ann", "reading": "x"})
        judged += 1
        if route in BESIDE_FORMS:
            assert answer.status_code == 422, route
        elif answer.status_code not in {*SHUT, HIDDEN}:
            passed.append((route, answer.status_code))
    assert passed == []
    assert judged > 0


def test_its_own_person_passes_where_another_does_not(client, folk, things):
    """Else the walks above would prove nothing."""
    ref = things["requests"]
    for who in ("ann", "bob"):
        client.force_login(folk[who])
        sent = client.generic("POST", f"/api/v1/requests/{ref}/submit").status_code
        assert sent == (409 if who == "ann" else 403)  # it was submitted before
        path = f"/projects/{things['projects']}/members/add/"
        assert client.post(path, {"username": "eve"}).status_code == (302 if who == "ann" else 403)


def test_what_one_reads_of_ones_own_holds_nothing_of_anothers(client, folk, things):
    del things
    client.force_login(folk["bob"])
    for call in CALLS:
        if call.method != "GET" or not call.path.startswith(("/my/", "/tokens", "/delegations")):
            continue
        if "{" in call.path:
            continue
        answer = client.get(f"/api/v1{call.path}")
        assert answer.status_code in {200, 403}, call.path
        assert b"video" not in answer.content.lower(), call.path
        assert b"ann" not in answer.content, call.path
    assert not Message.objects.filter(person=folk["bob"], subject__icontains="video").exists()
