"""The lab's directory tells who has left: sessions and tokens end at once, signatures stay."""

import json
from datetime import timedelta

import pytest

from apportion.apps.people.models import Person
from apportion.apps.people.scim import PATCH
from apportion.apps.people.standing_in import lend_roles, live_delegation
from apportion.apps.people.tokens import authenticate_token, create_token
from tests.apps.pages import visit
from tests.apps.small_lab import NOW

USERS = "/scim/v2/Users"


@pytest.fixture
def scim(client, settings, db):
    settings.APPORTION_SCIM_TOKEN = "the directory's"

    def call(method, path=USERS, body=None, token="the directory's"):
        text = body if isinstance(body, str) else json.dumps(body)
        return client.generic(
            method,
            path,
            text if body is not None else "",
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {token}"},
        )

    return call


def add(scim, name="kim", **more):
    body = {"userName": name, "externalId": f"sub-{name}", "displayName": name.title(), **more}
    return scim("POST", body=body)


def test_somebody_new_is_taken_in_once(scim):
    answer = add(scim, emails=[{"value": "kim@lab.example"}])
    assert answer.status_code == 201
    assert answer["Content-Type"] == "application/scim+json"
    kim = answer.json()
    assert (kim["userName"], kim["externalId"], kim["active"]) == ("kim", "sub-kim", True)
    assert Person.objects.get(pk=kim["id"]).email == "kim@lab.example"
    again = add(scim)
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")


def test_somebody_who_was_here_by_hand_is_neither_taken_over_nor_shown(scim, folk):
    kim = add(scim, "ann").json()
    assert kim["userName"] == "ann-2"
    assert scim("GET").json()["totalResults"] == 1
    assert scim("GET", f"{USERS}/{folk['ann'].pk}").status_code == 404
    assert scim("DELETE", f"{USERS}/{folk['ann'].pk}").status_code == 404


LEAVING = {
    "patch": ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}),
    "patch of an object": ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "Replace", "value": {"active": False}}]}),
    "patch as Entra ID writes it": ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}),
    "put": ("PUT", {"userName": "kim", "active": False}),
    "delete": ("DELETE", None),
}  # fmt: skip


@pytest.mark.parametrize("way", LEAVING)
def test_who_leaves_is_out_at_once_and_what_they_signed_stays(client, scim, folk, way):
    number = add(scim).json()["id"]
    kim = Person.objects.get(pk=number)
    kim.roles.create(kind="board")
    _, raw = create_token(by=kim, name="x", scopes=["all:read"], days=9, now=NOW)
    day = timedelta(days=1)
    lent = lend_roles(
        giver=kim, taker=folk["ann"], why="away", starts_at=NOW, ends_at=NOW + day, now=NOW
    )
    theirs = type(client)()
    assert visit(theirs, kim, "/ledger/").status_code == 200
    method, body = LEAVING[way]
    assert scim(method, f"{USERS}/{number}", body).status_code in {200, 204}
    assert theirs.get("/ledger/").status_code == 302
    assert authenticate_token(raw, now=NOW) is None
    assert live_delegation(lent.pk, taker=folk["ann"], now=NOW) is None
    assert Person.objects.get(pk=number).name == "Kim"
    assert scim("GET", f"{USERS}/{number}").json()["active"] is False


def test_who_comes_back_signs_in_anew(client, scim):
    number = add(scim).json()["id"]
    theirs = type(client)()
    kim = Person.objects.get(pk=number)
    kim.roles.create(kind="board")
    visit(theirs, kim, "/ledger/")
    scim("DELETE", f"{USERS}/{number}")
    back = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": True}]}
    assert scim("PATCH", f"{USERS}/{number}", back).json()["active"] is True
    assert theirs.get("/ledger/").status_code == 302  # the old session stays closed


def test_people_are_found_by_filter_and_told_in_pages(scim):
    for number in range(5):
        add(scim, f"p{number}")
    found = scim("GET", f'{USERS}?filter=userName eq "P3"').json()
    assert [one["externalId"] for one in found["Resources"]] == ["sub-p3"]
    assert scim("GET", f'{USERS}?filter=externalId eq "sub-p4"').json()["totalResults"] == 1
    page = scim("GET", f"{USERS}?startIndex=4&count=2").json()
    assert (page["totalResults"], page["itemsPerPage"]) == (5, 2)
    assert scim("GET", f"{USERS}?count=0").json()["Resources"] == []
    assert scim("GET", f"{USERS}?filter=userName sw p").json()["scimType"] == "invalidFilter"
    assert scim("GET", f'{USERS}?filter=id eq "x"').json()["totalResults"] == 0


@pytest.mark.parametrize("token", ["", "wrong", "the directory", "ä"])
def test_without_the_token_nobody_is_told_anything(scim, token):
    for method, path in (("GET", USERS), ("POST", USERS), ("DELETE", f"{USERS}/1")):
        assert (
            scim(method, path, body={} if method == "POST" else None, token=token).status_code
            == 401
        )


def test_where_the_site_set_no_token_there_is_no_way_in(scim, settings):
    settings.APPORTION_SCIM_TOKEN = ""
    assert scim("GET", token="").status_code == 401


def test_a_token_in_the_address_or_a_session_opens_nothing(client, folk, settings):
    settings.APPORTION_SCIM_TOKEN = "the directory's"
    assert client.get(f"{USERS}?access_token=the directory's").status_code == 401
    assert visit(client, folk["ops"], USERS).status_code == 401


@pytest.mark.parametrize(
    "body",
    ["", "[]", "7", "{", "null", '{"userName": 7}', '{"userName": ""}', '{"userName": "a\\u0000"}',
     '{"userName": "' + "a" * 300 + '"}', "[" * 50_000, '{"externalId": {}}'],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_told_and_changes_nothing(scim, body):
    before = Person.objects.count()
    answer = scim("POST", body=body)
    assert answer.status_code == 400
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert Person.objects.count() == before


def test_a_huge_body_is_refused(scim):
    assert scim("POST", body='{"userName": "' + "a" * 200_000 + '"}').status_code == 413


@pytest.mark.parametrize(
    "body",
    [{}, {"schemas": [PATCH]}, {"schemas": [PATCH], "Operations": ["x"]},
     {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "active"}]},
     {"schemas": [PATCH], "Operations": [{"op": "replace", "value": 7}]}],
)  # fmt: skip
def test_a_patch_that_makes_no_sense_is_told(scim, body):
    number = add(scim).json()["id"]
    assert scim("PATCH", f"{USERS}/{number}", body).status_code == 400
    assert Person.objects.get(pk=number).is_active


def test_what_is_offered_is_told(scim):
    assert scim("GET", "/scim/v2/ServiceProviderConfig").json()["patch"] == {"supported": True}
    [kind] = scim("GET", "/scim/v2/ResourceTypes").json()["Resources"]
    [schema] = scim("GET", "/scim/v2/Schemas").json()["Resources"]
    assert (kind["endpoint"], kind["schema"]) == ("/Users", schema["id"])
    assert scim("GET", f"/scim/v2/Schemas/{schema['id']}").json() == schema
    assert scim("GET", "/scim/v2/ResourceTypes/User").json() == kind
    assert scim("GET", "/scim/v2/Schemas/none").status_code == 404
    told = scim("GET", f"{USERS}/{add(scim).json()['id']}").json()
    known = {one["name"] for one in schema["attributes"]}
    assert set(told) - {"schemas", "id", "meta"} <= known
    assert scim("GET", f"{USERS}/99999999").status_code == 404
    assert scim("GET", f"{USERS}/x").status_code == 404
