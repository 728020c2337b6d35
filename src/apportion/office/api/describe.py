"""The description of the API, as OpenAPI 3.1 has it, made of what the apps declared."""

import json
from functools import cache
from http import HTTPStatus
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from apportion import __version__
from apportion.apps.door.calls import Call, plain_kind
from apportion.apps.people.queries import PUBLIC
from apportion.office.api.entry import ROOT, adapter_of, source_of
from apportion.office.api.gather import all_calls, calls_by_path
from apportion.office.api.links import links_of, name_of
from apportion.office.api.pages import LARGEST, SIZE
from apportion.office.api.problems import MEDIA
from apportion.office.api.repeats import LONGEST

TEMPLATE = "#/components/schemas/{model}"
MEANINGS = {
    304: "It is what you have.",
    400: "The request cannot be read.",
    401: "Nobody is known by this token, or none was shown.",
    403: "The role, the token's scopes or the place of the call do not let you.",
    404: "Nothing has this name.",
    405: "This address takes other methods.",
    409: "It stands otherwise by now, or the same key is still at work.",
    412: "It has changed since it was read.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Something sent is not taken, or the rules of the office refuse it.",
    429: "Too many calls in a minute.",
    503: "The database or the scheduler does not answer now.",
}
READS = (304, 400, 401, 403, 404, 405, 409, 422, 429, 503)
ACTS = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 503)
PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what went wrong, and the way out.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
}


@cache
def describe() -> dict[str, Any]:
    """Describes every call."""
    schemas = _schemas()
    paths: dict[str, Any] = {}
    for address, held in calls_by_path().items():
        paths[ROOT + address] = {
            method.lower(): _operation(call) for method, call in sorted(held.items())
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Apportion",
            "version": __version__,
            "description": "Every verb of the compute-credit office. See docs/api.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM},
            "responses": {str(status): _problem(status) for status in MEANINGS},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal access token.",
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def write_description() -> str:
    """Writes the description as docs/openapi.json keeps it."""
    return json.dumps(describe(), indent=1, sort_keys=True) + "\n"


def _models() -> list[tuple[type[BaseModel], Any]]:
    found: dict[type[BaseModel], Any] = {}
    for call in all_calls():
        for kind in (call.answer, *get_args(call.answer)):  # rows that are told whole are a list
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found[kind] = "serialization"
        if call.body is not None:
            found[call.body] = "validation"
    return list(found.items())


def _schemas() -> dict[str, Any]:
    _, made = models_json_schema(_models(), ref_template=TEMPLATE, by_alias=True)
    schemas: dict[str, Any] = made.get("$defs", {})
    return schemas


@cache
def _references() -> dict[Any, Any]:
    references, _ = models_json_schema(_models(), ref_template=TEMPLATE, by_alias=True)
    return {model: held for (model, _), held in references.items()}


def _shape(kind: Any) -> dict[str, Any]:
    held: dict[str, Any] | None = _references().get(kind)
    if held is not None:
        return held
    return adapter_of(kind).json_schema(ref_template=TEMPLATE, mode="serialization")


def _operation(call: Call) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": name_of(call),
        "summary": call.summary,
        "tags": [call.path.split("/")[1]],
        "parameters": _parameters(call),
        "responses": _responses(call),
        "x-verb": call.verb,
    }
    if call.commands:
        told["x-commands"] = [f"apportion {one}" for one in call.commands]
    if call.verb in PUBLIC:
        told["security"] = []
    if call.body is not None:
        needed = any(info.is_required() for info in call.body.model_fields.values())
        told["requestBody"] = {
            "required": needed,
            "content": {"application/json": {"schema": _shape(call.body)}},
        }
    return told


def _parameters(call: Call) -> list[dict[str, Any]]:
    found = []
    for model, place in ((call.places, "path"), (call.query, "query")):
        shapes = model.model_json_schema(ref_template=TEMPLATE).get("properties", {})
        defs = model.model_json_schema().get("$defs", {})
        for name, info in model.model_fields.items():
            shape = _inlined(shapes[name], defs)
            if place == "path" and plain_kind(info) is int:
                shape = {**shape, "minimum": 0}
            elif place == "path":
                shape = {**shape, "minLength": 1, "pattern": "^[^/]+$"}
            found.append(
                {
                    "name": name,
                    "in": place,
                    "required": place == "path" or info.is_required(),
                    "schema": {k: v for k, v in shape.items() if k != "title"},
                }
            )
    if call.is_paged:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE}
        found += [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": size},
        ]
    return found + _headers_taken(call)


def _headers_taken(call: Call) -> list[dict[str, Any]]:
    if call.method == "GET":
        return [_header("If-None-Match", "An ETag that you have.")]
    key = _header("Idempotency-Key", "Makes sending it again harmless.")
    key["schema"] |= {"minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"}
    if source_of(call) is None:
        return [key]
    return [key, _header("If-Match", "The ETag of what you read before you decided.")]


def _header(name: str, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": words,
        "schema": {"type": "string"},
    }


def _inlined(shape: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """Puts the few enumerations that parameters name in their place."""
    reference = shape.get("$ref") or (shape.get("allOf") or [{}])[0].get("$ref")
    if not reference:
        return shape
    rest = {name: value for name, value in shape.items() if name not in {"$ref", "allOf"}}
    return {**defs[reference.rpartition("/")[2]], **rest}


def _responses(call: Call) -> dict[str, Any]:
    told: dict[str, Any] = {str(call.status): _success(call)}
    for status in READS if call.method == "GET" else ACTS:
        told[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return told


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {"description": MEANINGS[status]}
    if status != HTTPStatus.NOT_MODIFIED:  # it has no body
        told["content"] = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return told


def _success(call: Call) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "string"} if call.media != "application/json" else {}
    if not shape:
        shape = _shape(call.answer)
    if call.is_paged:
        shape = {
            "type": "object",
            "required": ["items", "next_cursor"],
            "properties": {
                "items": {"type": "array", "items": shape},
                "next_cursor": {"type": ["string", "null"]},
            },
        }
    told: dict[str, Any] = {
        "description": "Done." if call.method != "GET" else "Found.",
        "content": {call.media: {"schema": shape}},
    }
    headers = {}
    if call.method == "GET":
        headers["ETag"] = {"schema": {"type": "string"}}
    if call.location:
        headers["Location"] = {"schema": {"type": "string"}}
    links = links_of(call)
    if links:
        told["links"] = links
    if headers:
        told["headers"] = headers
    return told
