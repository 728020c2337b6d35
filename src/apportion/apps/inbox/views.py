"""The home page."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.inbox.actions import put_away
from apportion.apps.inbox.finding import find
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.inbox.wording import row_of
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import current_of, list_rounds


@require_safe
@allowed("inbox.see")
def home(request: Visit) -> HttpResponse:
    """Says what waits for somebody, what is due first first."""
    known = request.rounds = list_rounds()
    waiting = inbox_of(request.user, now=request.now)
    row = current_of(known, request.now)
    context = {
        "waiting": waiting,
        "overdue": sum(one.due_at is not None and one.due_at < request.now for one in waiting),
        "round": row,
        "may_ask": row is not None and row.state == "open" and may(request.user, "request.file"),
        "now": request.now,
    }
    return render(request, "inbox/home.html", context)


@require_safe
@allowed("inbox.see")
def home_json(request: Visit) -> HttpResponse:
    """Gives the same as JSON."""
    return JsonResponse(
        {"waiting": [row_of(one) for one in inbox_of(request.user, now=request.now)]}
    )


@require_safe
@allowed("inbox.see")
def find_page(request: Visit) -> HttpResponse:
    """Finds by a few letters; the palette of every page shows the same answer."""
    words = request.GET.get("q", "").strip()
    known = request.rounds = list_rounds()
    kinds = find(words, person=request.user, now=request.now, rounds=known)
    context = {"words": words, "kinds": kinds, "count": sum(len(kind.found) for kind in kinds)}
    return render(request, "inbox/found.html" if request.htmx else "inbox/find.html", context)  # type: ignore[attr-defined]  # django-htmx's


@require_POST
@allowed("inbox.see")
def away(request: Visit) -> HttpResponse:
    """Puts away what was read."""
    put_away(key=request.POST.get("key", ""), by=request.user, now=request.now)
    return redirect("inbox:home")
