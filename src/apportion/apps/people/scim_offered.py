"""What of SCIM 2.0 is offered, as a directory asks before it sends anybody.

Source: RFC 7643, 5 to 8.7; RFC 7644, 4.
"""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apportion.apps.people.scim import LIST, MOST_ROWS, USER, Wrong, directory_only, scim_answer

CORE = "urn:ietf:params:scim:schemas:core:2.0"
Facts = Mapping[str, object]


@directory_only
@require_http_methods(["GET"])
def provider_config(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  Django's signature
    """Says what of SCIM is offered."""
    no = {"supported": False}
    return scim_answer(
        {
            "schemas": [f"{CORE}:ServiceProviderConfig"],
            "patch": {"supported": True},
            "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": MOST_ROWS},
            "changePassword": no,
            "sort": no,
            "etag": no,
            "authenticationSchemes": [
                {"type": "oauthbearertoken", "name": "Bearer", "description": "The site's token."}
            ],
        }
    )


@directory_only
@require_http_methods(["GET"])
def resource_types(request: HttpRequest, name: str = "") -> JsonResponse:
    """Says which kinds of things there are: users."""
    kind = {
        "schemas": [f"{CORE}:ResourceType"],
        "id": "User",
        "name": "User",
        "endpoint": "/Users",
        "description": "Somebody who can sign in.",
        "schema": USER,
        "meta": _meta(request, "ResourceType", reverse("people:scim-type", args=["User"])),
    }
    return _one_of(name, {"User": kind}, "resource type")


@directory_only
@require_http_methods(["GET"])
def schemas(request: HttpRequest, name: str = "") -> JsonResponse:
    """Says which attributes of a user are read and told."""
    schema = {
        "schemas": [f"{CORE}:Schema"],
        "id": USER,
        "name": "User",
        "description": "Somebody who can sign in.",
        "attributes": [
            _attribute("userName", required=True, uniqueness="server"),
            _attribute("externalId", exact=True),
            _attribute("displayName"),
            _attribute("active", kind="boolean"),
            _attribute("name", kind="complex", parts=[_attribute("formatted")]),
            _attribute("emails", kind="complex", many=True, parts=[_attribute("value")]),
        ],
        "meta": _meta(request, "Schema", reverse("people:scim-schema", args=[USER])),
    }
    return _one_of(name, {USER: schema}, "schema")


def _one_of(name: str, known: Mapping[str, Facts], what: str) -> JsonResponse:
    if not name:
        count = len(known)
        page = {"totalResults": count, "startIndex": 1, "itemsPerPage": count}
        return scim_answer({"schemas": [LIST], **page, "Resources": list(known.values())})
    if name not in known:
        raise Wrong(404, f"no {what} {name}")
    return scim_answer(known[name])


def _meta(request: HttpRequest, kind: str, path: str) -> Facts:
    return {"resourceType": kind, "location": request.build_absolute_uri(path)}


def _attribute(
    name: str,
    *,
    kind: str = "string",
    required: bool = False,
    exact: bool = False,
    many: bool = False,
    uniqueness: str = "none",
    parts: Sequence[Facts] = (),
) -> Facts:
    told = {
        "name": name,
        "type": kind,
        "multiValued": many,
        "required": required,
        "caseExact": exact,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": uniqueness,
    }
    return {**told, "subAttributes": list(parts)} if parts else told
