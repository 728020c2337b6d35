"""The API: who gets in, what is refused, and what a call that is sent twice does."""

from datetime import timedelta

import pytest
from django.test import Client

from apportion.apps.door.models import KeptAnswer
from apportion.apps.people.actions import add_person
from apportion.apps.people.tokens import create_token, revoke_token
from apportion.apps.rounds.queries import find_round
from apportion.office.api import entry
from tests.apps.small_lab import DATES, GPU, NOW, POLICY, file_request

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def test_rounds_are_listed(call):
    answer = call("ann", "GET", "/rounds")
    assert answer.status_code == 200
    (spring,) = answer.json()["items"]
    assert (spring["slug"], spring["state"]) == ("spring", "open")
    assert answer.json()["next_cursor"] is None


def problem(answer, status):
    """The problem that an answer tells; it is one, and says so."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"]
    return told["type"].rpartition(":")[2]


def test_a_stranger_is_refused_and_told_how_to_come_in(call):
    answer = call(None, "GET", "/rounds")
    assert problem(answer, 401) == "not-signed-in"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_public_record_needs_no_token(call):
    assert call(None, "GET", "/record").status_code == 200


@pytest.mark.parametrize("raw", ["Bearer apn_x", "Bearer ", "Basic YTpi", "apn"])
def test_a_token_that_does_not_work_is_refused_and_does_not_fall_back_to_the_session(
    client, call, office, raw
):
    client.force_login(office["eve"])
    answer = call(None, "GET", "/rounds", Authorization=raw)
    assert problem(answer, 401) == "bad-token"


def test_a_token_that_was_revoked_or_has_ended_is_refused(call, office, settings):
    token, raw = create_token(by=office["ann"], name="x", scopes=["all:read"], days=1, now=NOW)
    header = f"Bearer {raw}"
    assert call(None, "GET", "/rounds", Authorization=header).status_code == 200
    settings.APPORTION_CLOCK = lambda: NOW + timedelta(days=2)
    assert problem(call(None, "GET", "/rounds", Authorization=header), 401) == "bad-token"
    settings.APPORTION_CLOCK = lambda: NOW
    revoke_token(prefix=token.prefix, by=office["ann"], now=NOW)
    assert problem(call(None, "GET", "/rounds", Authorization=header), 401) == "bad-token"


def test_a_token_in_the_address_is_refused(call):
    assert problem(call("ann", "GET", "/rounds?access_token=apn_x"), 422) == "unknown-parameter"


def test_a_token_reaches_no_further_than_its_scopes(call):
    narrow = ("round:read",)
    assert call("eve", "GET", "/rounds", scopes=narrow).status_code == 200
    closed = call("eve", "POST", "/rounds/spring/close", scopes=narrow)
    assert problem(closed, 403) == "beyond-scope"
    assert problem(call("eve", "GET", "/inbox", scopes=narrow), 403) == "beyond-scope"


def test_a_token_cannot_make_one_that_reaches_further(call):
    body = {"name": "more", "scopes": ["all:write"], "days": 1}
    answer = call("ann", "POST", "/tokens", body, scopes=("token:write", "round:read"))
    assert problem(answer, 403) == "not-allowed"
    body["scopes"] = ["round:read"]
    answer = call("ann", "POST", "/tokens", body, scopes=("token:write", "round:read"))
    assert answer.status_code == 200
    assert answer.json()["token"].startswith("apn_")


def test_a_role_that_may_not_is_refused_whatever_the_scopes(call):
    assert problem(call("ann", "POST", "/rounds/spring/close"), 403) == "not-allowed"


def test_a_session_reads_but_writes_only_with_the_token_of_its_page(office):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office["eve"])
    assert client.get(f"{V1}/rounds").status_code == 200
    path, kind = f"{V1}/rounds/spring/close", "application/json"
    assert problem(client.post(path, content_type=kind), 403) == "csrf"
    client.cookies["csrftoken"] = "a" * 32
    shown = {"X-CSRFToken": "b" * 32}
    assert problem(client.post(path, content_type=kind, headers=shown), 403) == "csrf"
    shown = {"X-CSRFToken": "a" * 32}
    assert client.post(path, content_type=kind, headers=shown).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/rounds/none", 404, "not-found"),
        ("DELETE", "/rounds", 405, "no-such-method"),
        ("GET", "/rounds?colour=red", 422, "unknown-parameter"),
        ("GET", "/rounds?fast=maybe", 422, "bad-input"),
        ("GET", "/rounds?fast=true&fast=false", 422, "bad-input"),
        ("GET", "/rounds?limit=0", 422, "bad-input"),
        ("GET", "/rounds?cursor=made-up", 422, "bad-cursor"),
        ("GET", "/rounds/%00", 422, "bad-input"),
        ("GET", "/ledger/proofs/99999999999999999999999", 422, "bad-input"),
    ],
)
def test_what_is_asked_wrongly_is_told_as_a_problem(call, method, path, status, kind):
    assert problem(call("eve", method, path), status) == kind


def test_another_method_is_told_which_ones_there_are(call):
    assert call("eve", "DELETE", "/rounds")["Allow"] == "GET, HEAD, POST"


SEED = {"sha256": "0" * 64}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({**SEED, "more": 1}, 422, "bad-input"),
        ({}, 422, "bad-input"),
        ({"sha256": 7}, 422, "bad-input"),
        ('{"sha256": "a", "sha256": "b"}', 422, "bad-input"),
        ("[" * 60 + "]" * 60, 422, "too-deep"),
        ('{"sha256": NaN}', 400, "malformed"),
        ("{", 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        ('{"sha256": "\\u0000"}', 422, "bad-input"),
        ('{"sha256": "\\ud800"}', 422, "bad-input"),
        ('{"sha256": 99999999999999999999999}', 422, "bad-input"),
        ("[]", 422, "bad-input"),
        ('{"sha256": "' + "x" * 8_000_001 + '"}', 413, "too-large"),
    ],
)
def test_a_body_is_refused_where_it_is_not_what_was_described(call, body, status, kind):
    assert problem(call("eve", "POST", "/rounds/spring/seed", body), status) == kind


def test_the_field_that_is_not_known_is_named(call):
    answer = call("eve", "POST", "/rounds/spring/seed", {**SEED, "colour": "red"})
    assert [one["field"] for one in answer.json()["errors"]] == ["colour"]


def test_a_body_that_is_not_json_is_refused(client, office):
    client.force_login(office["eve"])
    answer = client.post(f"{V1}/rounds/spring/seed", {"sha256": "0" * 64})
    assert problem(answer, 415) == "not-json"


def test_a_refusal_of_the_office_is_told_with_its_code_and_remedy(call):
    call("eve", "POST", "/rounds/spring/close")
    answer = call("eve", "POST", "/rounds/spring/close")
    assert problem(answer, 409) == "wrong-state" or answer.status_code == 409
    assert answer.json()["errors"][0]["remedy"]


def test_a_call_sent_twice_with_one_key_is_carried_out_once(call):
    key = {"Idempotency-Key": "k-1"}
    first = call("ann", "POST", "/tokens", {"name": "a", "scopes": ["all:read"], "days": 1}, **key)
    again = call("ann", "POST", "/tokens", {"name": "a", "scopes": ["all:read"], "days": 1}, **key)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first


def test_a_refusal_is_repeated_too(call):
    key = {"Idempotency-Key": "k-2"}
    first = call("eve", "POST", "/rounds/none/close", **key)
    again = call("eve", "POST", "/rounds/none/close", **key)
    assert (first.status_code, again.status_code) == (404, 404)
    assert again.content == first.content
    assert again["Content-Type"] == "application/problem+json"


def test_a_key_with_another_call_is_refused(call):
    key = {"Idempotency-Key": "k-3"}
    call("eve", "POST", "/rounds/spring/seed", SEED, **key)
    other = call("eve", "POST", "/rounds/spring/seed", {"sha256": "1" * 64}, **key)
    assert problem(other, 422) == "key-reused"
    assert problem(call("eve", "POST", "/rounds/spring/close", **key), 422) == "key-reused"


def test_one_persons_key_is_not_anothers(call):
    key = {"Idempotency-Key": "k-4"}
    body = {"name": "a", "scopes": ["all:read"], "days": 1}
    first = call("ann", "POST", "/tokens", body, **key)
    other = call("bob", "POST", "/tokens", body, **key)
    assert other.status_code == 200
    assert other.json()["token"] != first.json()["token"]


def test_a_key_whose_call_is_still_at_work_waits(call, office, settings):
    key = {"Idempotency-Key": "k-5"}
    call("eve", "POST", "/rounds/spring/seed", SEED, **key)
    KeptAnswer.objects.update(status=None)
    waits = call("eve", "POST", "/rounds/spring/seed", SEED, **key)
    assert problem(waits, 409) == "in-flight"
    assert waits["Retry-After"] == "1"
    settings.APPORTION_CLOCK = lambda: NOW + timedelta(minutes=5)
    assert problem(call("eve", "POST", "/rounds/spring/seed", SEED, **key), 409) == "unknown-end"


def test_a_call_that_breaks_gives_its_key_back(call, monkeypatch, client):
    key = {"Idempotency-Key": "k-6"}
    with monkeypatch.context() as patched:
        patched.setattr(entry, "answer_bytes", lambda *_: 1 / 0)
        client.raise_request_exception = False
        assert problem(call("eve", "POST", "/rounds/spring/seed", SEED, **key), 500) == "broken"
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ä"])
def test_a_key_that_is_none_is_refused(call, key):
    answer = call("eve", "POST", "/rounds/spring/seed", SEED, **{"Idempotency-Key": key})
    assert problem(answer, 422) == "bad-input"


def test_what_was_read_is_not_sent_again_while_it_stands(call):
    first = call("ann", "GET", "/rounds/spring")
    again = call("ann", "GET", "/rounds/spring", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_an_act_on_what_has_changed_since_is_refused(call):
    seen = call("eve", "GET", "/rounds/spring")["ETag"]
    assert (
        problem(call("eve", "POST", "/rounds/spring/close", **{"If-Match": '"stale"'}), 412)
        == "changed"
    )
    assert call("eve", "POST", "/rounds/spring/close", **{"If-Match": seen}).status_code == 200
    assert problem(call("eve", "POST", "/rounds/spring/close", **{"If-Match": seen}), 412)


def test_pages_hold_every_row_once_also_while_rows_are_added(call, office):
    spring = find_round("spring")
    refs = [file_request(spring, office["ann"], f"p{n}").ref for n in range(7)]
    path, seen = "/rounds/spring/requests?limit=3", []
    while path:
        held = call("ann", "GET", path)
        seen += [one["ref"] for one in held.json()["items"]]
        if len(seen) == 3:
            refs.append(file_request(spring, office["ann"], "late").ref)
        link = held.get("Link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix(V1)
    assert seen == refs


def test_pages_of_plain_rows_go_on_where_they_ended(call):
    names, cursor = [], None
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        held = call("ops", "GET", f"/people?limit=2{more}").json()
        names += [one["username"] for one in held["items"]]
        cursor = held["next_cursor"]
        if names == ["ann", "aud"]:
            add_person(username="abe", name="Abe")
        if cursor is None:
            break
    assert names == ["ann", "aud", "bob", "eve", "ops", "rev"]


def test_a_cursor_that_was_tampered_with_or_belongs_elsewhere_is_refused(call):
    cursor = call("ops", "GET", "/people?limit=2").json()["next_cursor"]
    assert problem(call("ops", "GET", f"/people?cursor={cursor[:-2]}xx"), 422) == "bad-cursor"
    assert problem(call("ops", "GET", f"/teams?cursor={cursor}"), 422) == "bad-cursor"


def test_too_many_calls_in_a_minute_are_refused_until_it_is_over(call, settings):
    settings.APPORTION_API_CALLS = 3
    answers = [call("ann", "GET", "/rounds") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Remaining"] == "2"
    assert problem(answers[3], 429) == "too-many"
    assert answers[3]["Retry-After"] == answers[3]["RateLimit-Reset"]
    assert call("bob", "GET", "/rounds").status_code == 200
    settings.APPORTION_CLOCK = lambda: NOW + timedelta(minutes=1)
    assert call("ann", "GET", "/rounds").status_code == 200


def test_guessing_tokens_is_slowed_down(call):
    answers = [
        call(None, "GET", "/rounds", Authorization="Bearer apn_guess").status_code
        for _ in range(61)
    ]
    assert answers == [401] * 60 + [429]


def test_a_request_of_another_is_not_there_while_it_is_a_draft(call):
    body = {"round": "spring", "project": "depth", "title": "Depth"}
    project = {"slug": "depth", "title": "Depth", "area": "foundations"}
    assert call("ann", "POST", "/projects", project).status_code == 201
    made = call("ann", "POST", "/drafts", body)
    assert made.status_code == 201, made.content
    where = made["Location"].removeprefix(V1)
    assert call("ann", "GET", where).json()["title"] == "Depth"
    assert problem(call("bob", "GET", where), 404) == "not-found"
    assert problem(call("eve", "GET", where), 404) == "not-found"


def test_a_round_lives_from_its_opening_to_a_request_by_calls_alone(call):
    body = {
        "slug": "summer",
        "policy": POLICY,
        "dates": {
            "requests_close_at": DATES.requests_close_at.isoformat(),
            "decision_at": DATES.decision_at.isoformat(),
            "credits_start_at": DATES.credits_end_at.isoformat(),
            "credits_end_at": (DATES.credits_end_at + timedelta(days=90)).isoformat(),
        },
    }
    made = call("eve", "POST", "/rounds", body)
    assert made.status_code == 201, made.content
    assert made["Location"] == f"{V1}/rounds/summer"
    call("ann", "POST", "/projects", {"slug": "deep", "title": "Deep", "area": "foundations"})
    asked = {
        "round": "summer",
        "project": "deep",
        "title": "Deep",
        "question": "Does it work?",
        "amounts": {GPU: {"minimum": 36_000, "ask": 72_000}},
    }
    filed = call("ann", "POST", "/requests", asked)
    assert filed.status_code == 201, filed.content
    (row,) = call("bob", "GET", "/rounds/summer/requests").json()["items"]
    assert row["amounts"] == [{"resource": GPU, "minimum": 36_000, "ask": 72_000}]
    scored = call("eve", "POST", f"/requests/{row['ref']}/reviewers", {"reviewer": "rev"})
    assert scored.status_code == 200, scored.content
    given = call("rev", "PUT", f"/requests/{row['ref']}/opinion", {"score_hundredths": 800})
    assert given.status_code == 200, given.content
    slate = call("eve", "POST", "/rounds/summer/slates")
    assert slate.status_code == 201, slate.content
    adopted = call("eve", "POST", "/rounds/summer/slates/1/adopt", {})
    assert adopted.status_code == 200, adopted.content
    assert call("eve", "POST", "/rounds/summer/grants").status_code == 200
    (granted,) = call("ann", "GET", "/rounds/summer/grants").json()["items"]
    assert granted["amount"] == 72_000
    (left,) = call("ann", "GET", "/balances?project=deep").json()["items"]
    assert (left["granted"], left["left"]) == (72_000, 72_000)
