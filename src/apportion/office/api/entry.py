"""The way of a call: who asks, how often, may they, what do they say, do it, answer."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import GenericAlias
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from pydantic import TypeAdapter

from apportion.apps.door.calls import PLACE, Call, Caller
from apportion.apps.people.factors import lacks_factor
from apportion.apps.people.gates import demand_there, note_stand_in
from apportion.apps.people.queries import PUBLIC
from apportion.apps.people.tokens import authenticate_token, scopes_permit
from apportion.office.api.gather import calls_by_path
from apportion.office.api.limits import METER
from apportion.office.api.pages import cut_page, next_link
from apportion.office.api.problems import TOLD, Problem, problem_of, tell_problem
from apportion.office.api.reading import read_arguments
from apportion.office.api.repeats import once

ROOT = "/api/v1"
SAFE = ("GET", "HEAD")
BEARER = "Bearer "
STRANGERS_A_MINUTE = 60  # calls from one address that show no token, or one that does not work


def view_of(held: Mapping[str, Call]) -> Callable[..., HttpResponse]:
    """Makes the view of one address, for the methods that it takes."""

    def view(request: HttpRequest, **places: Any) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else request.method or ""
        call = held.get(method)
        if call is None:
            allow = ", ".join(sorted({*held, *(("HEAD",) if "GET" in held else ())}))
            words = f"This address takes {allow}."
            return tell_problem(Problem(405, "no-such-method", words, headers={"Allow": allow}))
        return serve(call, request, places)

    view.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked below; tokens need it not
    return view


def serve(call: Call, request: HttpRequest, places: dict[str, Any]) -> HttpResponse:
    """Answers one call, with a problem where it cannot be carried out."""
    headers: dict[str, str] = {
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie",
    }
    try:
        caller = _enter(call, request, headers, places)
        if call.method == "GET":
            response = _carry_out(call, caller, places)
        else:
            response = once(caller, lambda: _carry_out(call, caller, places))
    except TOLD as error:
        response = tell_problem(problem_of(error))
    for name, value in headers.items():
        response.setdefault(name, value)
    return response


def _enter(
    call: Call, request: HttpRequest, headers: dict[str, str], places: Mapping[str, Any]
) -> Caller:
    """Lets in who may: by a token, or by the session of a page, which then shows its CSRF token.

    Raises: Problem 401, 403 or 429. Refuses: NOT_ALLOWED.
    """
    caller = cast("Caller", request)
    caller.entropy = secrets.token_bytes
    scopes = _recognise(request)
    person = request.user if request.user.is_authenticated else None
    if person is None:
        address = f"address {request.META.get('REMOTE_ADDR', '')}"
        headers.update(METER.count(address, most=STRANGERS_A_MINUTE, now=caller.now))
        if call.verb not in PUBLIC:
            raise Problem(
                401,
                "not-signed-in",
                "Show a token: Authorization: Bearer apn_...",
                headers={"WWW-Authenticate": 'Bearer realm="apportion"'},
            )
        return caller
    most = settings.APPORTION_API_CALLS
    if most:
        headers.update(METER.count(f"person {person.pk}", most=most, now=caller.now))
    caller.scopes = scopes
    if scopes is None:
        _check_origin(request)
        if lacks_factor(request):
            raise Problem(403, "second-factor", "Sign in with your second factor first.")
    elif call.verb not in PUBLIC:
        writes = request.method not in SAFE
        if not scopes_permit(scopes, call.verb, writes=writes):
            area = call.verb.partition(".")[0]
            words = f"The token's scopes do not reach this: {area}:{'write' if writes else 'read'}."
            raise Problem(403, "beyond-scope", words)
    demand_there(person, call.verb, f"api/v1{call.path}", places)
    note_stand_in(request, call.verb)
    return caller


def _recognise(request: HttpRequest) -> frozenset[str] | None:
    """Sets who calls; gives the scopes of a token, and none for the session of a page."""
    shown = request.META.get("HTTP_AUTHORIZATION")
    if shown is None:
        return None
    now = request.now  # type: ignore[attr-defined]  # set by the clock
    known = None
    if shown.startswith(BEARER):
        known = authenticate_token(shown.removeprefix(BEARER).strip(), now=now)
    if known is None:
        METER.count(
            f"address {request.META.get('REMOTE_ADDR', '')}", most=STRANGERS_A_MINUTE, now=now
        )
        raise Problem(
            401,
            "bad-token",
            "This token does not work: it is unknown, has ended or was revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="apportion", error="invalid_token"'},
        )
    request.user, scopes = known[0], known[1]
    return scopes


class _Origin(CsrfViewMiddleware):
    """Django's own check, which says why instead of rendering a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002
        return HttpResponse(reason, status=403)


