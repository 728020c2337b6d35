"""Programs choose, list, resend and add webhooks as people do, and no further."""

from apportion.apps.notice.models import Endpoint, Message
from apportion.apps.notice.sending import advance_notices
from tests.apps.small_lab import NOW


def test_somebody_chooses_what_to_be_told_by_calls(call):
    body = {"paces": {"alert": "now"}, "hour": 9, "address": "ann@lab.example"}
    assert call("ann", "PUT", "/my/notices", body).status_code == 200
    told = call("ann", "GET", "/my/notices").json()["items"]
    assert {one["about"]: one["pace"] for one in told}["alert"] == "now"
    assert call("ann", "PUT", "/my/notices", {"paces": {"decision": "off"}}).status_code == 422
    assert call("ann", "PUT", "/my/notices", {"hour": 99}).status_code == 422
    answer = call("ann", "POST", "/messages", {})
    assert answer.status_code == 200, answer.content
    assert Message.objects.get().person.username == "ann"


def test_an_operator_works_webhooks_and_the_queue_by_calls(call):
    new = {"name": "ci", "url": "https://10.0.0.1/in"}
    made = call("ops", "POST", "/webhooks", new)
    assert made.json()["secret"] == Endpoint.objects.get().secret
    assert call("ann", "POST", "/webhooks", new).status_code == 403
    assert call("ops", "POST", "/webhooks", {**new, "url": "x"}).status_code == 422
    rotated = call("ops", "POST", "/webhooks/ci/rotate", {}).json()["secret"]
    assert rotated == Endpoint.objects.get().secret != made.json()["secret"]
    assert rotated not in call("aud", "GET", "/webhooks").content.decode()
    assert call("ops", "POST", "/messages", {"to": "ci"}).status_code == 200
    advance_notices(now=NOW, clock=lambda: NOW)
    row = call("aud", "GET", "/messages").json()["items"][0]
    assert row["state"] == "failed"
    tries = call("aud", "GET", f"/messages/{row['id']}/tries").json()["items"]
    assert "is an address inside" in tries[0]["words"]
    assert call("ops", "POST", f"/messages/{row['id']}/resend", {}).status_code == 200
    assert call("ops", "POST", f"/messages/{row['id']}/resend", {}).status_code in {409, 422}
    for on in (False, True):
        assert call("ops", "PUT", "/webhooks/ci", {"on": on}).status_code == 200
    assert call("ops", "PUT", "/webhooks/none", {"on": True}).status_code == 404
