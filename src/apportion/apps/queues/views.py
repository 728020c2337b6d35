"""What Kueue should hold, and what it said it does."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.queues.queries import list_queues

PAGE = 50


@require_safe
@allowed("limits.see")
def queues(request: Visit) -> HttpResponse:
    """Lists queues, those not confirmed by the cluster first."""
    rows = list_queues()
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "unconfirmed": sum(not row.in_force for row in rows),
        "stopped": sum(row.wanted.get("stop", "None") != "None" for row in rows),
    }
    return render(request, "queues/queues.html", context)
