"""Webhooks are signed, tried again, never sent inside unasked, and everything about them is on record."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from apportion.apps.ledger.queries import tip
from apportion.apps.notice.actions import (
    add_endpoint,
    resend,
    rotate_secret,
    send_test,
    turn_endpoint,
)
from apportion.apps.notice.gathering import note
from apportion.apps.notice.models import Attempt, Endpoint, Message
from apportion.apps.notice.sending import advance_notices
from apportion.apps.people.news import News
from apportion.core.faults import BadInput
from apportion.core.notice.paces import About
from apportion.core.refusals import Code, Refused
from tests.apps.small_lab import NOW

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def real_clock():
    return datetime.now(tz=UTC)  # noqa: TID251  the receiver's library compares with the real time


def tick(now):
    return advance_notices(now=now, clock=real_clock)


def happen(key="k", kind="decision.published", at=NOW):
    facts = {"request": "r-1", "outcome": "full"}
    one = News(key=key, about=About.DECISION, kind=kind, words="r-1: granted", path="/", at=at, facts=facts)  # fmt: skip
    note([one], now=at)


def add(folk, hook, **given):
    given = {"slug": "ci", "kind": "webhook", "url": f"{hook.url}/in?x=1", **given}
    return add_endpoint(by=folk["ops"], now=NOW, **given)


def test_an_event_arrives_signed_as_the_standard_has_it(folk, hook, begun):
    row = add(folk, hook)
    happen()
    happen()
    assert tick(NOW) == ["1 message sent"]
    (path, headers, body), *rest = hook.calls
    assert rest == []
    assert path == "/in?x=1"
    told = Webhook(row.secret).verify(body, headers)
    assert told["type"] == "decision.published"
    assert told["data"] == {"outcome": "full", "request": "r-1", "url": "/"}
    with pytest.raises(WebhookVerificationError):
        Webhook(row.secret).verify(body.replace(b"full", b"none"), headers)


def test_a_receiver_that_is_down_is_tried_again_and_told_in_the_log(folk, hook, begun):
    add(folk, hook)
    happen()
    hook.says = [500, 503]
    assert tick(NOW) == ["1 message tried in vain"]
    tick(NOW + 2 * MINUTE)
    assert tick(NOW + 10 * MINUTE) == ["1 message sent"]
    assert [one.words[:3] for one in Attempt.objects.all()] == ["500", "503", "204"]
    assert len({headers["webhook-id"] for _, headers, _ in hook.calls}) == 1


def test_a_redirect_is_not_followed(folk, hook, begun):
    add(folk, hook)
    happen()
    hook.says, hook.location = [302], f"{hook.url}/elsewhere"
    assert tick(NOW) == ["1 message tried in vain"]
    assert len(hook.calls) == 1
    assert "redirects are not followed" in Attempt.objects.get().words


def test_a_receiver_that_is_gone_is_turned_off(folk, hook, begun):
    add(folk, hook)
    for key in "ab":
        happen(key)
    hook.says = [410]
    tick(NOW)
    row = Endpoint.objects.get()
    assert row.off_at == NOW
    tick(NOW + HOUR)
    assert len(hook.calls) == 1
    turn_endpoint(slug="ci", on=True, by=folk["ops"], now=NOW + HOUR)
    tick(NOW + HOUR)
    assert len(hook.calls) == 2


def test_both_secrets_sign_for_a_day_after_a_change(folk, hook, begun):
    old = add(folk, hook).secret
    new = rotate_secret(slug="ci", by=folk["ops"], now=real_clock()).secret
    assert old != new
    happen()
    tick(NOW)
    _, headers, body = hook.calls[0]
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    Endpoint.objects.update(former_until_at=NOW)
    happen("b")
    tick(NOW)
    _, headers, body = hook.calls[1]
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


@pytest.mark.parametrize(
    "url",
    [
        "{hook}/in",
        "https://localhost/in",
        "https://[::1]/in",
        "https://[::ffff:127.0.0.1]/in",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://0.0.0.0/",
        "https://0x7f000001/",
    ],
)
def test_an_address_inside_is_not_called_unless_the_site_names_its_network(
    folk, hook, begun, settings, url
):
    settings.APPORTION_NOTICE_NETWORKS = ""
    add(folk, hook, url=url.format(hook=hook.url))
    happen()
    assert tick(NOW) == ["1 message not taken"]
    assert hook.calls == []
    assert "is an address inside" in Attempt.objects.get().words


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(
    folk, hook, begun, settings, monkeypatch
):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr("apportion.adapters.webhook.client.look_up", lambda place: answers.pop(0))
    port = hook.url.rpartition(":")[2]
    add(folk, hook, url=f"http://hooks.lab.example:{port}/in")
    happen()
    assert tick(NOW) == ["1 message sent"]
    assert len(answers) == 1, "the name was looked up once"
    assert hook.calls[0][1]["Host"] == f"hooks.lab.example:{port}"


def test_a_name_with_one_address_inside_is_not_called_at_all(folk, hook, begun, monkeypatch):
    monkeypatch.setattr(
        "apportion.adapters.webhook.client.look_up", lambda place: ["127.0.0.1", "192.168.1.1"]
    )
    add(folk, hook)
    happen()
    assert tick(NOW) == ["1 message not taken"]
    assert hook.calls == []


def test_only_what_an_endpoint_asked_for_is_told(folk, hook, begun):
    add(folk, hook, topics="appeal, directive.in_force")
    for kind in ("decision.published", "appeal.filed", "directive.over", "directive.in_force"):
        happen(kind, kind=kind)
    happen("early", kind="appeal.filed", at=NOW - HOUR)
    tick(NOW)
    assert [json.loads(body)["type"] for _, _, body in hook.calls] == [
        "appeal.filed",
        "directive.in_force",
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"url": "ftp://x/"},
        {"url": "https://a:b@x/"},
        {"url": "https://x/\r\nHost: y"},
        {"url": "https://x:99999/"},
        {"url": "https:///x"},
        {"url": "https://x/" + "y" * 600},
        {"topics": "everything"},
        {"slug": "../x"},
        {"kind": "chat", "url": "json://127.0.0.1/"},
        {"kind": "chat", "url": "mailto://a:b@c"},
        {"kind": "chat", "url": "syslog://"},
    ],
)
def test_a_bad_endpoint_is_refused_and_nothing_is_kept(folk, hook, given):
    with pytest.raises(BadInput):
        add(folk, hook, **given)
    assert not Endpoint.objects.exists()


def test_only_operators_add_webhooks_and_each_step_is_sealed_without_its_secret(folk, hook):
    for who in ("ann", "eve", "aud"):
        with pytest.raises(Refused) as error:
            add_endpoint(slug="x", kind="webhook", url="https://x.example/", by=folk[who], now=NOW)
        assert error.value.refusals[0].code == Code.NOT_ALLOWED
    before = tip().size
    add(folk, hook)
    rotate_secret(slug="ci", by=folk["ops"], now=NOW)
    turn_endpoint(slug="ci", on=False, by=folk["ops"], now=NOW)
    turn_endpoint(slug="ci", on=False, by=folk["ops"], now=NOW)
    assert tip().size == before + 3
    with pytest.raises(Refused) as error:
        add(folk, hook)
    assert error.value.refusals[0].code == Code.ALREADY_DONE


def test_what_was_sent_can_be_sent_again_and_what_waits_cannot(folk, hook, begun):
    add(folk, hook)
    row = send_test(by=folk["ops"], endpoint="ci", now=NOW)
    with pytest.raises(Refused) as error:
        resend(pk=row.pk, by=folk["ops"], now=NOW)
    assert error.value.refusals[0].code == Code.WRONG_STATE
    tick(NOW)
    resend(pk=row.pk, by=folk["ops"], now=NOW + HOUR)
    tick(NOW + HOUR)
    assert len({headers["webhook-id"] for _, headers, _ in hook.calls}) == 1
    assert len(hook.calls) == 2
    assert Message.objects.get().state == "sent"


def test_a_room_is_spoken_to_by_its_address(folk, hook, begun):
    port = hook.url.rpartition(":")[2]
    add(
        folk,
        hook,
        slug="room",
        kind="chat",
        url=f"mmost://127.0.0.1:{port}/abcdefghijklmnopqrstuvwx",
    )
    happen()
    hook.says = [200]
    assert tick(NOW) == ["1 message sent"]
    path, _, body = hook.calls[0]
    assert path == "/hooks/abcdefghijklmnopqrstuvwx"
    assert "r-1: granted" in json.loads(body)["text"]


def test_a_room_inside_is_not_spoken_to_unasked(folk, hook, begun, settings):
    settings.APPORTION_NOTICE_NETWORKS = ""
    add(folk, hook, slug="room", kind="chat", url="mmost://127.0.0.1:80/abcdefghijklmnopqrstuvwx")
    happen()
    assert tick(NOW) == ["1 message not taken"]
    assert hook.calls == []
