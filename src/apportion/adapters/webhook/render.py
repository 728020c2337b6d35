"""One event as JSON, and the headers by which its receiver knows that it is ours."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32


def render_event(kind: str, *, at: datetime, facts: Mapping[str, object]) -> str:
    """Writes the payload: what happened, when, and thin facts about it.

    Source: the Standard Webhooks specification, payload structure.
    """
    stamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = {"type": kind, "timestamp": stamp, "data": dict(facts)}
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def sign_event(body: str, *, uid: str, sent_at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """Gives the headers; while a secret is being changed, one signature for each.

    Source: the Standard Webhooks specification, webhook headers.
    """
    at = sent_at.astimezone(UTC)
    return {
        "content-type": "application/json",
        "user-agent": "Apportion",
        "webhook-id": uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(uid, at, body) for one in secrets),
    }


def make_secret(entropy: Callable[[int], bytes]) -> str:
    """Makes a secret that sender and receiver share."""
    return f"whsec_{base64.b64encode(entropy(SECRET_BYTES)).decode()}"
