"""What the scheduler should allow, and what it said it does."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.apply.queries import find_project
from apportion.apps.enforce import queries, watching, wording
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.core.enforce.plan import FailMode

PAGE = 50
SHOWN = 20  # differences of one cluster
ORDERS = 10


@require_safe
@allowed("limits.see")
def limits(request: Visit) -> HttpResponse:
    """Lists limits, those not confirmed by the scheduler first, with all that differs."""
    page = Paginator(queries.find_limits(), PAGE).get_page(request.GET.get("page"))
    states = queries.cluster_states()
    context = {
        "page": page,
        "unconfirmed": queries.count_unconfirmed(),
        "states": [
            {
                "pk": state.pk,
                "name": state.name,
                "generation": state.generation,
                "looked_at": state.looked_at,
                "error": state.error,
                "found": state.found,
                "shown": state.found[:SHOWN],
                "more": max(0, len(state.found) - SHOWN),
            }
            for state in states
        ],
        "differences": sum(len(state.found) for state in states),
        "alarms": queries.list_alarms(waiting=True),
        "levers": queries.list_levers(),
        "orders": queries.list_orders(ORDERS),
        "fails_closed": queries.site_of_settings().fail_mode is FailMode.CLOSED,
        "may_apply": may(request.user, "limits.apply"),
    }
    return render(request, "enforce/limits.html", context)


@require_safe
@allowed("limits.see")
def project(request: Visit, slug: str) -> HttpResponse:
    """Shows all that is known of one project on the clusters: limits, counters, drift, orders."""
    row = find_project(slug)
    limits, counts = queries.limits_of(row), queries.counts_of(row)
    alarms, levers = queries.alarms_of(row), queries.levers_of(row)
    found = queries.found_of(row)
    context = {
        "project": row,
        "limits": [
            {"limit": one, "counted": counts.get((one.cluster, one.resource.code))}
            for one in limits
        ],
        "alarms": alarms,
        "levers": levers,
        "found": found,
        "orders": queries.orders_of(row)[:ORDERS],
        "title": wording.title_of(
            row.title,
            limits=len(limits),
            unconfirmed=sum(not one.applied for one in limits),
            fallen=sum(one.acknowledged_at is None for one in alarms),
            is_held=any(one.kind == queries.LeverKind.HOLD for one in levers),
            found=len(found),
        ),
        "fails_closed": queries.site_of_settings().fail_mode is FailMode.CLOSED,
        "may_apply": may(request.user, "limits.apply"),
    }
    return render(request, "enforce/project.html", context)


@require_POST
@allowed("limits.apply")
def acknowledge(request: Visit, number: int) -> HttpResponse:
    """Notes that somebody looked into an alarm."""
    row = watching.acknowledge_alarm(number=number, by=request.user, now=request.now)
    messages.success(request, f"The alarm of {row.project} is acknowledged.")
    return redirect("enforce:limits")