def _guarded(_: HttpRequest) -> HttpResponse:
    """A view that is not exempt: what the check is asked about."""
    return HttpResponse()


def _check_origin(request: HttpRequest) -> None:
    if request.method in SAFE:
        return
    check = _Origin(lambda _: HttpResponse())
    check.process_request(request)
    refused = check.process_view(request, _guarded, (), {})
    if refused is not None:
        words = "A call from a page shows its CSRF token in X-CSRFToken; a program shows a token."
        raise Problem(403, "csrf", words)


def _carry_out(call: Call, caller: Caller, places: dict[str, Any]) -> HttpResponse:
    given = read_arguments(call, caller, dict(places))
    _match(call, caller, places)
    answer = call.run(caller, **given)
    if call.media != "application/json":
        return _tagged(caller, HttpResponse(answer, content_type=call.media))
    link = ""
    if call.is_paged:
        rows, cursor = cut_page(call, caller, answer)
        body = _page_bytes(call, rows, cursor)
        link = next_link(caller, cursor) if cursor else ""
    else:
        body = answer_bytes(call.answer, answer)
    response = HttpResponse(body, "application/json", call.status)
    if link:
        response["Link"] = link
    if call.location:
        response["Location"] = _location(call, body, places)
    return _tagged(caller, response) if call.method == "GET" else response


def _match(call: Call, caller: Caller, places: dict[str, Any]) -> None:
    """Holds an act to the state that was seen: If-Match against what reading it gives now."""
    wanted = caller.META.get("HTTP_IF_MATCH")
    if wanted is None or call.method == "GET":
        return
    source = source_of(call)
    if source is None:
        words = "Nothing that can be read stands behind this call, so If-Match cannot be kept."
        raise Problem(412, "no-state", words)
    kept = {name: value for name, value in places.items() if name in PLACE.findall(source.path)}
    demand_there(caller.user, source.verb, f"api/v1{source.path}", kept)
    body = answer_bytes(source.answer, source.run(caller, **kept))
    if wanted.strip() != "*" and etag_of(body) not in _tags(wanted):
        words = "It has changed since you read it; read it again, then decide."
        raise Problem(412, "changed", words, headers={"ETag": etag_of(body)})


@lru_cache(maxsize=512)  # as many as there are calls
def source_of(call: Call) -> Call | None:
    """Finds the call that reads what an act changes: the longest address before the act's own."""
    path = call.path
    while "{" in path:
        found = calls_by_path().get(path, {}).get("GET")
        if found is not None and not found.is_paged and found.media == "application/json":
            return found
        path = path.rpartition("/")[0]
    return None


def _tagged(caller: Caller, response: HttpResponse) -> HttpResponse:
    tag = etag_of(response.content)
    seen = caller.META.get("HTTP_IF_NONE_MATCH")
    if seen is not None and (seen.strip() == "*" or tag in _tags(seen)):
        link = response.get("Link")
        response = HttpResponse(status=304)
        del response["Content-Type"]
        if link:
            response["Link"] = link
    response["ETag"] = tag
    return response


def etag_of(body: bytes) -> str:
    """Names a state by what reading it gives."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _tags(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",")}


def _location(call: Call, body: bytes, places: Mapping[str, Any]) -> str:

    told = json.loads(body)
    known = {**told, **places}
    return ROOT + PLACE.sub(
        lambda place: str(known.get(place[1], told.get("ref", ""))), call.location
    )


@lru_cache(maxsize=512)
def adapter_of(kind: Any) -> TypeAdapter[Any]:
    """Gives what checks and writes answers of a shape."""
    return TypeAdapter(kind)


def answer_bytes(kind: Any, answer: object) -> bytes:
    """Writes an answer as JSON, in the shape that was promised."""
    adapter = adapter_of(kind)
    return adapter.dump_json(adapter.validate_python(answer, from_attributes=True), by_alias=True)


def _page_bytes(call: Call, rows: list[Any], cursor: str | None) -> bytes:
    adapter = adapter_of(GenericAlias(list, (call.answer,)))
    held = adapter.dump_json(adapter.validate_python(rows, from_attributes=True), by_alias=True)
    following = b"null" if cursor is None else b'"' + cursor.encode() + b'"'
    return b'{"items":' + held + b',"next_cursor":' + following + b"}"
