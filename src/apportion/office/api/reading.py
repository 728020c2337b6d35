"""Reading what a program sends, strictly: what is not known, given twice or too deep is refused."""

import json
import re
from collections.abc import Iterable
from enum import Enum
from typing import Any

from django.http import HttpRequest, QueryDict
from pydantic import BaseModel

from apportion.apps.door.calls import Call, is_many, plain_kind
from apportion.core.faults import shorten
from apportion.office.api.problems import Problem

LARGEST_BODY = 8_000_000  # an attachment of six megabytes, as base64
DEEPEST = 24
LARGEST_INTEGER = 2**63 - 1  # what both databases hold
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})")
SEEN_BY_THE_DOOR = ("cursor", "limit")
REMEDY = "The description at /api/v1/openapi.json says what is taken."


def read_arguments(call: Call, request: HttpRequest, places: dict[str, Any]) -> dict[str, Any]:
    """Reads all that a call takes, by the names of its function's parameters.

    Raises: Problem 400, 413, 415 or 422; ValidationError, of the shape.
    """
    found = {**_plain(call.places, _checked(places)), **_read_query(call, request.GET)}
    if call.body is not None:
        found["body"] = _read_body(call.body, request)
    elif request.method == "POST" and request.body.strip() not in {b"", b"{}"}:
        raise Problem(422, "bad-input", "This call takes no body.")
    return found


def _read_query(call: Call, given: QueryDict) -> dict[str, Any]:
    fields = call.query.model_fields
    known = {*fields, *(SEEN_BY_THE_DOOR if call.is_paged else ())}
    unknown = sorted(set(given) - known)
    if unknown:
        raise Problem(
            422,
            "unknown-parameter",
            f"There is no parameter {shorten(unknown[0])!r}.",
            errors=[_fault(name, "unknown parameter", _among(known)) for name in unknown],
        )
    taken: dict[str, Any] = {}
    for name in given:
        values = given.getlist(name)
        if name in fields and is_many(fields[name].annotation):
            taken[name] = values
            continue
        if len(values) > 1:
            raise Problem(422, "bad-input", f"Parameter {name!r} is given twice.")
        if name in fields:
            taken[name] = _value(plain_kind(fields[name]), values[0])
    return _plain(call.query, _checked(taken))


def _value(kind: Any, text: str) -> object:
    """Reads a word of the address as JSON would have it; what does not fit is left as it is."""
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    if kind is int and WHOLE.fullmatch(text):
        return int(text)
    return text


def _plain(model: type[BaseModel], held: dict[str, Any]) -> dict[str, Any]:
    if not model.model_fields and not held:
        return {}
    read = model.model_validate_json(json.dumps(held), strict=True)
    return {name: getattr(read, name) for name in model.model_fields}


def _read_body(model: type[BaseModel], request: HttpRequest) -> BaseModel:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise Problem(413, "too-large", f"A body holds at most {LARGEST_BODY:,} bytes.")
    raw = request.body
    if len(raw) > LARGEST_BODY:
        raise Problem(413, "too-large", f"A body holds at most {LARGEST_BODY:,} bytes.")
    if not raw.strip():
        raw = b"{}"
    elif request.content_type != "application/json":
        raise Problem(415, "not-json", "Send a body as Content-Type: application/json.")
    _checked(_parse(raw))
    return model.model_validate_json(raw, strict=True)


def _parse(raw: bytes) -> Any:
    if _depth(raw) > DEEPEST:
        raise Problem(422, "too-deep", f"JSON is read at most {DEEPEST} levels deep.")
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(400, "malformed", "The body is not UTF-8.") from None
    except ValueError as error:
        raise Problem(400, "malformed", f"The body is not JSON: {error}") from None


def _depth(raw: bytes) -> int:
    """Counts how deep brackets nest, without reading what stands between; strings are stepped over."""
    depth = deepest = 0
    for part in re.findall(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', raw, re.DOTALL):
        if part in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif part in b"]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            what = f"Field {shorten(name)!r} stands twice in one object."
            raise Problem(422, "bad-input", what, errors=[_fault(name, "stands twice", REMEDY)])
        read[name] = value
    return read


def _no_constant(name: str) -> None:
    raise Problem(400, "malformed", f"The body is not JSON: {name} is no number of it.")


def _checked(held: Any) -> Any:
    """Passes what both databases can hold.

    Raises: Problem where a text holds what cannot be written, or a number is too large.
    """
    for value in _leaves(held):
        if isinstance(value, str) and not _can_be_written(value):
            raise Problem(422, "bad-input", "A text holds a character that cannot be written.")
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise Problem(422, "bad-input", "A number is too large.")
    return held


def _leaves(held: Any) -> Iterable[Any]:
    if isinstance(held, dict):
        for name, value in held.items():
            yield name
            yield from _leaves(value)
    elif isinstance(held, list):
        for value in held:
            yield from _leaves(value)
    elif not isinstance(held, Enum):
        yield held


def _can_be_written(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _among(known: Iterable[str]) -> str:
    return f"There are: {', '.join(sorted(known))}." if known else "This call takes none."


def _fault(name: str, what: str, remedy: str) -> dict[str, str]:
    return {"field": shorten(name), "what": what, "remedy": remedy}
