"""SCIM 2.0 for people: the lab's directory tells who is there and, at once, who has left.

Users alone, without bulk, sorting or passwords; roles come from groups at the sign-in. Deleting
closes the account: what somebody signed stays theirs.
Source: RFC 7643, RFC 7644.
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apportion.apps.people.directory import (
    LONGEST_SUBJECT,
    Entry,
    admit,
    close_account,
    outer_id,
    refresh_facts,
    reopen_account,
)
from apportion.apps.people.models import Person

CONTENT = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
FILTER = re.compile(r'\s*(userName|externalId|id)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)
FIELDS = {"username": "username__iexact", "externalid": "external_id", "id": "pk"}
MOST_BYTES, MOST_ROWS = 100_000, 200
View = Callable[..., JsonResponse]


class Wrong(Exception):
    """What SCIM answers instead, with its status and its own word for it."""

    def __init__(self, status: int, words: str, kind: str = "") -> None:
        self.status, self.words, self.kind = status, words, kind
        super().__init__(words)


def directory_only(view: View) -> View:
    """Opens a door to whoever shows the site's SCIM token in a header; elsewhere there is no door."""

    @csrf_exempt
    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            _identify(request)
            return view(request, *args, **kwargs)
        except Wrong as wrong:
            return _tell(wrong)

    passed.door = "scim"  # type: ignore[attr-defined]  # the access test reads it from each route
    return passed


@directory_only
@require_http_methods(["GET", "POST"])
def users(request: HttpRequest) -> JsonResponse:
    """Lists people, or takes in one."""
    if request.method == "GET":
        return _listing(request)
    said = _body(request)
    subject, username = _text(said, "externalId"), _text(said, "userName")
    if not username:
        raise Wrong(400, "userName is missing", "invalidValue")
    subject = subject or username
    if Person.objects.filter(external_id=outer_id(subject)).exists():
        raise Wrong(409, f"externalId {subject!r} is taken", "uniqueness")
    person = admit(entry=_entry(said, subject, username), now=request.now)  # type: ignore[attr-defined]  # of the clock
    if said.get("active") is False:
        person = close_account(person, by=None, now=request.now)  # type: ignore[attr-defined]  # as above
    return scim_answer(_shown(request, person), status=201)


@directory_only
@require_http_methods(["GET", "PUT", "PATCH", "DELETE"])
def user(request: HttpRequest, number: str) -> JsonResponse:
    """Shows, changes or closes the account of one person."""
    person = _rows().filter(pk=int(number)).first() if number.isdecimal() else None
    if person is None:
        raise Wrong(404, f"no user {number}")
    if request.method == "GET":
        return scim_answer(_shown(request, person))
    if request.method == "DELETE":
        close_account(person, by=None, now=request.now)  # type: ignore[attr-defined]  # of the clock
        return JsonResponse({}, status=204)
    said = _body(request)
    wanted = said if request.method == "PUT" else _patched(said)
    entry = _entry(wanted, "", person.username)
    refresh_facts(person, entry=entry)
    active = wanted.get("active")
    if isinstance(active, bool):
        act = reopen_account if active else close_account
        person = act(person, by=None, now=request.now)  # type: ignore[attr-defined]  # as above
    return scim_answer(_shown(request, person))


def _identify(request: HttpRequest) -> None:
    wanted = settings.APPORTION_SCIM_TOKEN
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not hmac.compare_digest(shown.encode(), wanted.encode()):
        raise Wrong(401, "Show the directory's token: Authorization: Bearer ...")


