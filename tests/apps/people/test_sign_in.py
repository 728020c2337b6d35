"""Signing in holds against guessing, borrowed sessions, false addresses and forged forms."""

import base64
import hashlib
import hmac
import struct
import time
from datetime import timedelta
from statistics import median

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.test import Client

from apportion.apps.people.account_acts import give_role, remove_factor, take_role
from apportion.apps.people.actions import add_person
from apportion.apps.people.models import Act
from apportion.apps.people.queries import Where, find_person, may
from apportion.apps.people.standing_in import lend_roles, live_delegation, take_back
from apportion.core.refusals import Code, Refused
from apportion.office import clock
from tests.apps.pages import heading, read, visit
from tests.apps.small_lab import NOW

WORD = "correct horse battery"


@pytest.fixture
def zoe(db):
    return add_person(username="zoe", name="Zoe", roles=["board"], password=WORD)


def knock(client, name="zoe", word=WORD, **more):
    return client.post("/login/", {"username": name, "password": word, **more})


def code(secret, step=0):
    """Makes the code of RFC 6238 for this half minute, or one near it."""
    counter = int(clock.now().timestamp()) // 30 + step
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def add_factor(client, word=WORD):
    """Adds an app on the pages, as a person does; gives its secret and the recovery codes."""
    asked = client.get("/mine/account/factor/")
    assert asked.status_code == 302
    client.post(asked["Location"], {"password": word})
    page = client.get("/mine/account/factor/")
    secret = page.context["form"].secret
    assert client.post("/mine/account/factor/", {"code": code(secret)}).status_code == 302
    shown = client.get("/mine/account/codes/")
    return secret, shown.context["unused_codes"]


def test_five_wrong_passwords_are_enough_for_five_minutes(client, zoe):
    for _ in range(5):
        assert knock(client, word="wrong").status_code == 200
    answer = knock(client)  # even the right one
    assert answer.status_code == 429
    assert "Wait five minutes" in read(answer)
    assert client.get("/ledger/").status_code == 302


def test_right_passwords_do_not_count(client, zoe):
    for _ in range(8):
        assert knock(client).status_code == 302
        client.logout()


def test_a_stranger_and_a_wrong_password_look_the_same(client, zoe):
    unknown, wrong = knock(client, name="nobody"), knock(client, word="wrong")
    closed = add_person(username="yan", name="Yan", password=WORD)
    closed.is_active = False
    closed.save()
    assert heading(unknown) == heading(wrong)
    words = "That name and password do not belong together."
    assert all(words in read(one) for one in (unknown, wrong, knock(client, name="yan")))


