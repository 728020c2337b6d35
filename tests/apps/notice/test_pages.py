"""Everybody chooses what to be told; operators see what went; the public reads a feed."""

import json
import re
from datetime import timedelta

import feedparser
import pytest
from django.test import Client

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.notice.actions import add_endpoint, send_test
from apportion.apps.notice.gathering import note
from apportion.apps.notice.models import Choice, Endpoint, Message, Told
from apportion.apps.notice.queries import settings_of, unsubscribe_url
from apportion.apps.notice.sending import advance_notices
from apportion.apps.people.news import News
from apportion.core.notice.paces import About
from tests.apps.pages import HOSTILE, heading, read, visit
from tests.apps.small_lab import DATES, NOW, file_request
from tests.office.test_cli import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def same_day(settings):
    settings.APPORTION_CLOCK = lambda: NOW


def test_somebody_sees_what_they_were_told_and_chooses_otherwise(client, folk, box):
    one = News(key="k", about=About.ALERT, words=HOSTILE, path="/x/", at=NOW, people=(folk["ann"].pk,))  # fmt: skip
    note([one], now=NOW)
    page = visit(client, folk["ann"], "/notices/")
    assert heading(page) == "You are told by mail, at ann@lab.example."
    assert HOSTILE in read(page)
    chosen = {one.about: one.pace for one in settings_of(folk["ann"])}
    sent = {**chosen, "alert": "now", "address": "", "hour": "9"}
    assert visit(client, folk["ann"], "/notices/", **sent).status_code == 302
    assert Choice.objects.get(about="alert").pace == "now"
    for wrong in ({"decision": "off"}, {"address": "no"}, {"hour": "25"}):
        assert visit(client, folk["ann"], "/notices/", **{**sent, **wrong}).status_code == 422
    assert visit(client, folk["ann"], "/notices/test/", x="1").status_code == 302
    assert Message.objects.get().person == folk["ann"]


def test_without_a_server_or_an_address_the_page_says_so(client, folk, settings):
    words = heading(visit(client, folk["ann"], "/notices/"))
    assert words == "This office sends no mail; what you are told stands here."
    settings.APPORTION_MAIL = "smtp://localhost"
    folk["ann"].email = ""
    folk["ann"].save()
    words = heading(visit(client, folk["ann"], "/notices/"))
    assert words == "No mail reaches you: you have given no address."


def test_one_click_turns_a_kind_of_mail_off_and_opening_the_address_does_not(folk, box):
    strict = Client(enforce_csrf_checks=True)
    path = unsubscribe_url(folk["ann"].pk, "digest").removeprefix("https://credits.lab.example")
    assert heading(strict.get(path)) == "Shall this mail come no more?"
    assert not Choice.objects.exists()
    for _ in range(2):
        answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    chosen = {one.about: one.pace for one in settings_of(folk["ann"])}
    assert chosen["waiting"] == chosen["alert"] == "off"
    assert chosen["decision"] == "now"
    assert {one.about: one.pace for one in settings_of(folk["bob"])}["alert"] == "daily"
    forged = path[:-3] + "xx/"
    assert strict.post(forged).status_code == 404
    assert unsubscribe_url(folk["ann"].pk, "decision") == ""


def test_operators_see_every_message_but_not_what_a_mail_says(client, folk, box):
    secret = "what was decided about Ann"
    one = News(key="k", about=About.DECISION, words="A letter", body=secret, path="/", at=NOW, people=(folk["ann"].pk,))  # fmt: skip
    note([one], now=NOW)
    box.says = ["550 no such person"]
    advance_notices(now=NOW, clock=lambda: NOW)
    row = Message.objects.get()
    assert heading(visit(client, folk["ops"], "/notices/log/")) == "1 message was not taken."
    page = visit(client, folk["ops"], f"/notices/log/{row.pk}/")
    assert "550 no such person" in read(page)
    assert secret not in page.content.decode()
    assert visit(client, folk["ann"], "/notices/log/").status_code == 403
    assert visit(client, folk["aud"], f"/notices/log/{row.pk}/resend/", x="1").status_code == 403
    assert visit(client, folk["ops"], f"/notices/log/{row.pk}/resend/", x="1").status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting"
    assert visit(client, folk["ops"], "/notices/log/999/").status_code == 404