def _listing(request: HttpRequest) -> JsonResponse:
    rows = _rows()
    asked = request.GET.get("filter", "")
    if asked:
        found = FILTER.fullmatch(asked)
        if found is None:
            raise Wrong(400, 'filters are like: userName eq "kim"', "invalidFilter")
        field, value = found[1].lower(), re.sub(r"\\(.)", r"\1", found[2])
        if field == "id" and not value.isdecimal():
            rows = rows.none()
        else:
            wanted = outer_id(value) if field == "externalid" else value
            rows = rows.filter(**{FIELDS[field]: wanted})
    start = max(1, _number(request, "startIndex", 1))
    count = min(MOST_ROWS, max(0, _number(request, "count", MOST_ROWS)))
    total = rows.count()
    page = rows.order_by("pk")[start - 1 : start - 1 + count]
    shown = [_shown(request, person) for person in page]
    return scim_answer(
        {
            "schemas": [LIST],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(shown),
            "Resources": shown,
        }
    )


def _rows() -> Any:
    """Gives those whom the directory told of; accounts that were made by hand are none of its own."""
    return Person.objects.filter(external_id__startswith=outer_id(""))


def _shown(request: HttpRequest, person: Person) -> dict[str, object]:
    where = reverse("people:scim-user", args=[person.pk])
    emails = [{"value": person.email, "primary": True}] if person.email else []
    return {
        "schemas": [USER],
        "id": str(person.pk),
        "externalId": person.external_id.removeprefix(outer_id("")),
        "userName": person.username,
        "displayName": person.name,
        "name": {"formatted": person.name},
        "active": person.is_active,
        "emails": emails,
        "meta": {"resourceType": "User", "location": request.build_absolute_uri(where)},
    }


def _patched(said: Mapping[str, Any]) -> dict[str, Any]:
    """Reads the operations of a PATCH into the fields that they set; others are passed over."""
    if PATCH not in said.get("schemas", []) or not isinstance(said.get("Operations"), list):
        raise Wrong(400, "a PATCH holds schemas and Operations", "invalidSyntax")
    fields: dict[str, Any] = {}
    for one in said["Operations"]:
        if not isinstance(one, dict) or str(one.get("op", "")).lower() not in {"add", "replace"}:
            raise Wrong(400, "operations are add or replace", "invalidSyntax")
        value, where = one.get("value"), one.get("path")
        if where is None:
            if not isinstance(value, dict):
                raise Wrong(400, "an operation without a path holds an object", "invalidValue")
            fields.update(value)
        else:
            fields[str(where)] = value
    if isinstance(fields.get("active"), str):  # as Entra ID writes it
        fields["active"] = {"true": True, "false": False}.get(fields["active"].lower())
    return fields


def _entry(said: Mapping[str, Any], subject: str, username: str) -> Entry:
    name = said.get("name")
    formatted = name.get("formatted") if isinstance(name, dict) else said.get("name.formatted")
    emails = said.get("emails")
    first = emails[0] if isinstance(emails, list) and emails else {}
    email = first.get("value") if isinstance(first, dict) else ""
    return Entry(
        subject=subject,
        username=username,
        name=str(said.get("displayName") or formatted or ""),
        email=str(email or ""),
    )


def _body(request: HttpRequest) -> dict[str, Any]:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise Wrong(413, f"at most {MOST_BYTES:,} bytes")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Wrong(400, "the body is no JSON", "invalidSyntax") from error
    if not isinstance(said, dict):
        raise Wrong(400, "the body is no object", "invalidSyntax")
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or "\0" in value:
        raise Wrong(400, f"{name} is no text", "invalidValue")
    if len(value) > LONGEST_SUBJECT:
        raise Wrong(400, f"{name} is longer than {LONGEST_SUBJECT} letters", "invalidValue")
    return value.strip()


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else otherwise


def scim_answer(body: Mapping[str, object], *, status: int = 200) -> JsonResponse:
    """Answers as SCIM does."""
    return JsonResponse(body, status=status, content_type=CONTENT)


def _tell(wrong: Wrong) -> JsonResponse:
    body = {"schemas": [ERROR], "status": str(wrong.status), "detail": wrong.words}
    answer = scim_answer(
        {**body, "scimType": wrong.kind} if wrong.kind else body, status=wrong.status
    )
    if wrong.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="scim"'
    return answer
