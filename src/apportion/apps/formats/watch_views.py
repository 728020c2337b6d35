"""What watchers of machines ask: metrics, and whether the office lives and can work."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apportion.adapters.prometheus.render import CONTENT_TYPE, render_metrics
from apportion.apps.formats.answers import json_answer
from apportion.apps.formats.bearer import bearer_of, person_of
from apportion.apps.formats.health import check_readiness
from apportion.apps.formats.metrics import gather_metrics
from apportion.apps.people.gates import allowed

READY, NOT_READY = 200, 503


@require_safe
@allowed("health.ask")
def alive(_request: HttpRequest) -> HttpResponse:
    """Answers as long as the process does; looks at nothing."""
    return _plain("ok\n")


@require_safe
@allowed("health.ask")
def ready(request: HttpRequest) -> HttpResponse:
    """Says whether the office can work: 503 where a check fails, with which one."""
    checks = check_readiness(now=request.now)  # type: ignore[attr-defined]  # the clock's middleware sets it
    told = {check.name: check.note for check in checks}
    good = all(check.good for check in checks)
    return json_answer({"ready": good, "checks": told}, status=READY if good else NOT_READY)


@require_safe
@allowed("metrics.ask")
def metrics(request: HttpRequest) -> HttpResponse:
    """Tells what is measured, to those who show a token or come from an address that is let in."""
    if not _is_let_in(request):
        answer = _plain("Show a token: Authorization: Bearer ...\n", status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    text = render_metrics(gather_metrics(now=request.now))  # type: ignore[attr-defined]  # as above
    answer = HttpResponse(text, content_type=CONTENT_TYPE)
    answer["Cache-Control"] = "no-store"
    return answer


def _is_let_in(request: HttpRequest) -> bool:
    shown, site = bearer_of(request), settings.APPORTION_METRICS_TOKEN
    if site and hmac.compare_digest(site.encode(), shown.encode()):
        return True
    return _comes_from_watchers(request) or person_of(request, "metrics.see") is not None


def _comes_from_watchers(request: HttpRequest) -> bool:
    """Looks at the other end of the connection; a call that a proxy passed on has none of its own."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.APPORTION_METRICS_FROM)


def _plain(words: str, *, status: int = 200) -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    return answer
