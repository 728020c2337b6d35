"""What the scheduler should allow, and what it said it does."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.enforce import queries
from apportion.apps.people.gates import Visit, allowed

PAGE = 50


@require_safe
@allowed("limits.see")
def limits(request: Visit) -> HttpResponse:
    """Lists limits, those not confirmed by the scheduler first."""
    page = Paginator(queries.find_limits(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unconfirmed": queries.count_unconfirmed()}
    return render(request, "enforce/limits.html", context)
