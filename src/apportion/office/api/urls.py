"""Addresses of the API: one for each path that the apps offer, and the description of all."""

import json
import re
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

from apportion.apps.door.calls import PLACE, Call
from apportion.office.api.describe import describe
from apportion.office.api.entry import view_of
from apportion.office.api.gather import calls_by_path
from apportion.office.api.problems import Problem, tell_problem


@require_safe
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view
    """Gives the OpenAPI description; nobody needs to be known for it."""
    return HttpResponse(json.dumps(describe(), indent=1), content_type="application/json")


description.verb = "record.see"  # type: ignore[attr-defined]  # open to everybody, as the record is


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001  a view
    """Tells that there is no such call."""
    return tell_problem(Problem(404, "not-found", "There is no such call."))


nothing_here.verb = "record.see"  # type: ignore[attr-defined]
nothing_here.csrf_exempt = True  # type: ignore[attr-defined]


def _patterns() -> list[URLResolver]:
    """Groups addresses by their first word, so that few are tried for each call."""
    found: dict[str, list[URLPattern]] = {}
    for address, held in sorted(calls_by_path().items(), key=_words_first):
        view = view_of(held)
        read = held.get("GET") or next(iter(held.values()))
        view.verb = read.verb  # type: ignore[attr-defined]  # the access test reads it from each route
        view.verbs = {method: call.verb for method, call in held.items()}  # type: ignore[attr-defined]
        word, slash, rest = _route(address, held).partition("/")
        part = path(f"{slash}{rest}", view, name=f"api{address}")
        found.setdefault(word, []).append(part)
    return [path(word, include(parts)) for word, parts in found.items()]


def _words_first(one: tuple[str, Mapping[str, Call]]) -> list[tuple[bool, str]]:
    """Orders addresses so that `/loans/collect` is found before `/loans/{ref}`."""
    return [(part.startswith("{"), part) for part in one[0].split("/")]


def _route(address: str, held: Mapping[str, Call]) -> str:
    """Writes an address as Django has it: `/slates/{round}/{number}` takes a word and a number."""
    kinds = {
        name: info.annotation
        for call in held.values()
        for name, info in call.places.model_fields.items()
    }

    def place(found: re.Match[str]) -> str:
        return f"<{'int' if kinds[found[1]] is int else 'str'}:{found[1]}>"

    return PLACE.sub(place, address.lstrip("/"))


urlpatterns = [
    path("v1/openapi.json", description, name="api-description"),
    path("v1/", include(_patterns())),
    path("<path:rest>", nothing_here, name="api-nothing"),
]
