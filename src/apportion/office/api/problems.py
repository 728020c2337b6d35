"""What went wrong, as RFC 9457 tells it: `application/problem+json`, with the way out.

Source: RFC 9457, Problem Details for HTTP APIs.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from pydantic import ValidationError
from typer.exceptions import TyperException

from apportion.core.faults import BadInput, WorldError, shorten
from apportion.core.refusals import Refused
from apportion.core.units import NotAQuantity
from apportion.office.middleware import STATUS

MEDIA = "application/problem+json"
TYPES = "urn:apportion:problem:"
PREFIX = "/api/"
RETRY_SECONDS = "1"


class Problem(Exception):
    """An answer that says no, for a reason of the door itself."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.kind, self.detail = status, kind, detail
        self.errors, self.headers = list(errors), dict(headers or {})
        super().__init__(detail)


def tell_problem(problem: Problem) -> HttpResponse:
    """Writes a problem as its answer."""
    told: dict[str, Any] = {
        "type": f"{TYPES}{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = problem.errors
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(body, MEDIA, problem.status, headers=problem.headers)


def problem_of(error: Exception) -> Problem:
    """Names what one of the errors that are TOLD is for whoever called."""
    if isinstance(error, Problem):
        return error
    return next(tell for kind, tell in TELLERS.items() if isinstance(error, kind))(error)


def _of_refusal(error: Any) -> Problem:
    first = error.refusals[0]
    errors = [
        {
            "code": one.code.name,
            "subject": one.subject,
            "meaning": one.code.meaning,
            "remedy": one.remedy,
            "numbers": one.numbers,
            "retryable": one.code.retryable,
        }
        for one in error.refusals
    ]
    kind = first.code.name.lower().replace("_", "-")
    return Problem(STATUS.get(first.code, 422), kind, str(first), errors=errors)


def _of_input(error: Any) -> Problem:
    errors = [
        {
            "what": fault.what,
            "field": fault.field or fault.file,
            "remedy": fault.remedy,
            **({"line": fault.line} if fault.line is not None else {}),
            **({"value": shorten(fault.value)} if fault.value is not None else {}),
        }
        for fault in error.faults
    ]
    return Problem(422, "bad-input", str(error.faults[0]), errors=errors)


def _of_shape(error: Any) -> Problem:
    errors = [
        {
            "field": ".".join(map(str, one["loc"])) or "body",
            "what": one["msg"],
            "remedy": "The description at /api/v1/openapi.json says what is taken.",
        }
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    detail = "; ".join(f"{one['field']}: {one['what']}" for one in errors[:5])
    return Problem(422, "bad-input", detail, errors=errors)


def _of_world(error: Any) -> Problem:
    headers = {"Retry-After": RETRY_SECONDS} if getattr(error, "retryable", True) else None
    return Problem(503, "unavailable", str(error), headers=headers)


TELLERS: dict[type[Exception], Callable[[Any], Problem]] = {
    Refused: _of_refusal,
    BadInput: _of_input,
    ValidationError: _of_shape,
    NotAQuantity: lambda error: Problem(422, "bad-input", str(error)),
    TyperException: lambda error: Problem(422, "bad-input", str(error)),
    Http404: lambda _: Problem(404, "not-found", "Nothing has this name."),
    RequestDataTooBig: lambda _: Problem(413, "too-large", "The body is too large."),
    SuspiciousOperation: lambda _: Problem(400, "malformed", "The request cannot be read."),
    WorldError: _of_world,
    OperationalError: lambda _: _of_world(WorldError("The database is busy.", retryable=True)),
}
# What a call may raise; all else is a bug of ours, and ends as a 500 with its traceback in the log.
TOLD: tuple[type[Exception], ...] = (Problem, *TELLERS)


class ProblemMiddleware:
    """Sees to it that whatever goes wrong under /api/ is told as a problem, wherever it arose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replaces a page that says no by a problem."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path_info.startswith(PREFIX):
            return response
        if response.get("Content-Type", "").startswith(MEDIA):
            return response
        status = response.status_code
        kinds = {400: "malformed", 404: "not-found", 403: "not-allowed"}
        detail = "Something is wrong in the office; it is in its log."
        if status < 500:
            detail = "There is no such call." if status == 404 else HTTPStatus(status).phrase
        return tell_problem(Problem(status, kinds.get(status, "broken"), detail))