def test_a_stranger_and_a_wrong_password_take_as_long(zoe, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    zoe.set_password(WORD)
    zoe.save()

    def spent(name):
        started = time.process_time()
        assert authenticate(username=name, password="wrong") is None
        return time.process_time() - started

    pairs = [(spent("zoe"), spent("nobody")) for _ in range(5)]
    known, unknown = (median(side) for side in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_the_session_key_changes_at_the_sign_in(client, zoe):
    client.get("/login/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    knock(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "http:evil.example", "https:///evil.example", " //evil.example",
    ],
)  # fmt: skip
def test_a_sign_in_leads_nowhere_else(client, zoe, where):
    assert knock(client, next=where)["Location"] == "/"


def test_a_sign_in_leads_back_to_where_one_was(client, zoe):
    assert knock(client, next="/ledger/?page=2")["Location"] == "/ledger/?page=2"


def test_a_host_that_the_site_did_not_name_is_refused(client, settings, db):
    settings.ALLOWED_HOSTS = ["office.example"]
    settings.APPORTION_DEMO = False
    for header in ({"host": "evil.example"}, {"host": "office.example@evil.example"}):
        assert client.get("/login/", headers=header).status_code == 400
    forged = {"host": "office.example", "x-forwarded-host": "evil.example"}
    assert "evil.example" not in read(client.get("/login/", headers=forged))


def test_a_form_without_its_token_is_refused(zoe):
    strict = Client(enforce_csrf_checks=True)
    assert knock(strict).status_code == 403
    strict.force_login(zoe)
    for path in ("/mine/tokens/new/", "/mine/delegations/new/", "/mine/delegations/act/"):
        assert strict.post(path, {"name": "x"}).status_code == 403


def test_no_other_site_frames_a_page(client, zoe):
    knock(client)
    for path in ("/login/", "/mine/account/", "/ledger/"):
        answer = client.get(path)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_weak_passwords_are_refused_at_the_command(zoe):
    from typer.testing import CliRunner

    from apportion.apps.people.commands import people

    for weak in ("short1", "password123", "8402810571"):
        words = ["add", "new", "--password"]
        done = CliRunner().invoke(people, words, input=f"{weak}\n{weak}\n")
        assert done.exit_code != 0, weak
        assert isinstance(done.exception, Refused) or "password" in done.output.lower()


def test_a_second_factor_is_asked_for_and_its_codes_open_once(client, zoe):
    knock(client)
    secret, spare = add_factor(client)
    assert len(spare) == 10
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept  # encrypted, as a thief of the tables finds
    client.logout()
    asked = knock(client, next="/ledger/")
    assert asked["Location"] == "/login/factor/"
    assert client.get("/ledger/").status_code == 302  # not yet in
    assert client.post("/login/factor/", {"code": "000000"}).status_code == 200
    answer = client.post("/login/factor/", {"code": code(secret, 1)})
    assert answer["Location"] == "/ledger/"
    client.logout()
    knock(client)
    assert client.post("/login/factor/", {"code": code(secret, 1)}).status_code == 200  # used
    assert client.post("/login/factor/", {"code": spare[0]}).status_code == 302
    client.logout()
    knock(client)
    assert client.post("/login/factor/", {"code": spare[0]}).status_code == 200
    assert client.get("/ledger/").status_code == 302


def test_a_role_that_needs_a_second_factor_does_nothing_without_one(client, zoe, settings):
    settings.APPORTION_MFA_ROLES = frozenset({"board"})
    knock(client)
    assert client.get("/ledger/")["Location"].startswith("/mine/account/?next=")
    assert heading(client.get("/mine/account/")).startswith("Your role asks for a second factor")
    made = client.post("/mine/tokens/new/", {"name": "x", "reach": "all:write", "days": 3})
    assert made["Location"].startswith("/mine/account/")
    called = client.get("/api/v1/slates"), client.get("/api/v1/me")
    assert [one.status_code for one in called] == [404, 403]
    assert called[1].json()["type"].endswith("second-factor")
    secret, _ = add_factor(client)
    client.logout()
    knock(client)
    client.post("/login/factor/", {"code": code(secret, 1)})
    assert client.get("/ledger/").status_code == 200
    assert client.get("/api/v1/me").status_code == 200
    client.get("/mine/account/factor/remove/")
    assert client.post("/mine/account/factor/remove/").status_code != 500
    assert Authenticator.objects.filter(user=zoe, type="totp").exists()


def test_an_operator_removes_the_factor_of_another_and_never_their_own(client, zoe, folk):
    knock(client)
    add_factor(client)
    with pytest.raises(Refused):
        remove_factor(person=zoe, by=folk["eve"], now=NOW)
    remove_factor(person=zoe, by=folk["ops"], now=NOW)
    assert not Authenticator.objects.filter(user=zoe).exists()
    with pytest.raises(Refused, match="another operator"):
        remove_factor(person=folk["ops"], by=folk["ops"], now=NOW)


def test_a_token_is_shown_once_and_never_stands_in_an_address(client, folk):
    client.force_login(folk["ann"])
    wish = {"name": "cron", "reach": "request:read", "days": 7}
    raw = client.post("/mine/tokens/new/", wish).context["fresh"]
    assert raw.startswith("apn_")
    assert raw not in read(client.get("/mine/account/"))
    assert Client().get(f"/ledger/?token={raw}&access_token={raw}").status_code == 302
    prefix = raw.split("_")[1]
    client.post("/mine/tokens/revoke/", {"prefix": prefix})
    assert "revoked" in read(client.get("/mine/account/"))
    assert visit(client, folk["bob"], "/mine/tokens/revoke/", prefix=prefix).status_code == 404


def test_who_acts_for_another_may_what_they_may_until_the_day_and_the_trail_names_both(
    client, folk, spring, settings
):
    settings.APPORTION_CLOCK = lambda: NOW
    day = timedelta(days=1)
    row = lend_roles(
        giver=folk["ops"], taker=folk["ann"], why="away", starts_at=NOW, ends_at=NOW + day, now=NOW
    )
    assert visit(client, folk["ann"], "/people/groups/").status_code == 403  # not yet asked for
    client.post("/mine/delegations/act/", {"number": row.pk})
    assert client.get("/people/groups/").status_code == 200
    client.post("/people/groups/", {"group": "staff", "kind": "researcher"})
    act = Act.objects.get(verb="group.map")
    assert (act.by, act.on_behalf_of) == (folk["ann"], folk["ops"])
    body = {"group": "board", "role": "board"}
    sent = client.post("/api/v1/groups", body, content_type="application/json")
    assert sent.status_code == 200
    assert Act.objects.filter(verb="group.map", on_behalf_of=folk["ops"]).count() == 2
    assert Act.objects.filter(verb="people.manage", words="/api/v1/groups").exists()
    settings.APPORTION_CLOCK = lambda: NOW + day
    assert client.get("/people/groups/").status_code == 403
    settings.APPORTION_CLOCK = lambda: NOW
    client.post("/mine/delegations/act/", {"number": row.pk})
    take_back(number=row.pk, by=folk["ops"], now=NOW)
    assert client.get("/people/groups/").status_code == 403


def test_nobody_takes_up_what_was_lent_to_another_or_lends_on(client, folk):
    day = timedelta(days=1)
    row = lend_roles(
        giver=folk["ops"], taker=folk["ann"], why="away", starts_at=NOW, ends_at=NOW + day, now=NOW
    )
    assert live_delegation(row.pk, taker=folk["bob"], now=NOW) is None
    with pytest.raises(Refused):
        take_back(number=row.pk, by=folk["bob"], now=NOW)
    onward = lend_roles(
        giver=folk["ann"], taker=folk["bob"], why="x", starts_at=NOW, ends_at=NOW + day, now=NOW
    )
    bob = find_person("bob")
    bob._acts_for = live_delegation(onward.pk, taker=bob, now=NOW).giver
    assert not may(bob, "people.manage")


@pytest.mark.parametrize(
    ("why", "days", "code"),
    [
        (" ", 1, Code.INCOMPLETE),
        ("x", 0, Code.OUT_OF_RANGE),
        ("x", -1, Code.OUT_OF_RANGE),
        ("x", 93, Code.OUT_OF_RANGE),
    ],
)
def test_what_is_lent_has_a_reason_and_an_end(folk, why, days, code):
    with pytest.raises(Refused) as refused:
        lend_roles(
            giver=folk["ops"],
            taker=folk["ann"],
            why=why,
            starts_at=NOW,
            ends_at=NOW + timedelta(days=days),
            now=NOW,
        )
    assert refused.value.refusals[0].code is code


def test_a_role_for_one_round_or_area_counts_there_alone(client, folk, spring):
    give_role(person=folk["bob"], kind="board", place=("spring", ""), by=folk["ops"], now=NOW)
    give_role(person=folk["bob"], kind="auditor", place=("", "assistant"), by=folk["ops"], now=NOW)
    bob = find_person("bob")
    assert not may(bob, "slate.propose")
    assert may(bob, "slate.propose", Where("spring"))
    assert not may(bob, "slate.propose", Where("autumn"))
    assert may(bob, "ledger.see", Where(area="assistant"))
    assert not may(bob, "ledger.see", Where(area="foundations"))
    assert visit(client, bob, "/rounds/spring/decide/").status_code == 200
    assert visit(client, bob, "/ledger/").status_code == 403
    take_role(person=bob, kind="board", place=("spring", ""), by=folk["ops"], now=NOW)
    assert visit(client, bob, "/rounds/spring/decide/").status_code == 403
    with pytest.raises(Refused):
        give_role(person=bob, kind="board", place=("", ""), by=folk["eve"], now=NOW)
