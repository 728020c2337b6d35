"""Doors for programs: a token in the header, its scopes, and its person's roles."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from apportion.adapters.iri.render import PROBLEM, problem_json
from apportion.apps.formats.answers import json_answer
from apportion.apps.people.queries import Person, may
from apportion.apps.people.tokens import authenticate_token, scopes_permit

Args = ParamSpec("Args")
Call = Callable[Concatenate[HttpRequest, Person, Args], HttpResponse]
Route = Callable[Concatenate[HttpRequest, Args], HttpResponse]
SCHEME = "bearer"


def bearer_of(request: HttpRequest) -> str:
    """Reads the token that a call shows in its header; nothing else is looked at, no address."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    return raw.strip() if scheme.lower() == SCHEME else ""


def person_of(request: HttpRequest, verb: str) -> Person | None:
    """Gives whose token is shown, where its scopes and the person's roles reach the verb."""
    known = authenticate_token(bearer_of(request), now=request.now)  # type: ignore[attr-defined]  # the clock's middleware sets it
    if known is None:
        return None
    person, scopes = known
    return person if scopes_permit(scopes, verb, writes=False) and may(person, verb) else None


def by_token(verb: str) -> Callable[[Call[Args]], Route[Args]]:
    """Opens a door to programs that read: 401 without a token that works, 403 beyond its scopes."""

    def gate(view: Call[Args]) -> Route[Args]:
        @wraps(view)
        def passed(request: HttpRequest, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                answer = refuse(request, 405, "This door only tells; nothing can be sent to it.")
                answer["Allow"] = "GET, HEAD"
                return answer
            known = authenticate_token(bearer_of(request), now=request.now)  # type: ignore[attr-defined]  # as above
            if known is None:
                answer = refuse(request, 401, "Show a token that works: Authorization: Bearer ...")
                answer["WWW-Authenticate"] = "Bearer"
                return answer
            person, scopes = known
            if not (scopes_permit(scopes, verb, writes=False) and may(person, verb)):
                return refuse(request, 403, f"The token's scopes and roles do not reach {verb}.")
            return view(request, person, *args, **kwargs)

        passed.verb = verb  # type: ignore[attr-defined]  # the access test reads it from each route
        passed.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is looked at
        return passed  # type: ignore[return-value]  # functools.wraps hides the plain signature

    return gate


def refuse(
    request: HttpRequest, status: int, detail: str, wrong: tuple[tuple[str, str], ...] = ()
) -> HttpResponse:
    """Answers with a problem of RFC 9457."""
    told = problem_json(status=status, detail=detail, path=request.path, wrong=wrong)
    return json_answer(told, status=status, content_type=PROBLEM)
