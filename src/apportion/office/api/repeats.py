"""A call sent twice is carried out once: Idempotency-Key.

Source: draft-ietf-httpapi-idempotency-key-header. The same key with the same call is answered as
the first time; with another call 422; while the first is at work 409.
"""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apportion.apps.door.actions import Kept, claim_key, keep_answer, release_key
from apportion.apps.door.calls import Caller
from apportion.office.api.problems import TOLD, Problem, problem_of, tell_problem

HEADER = "HTTP_IDEMPOTENCY_KEY"
LONGEST = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
BROKEN = 500
PATIENCE_SECONDS = 60


def once(request: Caller, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    """Carries a call out, or gives the answer that its key was given before."""
    key = request.META.get(HEADER)
    if key is None:
        return carry_out()
    if not 1 <= len(key) <= LONGEST or not all("!" <= sign <= "~" for sign in key):
        raise Problem(
            422,
            "bad-input",
            f"Idempotency-Key is 1 to {LONGEST} printable characters without blanks.",
        )
    digest = _digest(request)
    kept = claim_key(person=request.user, key=key, digest=digest, now=request.now)
    if kept is not None:
        return _repeat(kept, digest, request)
    return _first(request, key, carry_out)


def _first(request: Caller, key: str, carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    answered = None
    try:
        answered = _told(carry_out)
    finally:
        # Whatever breaks, the act was one transaction and was rolled back: the key is free again.
        if answered is None or answered.status_code >= BROKEN:
            release_key(person=request.user, key=key)
    if answered.status_code < BROKEN:
        headers = {name: answered[name] for name in KEPT_HEADERS if name in answered}
        keep_answer(
            person=request.user,
            key=key,
            status=answered.status_code,
            headers=headers,
            body=answered.content,
        )
    return answered


def _told(carry_out: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return carry_out()
    except TOLD as error:
        return tell_problem(problem_of(error))


def _repeat(kept: Kept, digest: bytes, request: HttpRequest) -> HttpResponse:
    if kept.digest != digest:
        words = "This Idempotency-Key came with another call; take a new one for each call."
        raise Problem(422, "key-reused", words)
    if kept.status is None:
        age = (request.now - kept.claimed_at).total_seconds()  # type: ignore[attr-defined]
        if age < PATIENCE_SECONDS:
            words = "The call with this Idempotency-Key is still at work."
            raise Problem(409, "in-flight", words, headers={"Retry-After": "1"})
        words = "The call with this key was cut off; look how things stand, then take a new key."
        raise Problem(409, "unknown-end", words)
    answer = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        answer[name] = value
    answer["Idempotency-Replayed"] = "true"
    return answer


def _digest(request: HttpRequest) -> bytes:
    words = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(words + request.body).digest()
