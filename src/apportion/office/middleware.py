"""What every answer passes through: the content policy, the clock, and the office's refusals."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apportion.core.refusals import Code, Refused
from apportion.office import clock

Answer = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# The one table from refusals to HTTP; a code that is not here answers 422.
STATUS = {
    Code.NOT_ALLOWED: 403,
    Code.CONFLICT_OF_INTEREST: 403,
    Code.NOT_FOUND: 404,
    Code.ROUND_NOT_OPEN: 409,
    Code.WRONG_STATE: 409,
    Code.STALE_PARENT: 409,
    Code.STALE_DRAFT: 409,
    Code.STALE_PREVIEW: 409,
    Code.OVERLAPPING: 409,
    Code.ALREADY_DONE: 409,
    Code.ID_REUSED: 409,
}


class ContentPolicyMiddleware:
    """Lets pages load only what we serve, and run no script or style that stands in the page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds the headers that a view has not set itself."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        return response


class ClockMiddleware:
    """Reads the clock once a request, so that one answer speaks of one instant."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sets `request.now`, an aware UTC instant."""
        request.now = clock.now()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turns a refusal that no view has told into a page with the way out."""
        if not isinstance(exception, Refused):
            return None
        status = STATUS.get(exception.refusals[0].code, 422)
        return render(request, "refused.html", {"refusals": exception.refusals}, status=status)