def test_the_log_takes_few_statements_whatever_the_size(
    client, folk, django_assert_max_num_queries
):
    Message.objects.bulk_create(
        Message(
            uid=f"m{n}",
            person=folk["ann"],
            about="test",
            subject="S",
            body="B" * 999,
            made_at=NOW,
            next_at=NOW,
        )
        for n in range(2_000)
    )
    Told.objects.bulk_create(
        Told(
            person=folk["ann"],
            key=f"k{n}",
            about="alert",
            words="W",
            path="/",
            at=NOW,
            noted_at=NOW,
            pace="daily",
        )
        for n in range(2_000)
    )
    for who, path in (("ops", "/notices/log/"), ("ann", "/notices/")):
        client.force_login(folk[who])
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_a_secret_is_shown_once_and_never_again(client, folk):
    given = {"name": "ci", "kind": "webhook", "url": "https://ci.example/SECRET-PATH"}
    page = visit(client, folk["ops"], "/notices/webhooks/", **given)
    secret = Endpoint.objects.get().secret
    assert secret in read(page)
    again = read(visit(client, folk["ops"], "/notices/webhooks/"))
    assert secret not in again
    assert "SECRET-PATH" not in again
    assert visit(client, folk["ops"], "/notices/webhooks/", **given).status_code == 409
    wrong = {**given, "name": "b", "url": "file:///x"}
    assert visit(client, folk["ops"], "/notices/webhooks/", **wrong).status_code == 422
    assert visit(client, folk["aud"], "/notices/webhooks/", **given).status_code == 403
    page = visit(client, folk["ops"], "/notices/webhooks/ci/", verb="rotate")
    assert Endpoint.objects.get().secret in read(page)
    for verb in ("test", "off", "on"):
        assert visit(client, folk["ops"], "/notices/webhooks/ci/", verb=verb).status_code == 302
    assert Message.objects.count() == 1


def test_the_feed_tells_what_the_public_record_tells_and_nothing_else(
    client, folk, spring, settings
):
    for slug in ("alpha", "beta"):
        file_request(spring, folk["ann"], slug, score=9, reviewer=folk["rev"])
    slate = propose_slate(row=spring, by=folk["eve"], now=DATES.decision_at)
    adopt_slate(slate=slate, by=folk["eve"], now=DATES.decision_at)
    settings.APPORTION_PUBLISH = "none"
    assert feedparser.parse(client.get("/record/feed.atom").content).entries == []
    settings.APPORTION_PUBLISH = "all"
    answer = client.get("/record/feed.atom")
    told = feedparser.parse(answer.content)
    assert told.bozo == 0
    assert answer["Content-Type"].startswith("application/atom+xml")
    record = client.get("/record/record.json").json()["singles"]["told"]
    assert sorted(one.title.partition(":")[0] for one in told.entries) == sorted(
        one["request"] for one in record
    )
    ids = [one.id for one in told.entries]
    assert [
        one.id for one in feedparser.parse(client.get("/record/feed.atom").content).entries
    ] == ids
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in [told.feed.id, *ids])


def test_the_shell_lists_shows_resends_and_tries_out(capfd, folk, box):
    code, out, _ = run(capfd, "notice", "preferences", "--as", "ann", "--set", "alert=now", "--hour", "9", "--json")  # fmt: skip
    assert code == 0
    assert {one["about"]: one["pace"] for one in json.loads(out)}["alert"] == "now"
    assert run(capfd, "notice", "preferences", "--as", "ann", "--set", "alert")[0] == 2
    assert run(capfd, "notice", "preferences", "--as", "ann", "--set", "decision=off")[0] == 2
    assert run(capfd, "notice", "test", "--as", "ann")[0] == 0
    advance_notices(now=NOW, clock=lambda: NOW)
    code, out, _ = run(capfd, "notice", "list", "--as", "ops", "--json")
    row = json.loads(out)[0]
    assert (code, row["to"], row["state"]) == (0, "ann", "sent")
    assert run(capfd, "notice", "resend", str(row["id"]), "--as", "ops")[0] == 0
    assert run(capfd, "notice", "resend", str(row["id"]), "--as", "ops")[0] == 1
    code, out, _ = run(capfd, "notice", "show", str(row["id"]), "--as", "aud", "--json")
    assert [one["verdict"] for one in json.loads(out)] == ["sent", "later"]
    assert run(capfd, "notice", "show", "999", "--as", "aud")[0] == 3
    assert run(capfd, "notice", "list", "--as", "ann")[0] == 4


def test_the_shell_adds_changes_and_lists_webhooks(capfd, folk):
    add = ("notice", "webhook", "add", "ci", "https://ci.example/in", "--as", "ops")
    code, out, _ = run(capfd, *add)
    assert (code, out.strip()) == (0, Endpoint.objects.get().secret)
    assert run(capfd, *add)[0] == 5
    code, out, _ = run(capfd, "notice", "webhook", "rotate", "ci", "--as", "ops")
    assert out.strip() == Endpoint.objects.get().secret
    for verb in ("off", "on"):
        assert run(capfd, "notice", "webhook", verb, "ci", "--as", "ops")[0] == 0
    code, out, _ = run(capfd, "notice", "webhook", "list", "--as", "aud", "--json")
    assert json.loads(out)[0]["at"] == "https://ci.example/…"
    assert run(capfd, "notice", "webhook", "rotate", "x", "--as", "ops")[0] == 3
    assert run(capfd, "notice", "test", "--to", "ci", "--as", "ops")[0] == 0


def test_a_test_to_an_endpoint_is_for_operators(folk):
    add_endpoint(slug="ci", kind="webhook", url="https://ci.example/", by=folk["ops"], now=NOW)
    send_test(by=folk["ops"], endpoint="ci", now=NOW + timedelta(seconds=1))
    assert Message.objects.get().endpoint.slug == "ci"
